import { expect, test } from 'vitest'
import { makePeople, readTyped, type Hall } from '../../src/headless/typed.ts'

const bob = { address: '1.2.3.4:5', name: 'bob' }
const builder = { address: '1.2.3.4:6', name: 'bob the builder' }
const silent = { address: '1.2.3.4:7', name: null }
const read = (line: string, server: Hall['server'] = 'other') =>
  readTyped(line, { people: [bob, builder, silent], server })

test.each([
  [' hello  ', { type: 'say', text: ' hello  ' }],
  ['', { type: 'say', text: '' }],
  ['who', { type: 'say', text: 'who' }],
  ['//who', { type: 'say', text: '/who' }],
  ['/who', { type: 'who' }],
  ['/quit', { type: 'quit' }],
  ['/rename Ann Lee', { type: 'rename', name: 'Ann Lee' }],
  ['/to bob hi there', { type: 'whisper', to: 'bob', text: 'hi there' }],
  ['/to bob the builder hi', { type: 'whisper', to: 'bob the builder', text: 'hi' }],
  ['/to "bob" the builder hi', { type: 'whisper', to: 'bob', text: 'the builder hi' }],
  ['/to 1.2.3.4:7 hi', { type: 'whisper', to: '1.2.3.4:7', text: 'hi' }],
  ['/to', { type: 'refused', code: 'bad-command' }],
  ['/dance now', { type: 'refused', command: 'say', code: 'bad-command' }],
  ['/help', { type: 'help' }]
])('%j', (line, command) => {
  expect(read(line)).toMatchObject(command)
})

test('a server with commands of its own gets what we do not know', () => {
  expect(read('/dance now', 'plain')).toEqual({ type: 'say', text: '/dance now' })
  expect(read('/dance now', 'marked')).toEqual({ type: 'say', text: '/dance now' })
  expect(read('/help', 'plain')).toEqual({ type: 'say', text: '/help' })
  expect(read('/help', 'marked')).toMatchObject({ type: 'help' })
  expect(read('/who', 'plain')).toEqual({ type: 'who' })
})

test('people come, change their names, go, and are forgotten', () => {
  const people = makePeople()
  people.changed({ reset: false, present: [bob, silent], gone: [] })
  people.changed({ reset: false, present: [{ ...bob, name: 'rob' }], gone: ['1.2.3.4:7'] })
  expect([...people.all()]).toEqual([{ ...bob, name: 'rob' }])
  people.changed({ reset: true, present: [builder], gone: [] })
  expect([...people.all()]).toEqual([builder])
})

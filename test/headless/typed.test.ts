import { expect, test } from 'vitest'
import { readTyped } from '../../src/headless/typed.ts'

const people = [
  { address: '1.2.3.4:5', name: 'bob' },
  { address: '1.2.3.4:6', name: 'bob the builder' },
  { address: '1.2.3.4:7', name: null }
]
const read = (line: string, takesCommands = false) => readTyped(line, { people, takesCommands })

test.each([
  [' hello  ', { type: 'say', text: ' hello  ' }],
  ['', { type: 'say', text: '' }],
  ['who', { type: 'say', text: 'who' }],
  ['//who', { type: 'say', text: '/who' }],
  ['///', { type: 'say', text: '//' }],
  ['/who', { type: 'who' }],
  ['/quit', { type: 'quit' }],
  ['/rename Ann Lee', { type: 'rename', name: 'Ann Lee' }],
  ['/rename', { type: 'rename', name: '' }],
  ['/to bob hi there', { type: 'whisper', to: 'bob', text: 'hi there' }],
  ['/to bob the builder hi', { type: 'whisper', to: 'bob the builder', text: 'hi' }],
  ['/to "bob" the builder hi', { type: 'whisper', to: 'bob', text: 'the builder hi' }],
  ['/to "" hi', { type: 'whisper', to: '""', text: 'hi' }],
  ['/to 1.2.3.4:7 hi', { type: 'whisper', to: '1.2.3.4:7', text: 'hi' }],
  ['/to eve hi', { type: 'whisper', to: 'eve', text: 'hi' }],
  ['/to bob', { type: 'whisper', to: 'bob', text: '' }],
  ['/to', { type: 'refused', command: 'whisper', code: 'bad-format' }],
  ['/dance now', { type: 'refused', command: 'say', code: 'bad-command' }],
  ['/', { type: 'refused', command: 'say', code: 'bad-command' }],
  ['/WHO', { type: 'refused', command: 'say', code: 'bad-command' }]
])('%j', (line, command) => {
  expect(read(line)).toMatchObject(command)
})

test('a server with commands of its own gets what we do not know', () => {
  expect(read('/dance now', true)).toEqual({ type: 'say', text: '/dance now' })
  expect(read('/who', true)).toEqual({ type: 'who' })
})

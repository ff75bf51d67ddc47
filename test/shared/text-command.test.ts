import { expect, test } from 'vitest'
import { readTextCommand } from '../../src/shared/text-command.ts'

const names = ['al', 'al bert', 'bob']
test.each([
  ['hello', { type: 'say', text: 'hello' }],
  ['  /who', { type: 'say', text: '  /who' }],
  ['/', { type: 'say', text: '/' }],
  ['/ x', { type: 'say', text: '/ x' }],
  ['/2 of 3', { type: 'say', text: '/2 of 3' }],
  ['//who', { type: 'say', text: '/who' }],
  ['///', { type: 'say', text: '//' }],
  ['/who', { type: 'who' }],
  ['/WHO ', { type: 'who' }],
  ['/who x', { type: 'refused', code: 'bad-command' }],
  ['/rename  bob ', { type: 'rename', name: 'bob' }],
  ['/rename "a b"', { type: 'rename', name: 'a b' }],
  ['/rename', { type: 'rename', name: '' }],
  ['/to bob hi  there', { type: 'whisper', to: 'bob', text: 'hi  there' }],
  ['/to al bert hi', { type: 'whisper', to: 'al bert', text: 'hi' }],
  ['/to al bertram', { type: 'whisper', to: 'al', text: 'bertram' }],
  ['/to "al" bert hi', { type: 'whisper', to: 'al', text: 'bert hi' }],
  ['/to "no end hi', { type: 'whisper', to: '"no', text: 'end hi' }],
  ['/to bob', { type: 'whisper', to: 'bob', text: '' }],
  ['/to', { type: 'refused', code: 'bad-command' }],
  ['/quit', { type: 'quit' }],
  ['/help', { type: 'help' }],
  ['/join a', { type: 'refused', code: 'bad-command' }]
])('%j', (text, command) => {
  expect(readTextCommand(text, { passUnknown: false, names })).toEqual(command)
})

test('unknown commands are passed on where the server may know them', () => {
  expect(readTextCommand('/join a', { passUnknown: true })).toEqual({ type: 'say', text: '/join a' })
  expect(readTextCommand('/who', { passUnknown: true })).toEqual({ type: 'who' })
})

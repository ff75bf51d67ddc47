import { expect, test } from 'vitest'
import { messagesIn } from '../../src/shared/messages.ts'

test('one message for each line that holds something; every kind of break counts', () => {
  expect(messagesIn(' a \r\n\r\n  \nb\rc\u2028d\u2029e\u0085f\n')).toEqual([' a ', 'b', 'c', 'd', 'e', 'f'])
  expect(messagesIn(' \n\t')).toEqual([])
})

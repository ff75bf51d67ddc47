import { expect, test } from 'vitest'
import { initialOf } from '../../../src/renderer/parts/initial.ts'

test.each([
  ['wang', 'W'],
  ['李雷', '李'],
  ['*-* ann', 'A'],
  ['🍵 tea', '🍵'],
  ['', '?'],
  ['---', '?'],
  ['127.0.0.1:42864', '64'],
  ['[fd00::7]:8888', '88'],
  ['::ffff:10.0.0.1:5012', '12'],
  ['tea.local:8888', 'T'],
  ['12:34 club', '1'],
  ['10.0.0.1', '1']
])('the picture of %j says %s', (label, initial) => {
  expect(initialOf(label)).toBe(initial)
})

import { expect, test } from 'vitest'
import { countE2e, countUnit } from '../../scripts/test/test.ts'
import { prepare, type Need } from '../../scripts/test/system.ts'

const need = (pack: string, here: () => boolean): Need => ({ pack, what: `the ${pack}`, here })

test('what is there is left alone', () => {
  const install = () => {
    throw new Error('installed all the same')
  }
  expect(prepare([need('a', () => true)], install, () => undefined)).toBeNull()
})

test('what is missing is installed where we may, and only that', () => {
  const installed: string[] = []
  const told: string[] = []
  const needs = [need('a', () => true), need('b', () => installed.includes('b'))]
  const install = (packs: string[]): boolean => installed.push(...packs) > 0
  expect(prepare(needs, install, (line) => told.push(line))).toBeNull()
  expect(installed).toEqual(['b'])
  expect(told).toEqual(['Installing for the tests: b'])
})

test('where we may not, or it fails, one sentence names it', () => {
  const sentence = 'The tests need the a, the b. On Debian, as root: apt-get install -y --no-install-recommends a b'
  const needs = [need('a', () => false), need('b', () => false)]
  expect(prepare(needs, null, () => undefined)).toBe(sentence)
  expect(
    prepare(
      needs,
      () => false,
      () => undefined
    )
  ).toBe(sentence)
  expect(
    prepare(
      needs,
      () => true,
      () => undefined
    )
  ).toBe(sentence)
})

test('what one test alone is about is not waited for: it is named, and the rest runs', () => {
  const told: string[] = []
  const needs: Need[] = [{ ...need('a', () => false), spared: true }, need('b', () => true)]
  expect(prepare(needs, null, (line) => told.push(line))).toBeNull()
  expect(told).toEqual(['Not here, and what needs it is not run: the a'])
})

test('the closing line counts what the runners report, and nothing else', () => {
  expect(countUnit({ numPassedTests: 3, numFailedTests: 1 })).toEqual({ passed: 3, failed: 1 })
  expect(countE2e({ stats: { expected: 2, flaky: 1, unexpected: 4, skipped: 9 } })).toEqual({ passed: 3, failed: 4 })
  expect(() => countUnit({})).toThrow()
  expect(() => countE2e(null)).toThrow()
})

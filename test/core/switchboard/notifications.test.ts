import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Notification } from '../../../src/core/switchboard/contract.ts'
import {
  makeNotifier,
  NOTIFICATION_CHARACTERS,
  NOTIFICATION_WINDOW_MS,
  plainText
} from '../../../src/core/switchboard/notifications.ts'
import { makeHandClock } from '../../support/clock.ts'

/** Any code points at all, halves of surrogate pairs included. */
const anything = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(fc.integer({ min: 0, max: 0x10ffff }), fc.integer({ min: 0, max: 0x2fff })), { maxLength })
    .map((points) => String.fromCodePoint(...points))

describe('plain text', () => {
  test('loses what could disturb its neighbours', () => {
    expect(plainText('a\u202Eb\u0007c\r\nd\u200Be\u2028f', 200)).toBe('a b c d e f')
  })
  test('keeps emoji whole, also at the cut', () => {
    const family = '👨‍👩‍👧‍👦'
    expect(plainText(family, 200)).toBe(family)
    expect(plainText(`ab${family}cd`, 10)).toBe('ab…')
    expect(plainText(family.repeat(3), 24)).toBe(`${family.repeat(2)}…`)
  })
  test('is cut at 200, never torn, never longer, whatever comes', () => {
    fc.assert(
      fc.property(anything(600), (text) => {
        const plain = plainText(text, NOTIFICATION_CHARACTERS)
        expect(plain.length).toBeLessThanOrEqual(NOTIFICATION_CHARACTERS)
        expect(plain.isWellFormed()).toBe(true)
        expect(plain).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u)
      })
    )
  })
  test('a megabyte of one grapheme costs nothing', () => {
    expect(plainText(`a${'\u0301'.repeat(1_000_000)}`, 200).length).toBeLessThanOrEqual(200)
  })
})

describe('the notifier', () => {
  const start = (wanted: (conversation: string) => boolean = () => true) => {
    const clock = makeHandClock()
    const shown: Notification[] = []
    return { clock, shown, notifier: makeNotifier(clock, (one) => shown.push(one), wanted) }
  }
  const one = (n: number, title = 'Anna'): Notification => ({ title, body: `text ${n}`, conversation: `c ${title}` })

  test('lets three through in ten seconds and sums up the rest in one', () => {
    const { clock, shown, notifier } = start()
    for (let n = 1; n <= 10; n += 1) notifier.notify(one(n))
    expect(shown.map(({ body }) => body)).toEqual(['text 1', 'text 2', 'text 3'])
    clock.advance(NOTIFICATION_WINDOW_MS - 1)
    expect(shown).toHaveLength(3)
    clock.advance(1)
    expect(shown.slice(3)).toEqual([{ title: 'Anna (7)', body: 'text 8 · text 9 · text 10', conversation: 'c Anna' }])
  })

  test('never shows more than three in any ten seconds, however they come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4000 }), { maxLength: 60 }), (gaps) => {
        const clock = makeHandClock()
        const times: number[] = []
        const notifier = makeNotifier(
          clock,
          () => times.push(clock.now()),
          () => true
        )
        gaps.forEach((gap, n) => {
          clock.advance(gap)
          notifier.notify(one(n))
        })
        clock.advance(60_000)
        for (const at of times)
          expect(times.filter((other) => other >= at && other < at + NOTIFICATION_WINDOW_MS).length).toBeLessThan(4)
        if (gaps.length > 0) expect(times.length).toBeGreaterThan(0)
      })
    )
  })

  test('names everybody in the sum, and forgets what was read meanwhile', () => {
    let unread = true
    const { clock, shown, notifier } = start((conversation) => unread || conversation === 'c Ben')
    for (let n = 1; n <= 3; n += 1) notifier.notify(one(n))
    notifier.notify(one(4))
    notifier.notify(one(5, 'Ben'))
    clock.advance(NOTIFICATION_WINDOW_MS)
    expect(shown.at(-1)).toEqual({
      title: 'Anna, Ben (2)',
      body: 'Anna: text 4 · Ben: text 5',
      conversation: 'c Ben'
    })
    clock.advance(60_000)
    for (let n = 1; n <= 5; n += 1) notifier.notify(one(n))
    notifier.notify(one(6, 'Ben'))
    unread = false
    clock.advance(NOTIFICATION_WINDOW_MS)
    expect(shown.at(-1)).toEqual({ title: 'Ben', body: 'text 6', conversation: 'c Ben' })
  })
})

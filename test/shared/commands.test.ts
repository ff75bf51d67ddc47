import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { appCommand, chatCommand, MAX_TEXT_CHARACTERS, question } from '../../src/shared/commands.ts'
import { DEFAULT_SETTINGS, settings } from '../../src/shared/settings.ts'

const HOST = { type: 'host', name: 'Tea', doors: [{ port: 0, dialect: 'im' }], language: 'en', bare: false }

describe('the schemas at the door', () => {
  test.each([
    { type: 'connect', host: 'tea.lan', port: 8888, dialect: 'auto', charset: 'auto' },
    { type: 'connect', host: ' fe80::1%eth0 ', port: 1, dialect: 'im', charset: 'gb18030' },
    { type: 'host', name: 'Tea', doors: [{ port: 0, dialect: 'im' }], language: 'zh-CN', bare: false },
    { ...HOST, limits: {} },
    { ...HOST, limits: { members: 2, perAddress: 100_000, linesPerSecond: 100, idleMinutes: 10_080 } },
    { type: 'say', conversation: 'r', text: '' },
    { type: 'changeSettings', change: {} },
    { type: 'changeSettings', change: { theme: 'dark', textSize: 20 } },
    { type: 'look', conversation: null, inFront: false, atEnd: false, line: null }
  ])('let %j in', (command) => {
    expect(appCommand.safeParse(command).success).toBe(true)
  })

  test.each([
    null,
    'say',
    {},
    { type: 'unknown' },
    { type: '__proto__' },
    { type: 'connect', host: '', port: 8888, dialect: 'auto', charset: 'auto' },
    { type: 'connect', host: '   ', port: 8888, dialect: 'auto', charset: 'auto' },
    { type: 'connect', host: 'x'.repeat(256), port: 8888, dialect: 'auto', charset: 'auto' },
    { type: 'connect', host: 'a', port: 0, dialect: 'auto', charset: 'auto' },
    { type: 'connect', host: 'a', port: 65_536, dialect: 'auto', charset: 'auto' },
    { type: 'connect', host: 'a', port: 1.5, dialect: 'auto', charset: 'auto' },
    { type: 'connect', host: 'a', port: '8888', dialect: 'auto', charset: 'auto' },
    { type: 'connect', host: 'a', port: 1, dialect: 'irc', charset: 'auto' },
    { type: 'host', name: 'Tea', doors: [], language: 'en', bare: false },
    { type: 'host', name: ' ', doors: [{ port: 1, dialect: 'im' }], language: 'en', bare: false },
    { type: 'host', name: 'Tea', doors: [{ port: 1, dialect: 'plain' }], language: 'en', bare: false },
    { ...HOST, limits: null },
    { ...HOST, limits: { members: 1 } },
    { ...HOST, limits: { members: 100_001 } },
    { ...HOST, limits: { perAddress: 0 } },
    { ...HOST, limits: { linesPerSecond: 0.5 } },
    { ...HOST, limits: { linesPerSecond: 101 } },
    { ...HOST, limits: { linesPerSecond: Number.POSITIVE_INFINITY } },
    { ...HOST, limits: { idleMinutes: '5' } },
    { ...HOST, limits: { idleMinutes: -1 } },
    { type: 'say', conversation: '', text: 'x' },
    { type: 'say', conversation: 'r', text: 'x'.repeat(MAX_TEXT_CHARACTERS + 1) },
    { type: 'say', conversation: 'r', text: ['x'] },
    { type: 'changeSettings', change: { textSize: 15 } },
    { type: 'changeSettings', change: { theme: 'pink' } },
    { type: 'read', conversation: 'r', line: Number.POSITIVE_INFINITY },
    { type: 'openLink', url: 'x'.repeat(10_000) }
  ])('keep out %#', (command) => {
    expect(appCommand.safeParse(command).success).toBe(false)
  })

  test('settings change only where the view may change them', () => {
    const parsed = appCommand.parse({ type: 'changeSettings', change: { name: ' Me ', rooms: [], hosted: null } })
    expect(parsed).toEqual({ type: 'changeSettings', change: { name: 'Me' } })
  })

  test('whatever comes, they answer and never throw', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const schema of [appCommand, chatCommand, question, settings]) schema.safeParse(value)
      }),
      { numRuns: 1000 }
    )
  })
})

test('the defaults are settings', () => {
  expect(settings.parse(DEFAULT_SETTINGS)).toEqual(DEFAULT_SETTINGS)
})

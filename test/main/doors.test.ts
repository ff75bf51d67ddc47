import { describe, expect, test } from 'vitest'
import { follow } from '../../src/main/follow.ts'
import { mayHave } from '../../src/main/security.ts'
import { isOurPage } from '../../src/main/sender.ts'
import { languageOf } from '../../src/main/words.ts'
import type { ViewMessage } from '../../src/shared/bridge.ts'
import type { AppState } from '../../src/shared/state.ts'

describe('who may ask', () => {
  const frame = { origin: 'app://teahouse' }
  const ours = { mainFrame: frame }

  test('our main frame on our page', () => {
    expect(isOurPage({ sender: ours, senderFrame: frame }, ours)).toBe(true)
  })
  test('nobody else', () => {
    expect(isOurPage({ sender: ours, senderFrame: frame }, null)).toBe(false)
    expect(isOurPage({ sender: { mainFrame: frame }, senderFrame: frame }, ours)).toBe(false)
    expect(isOurPage({ sender: ours, senderFrame: null }, ours)).toBe(false)
    expect(isOurPage({ sender: ours, senderFrame: { origin: 'app://teahouse' } }, ours)).toBe(false)
    for (const origin of ['app://teahouse.evil', 'app://other', 'https://teahouse', 'file://', 'null']) {
      const elsewhere = { origin }
      const moved = { mainFrame: elsewhere }
      expect(isOurPage({ sender: moved, senderFrame: elsewhere }, moved)).toBe(false)
    }
  })
})

test('a page may write the clipboard and nothing else', () => {
  expect(mayHave('clipboard-sanitized-write', 'app://teahouse')).toBe(true)
  expect(mayHave('clipboard-sanitized-write', 'app://teahouse/index.html')).toBe(true)
  expect(mayHave('clipboard-sanitized-write', 'app://teahouse.evil/')).toBe(false)
  expect(mayHave('clipboard-sanitized-write', 'https://evil.example/app://teahouse')).toBe(false)
  for (const permission of [
    'clipboard-read',
    'media',
    'geolocation',
    'notifications',
    'midi',
    'fullscreen',
    'hid',
    'usb'
  ])
    expect(mayHave(permission, 'app://teahouse')).toBe(false)
})

test('the shell follows the state without the lines', () => {
  let tell: (message: ViewMessage) => void = () => {}
  const seen: AppState[] = []
  follow(
    (listener) => {
      tell = listener
      return () => {}
    },
    (state) => seen.push(state)
  )
  const preferences = { name: '', theme: 'system', language: 'system', textSize: 14 } as const
  const surroundings = {
    carrier: 'electron',
    platform: 'linux',
    version: '0',
    computer: 'c',
    systemLanguage: 'en',
    profile: '/p'
  } as const
  const lines = [{ id: 1, at: 0, kind: 'line' as const, text: 'x' }]
  const state: AppState = {
    surroundings,
    preferences,
    rooms: [],
    people: {},
    conversations: [],
    timelines: { a: { lines, whole: true } },
    notices: []
  }
  tell({ type: 'events', events: [{ type: 'noticeDismissed', notice: 1 }] })
  expect(seen).toEqual([])
  tell({ type: 'snapshot', state })
  expect(seen.at(-1)?.timelines).toEqual({})
  tell({ type: 'events', events: [{ type: 'linesAdded', conversation: 'a', lines }] })
  expect(seen).toHaveLength(1)
  tell({ type: 'events', events: [{ type: 'preferencesChanged', preferences: { ...preferences, theme: 'dark' } }] })
  expect(seen.at(-1)?.preferences.theme).toBe('dark')
})

test('the system language', () => {
  expect(['zh-CN', 'zh', 'zh-TW', 'zh-Hans-CN', 'ZH_cn'].map(languageOf)).toEqual(Array(5).fill('zh-CN'))
  expect(['en-US', 'de', '', 'zhx'].map(languageOf)).toEqual(Array(4).fill('en'))
})

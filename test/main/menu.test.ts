import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, test } from 'vitest'
import { CHANGING, type Enabled, enabledEntries, menuTemplate } from '../../src/main/menu.ts'
import { wordsIn } from '../../src/main/words.ts'
import type { AppState, Conversation, Room, Wish } from '../../src/shared/state.ts'

const room = (id: string, more: Partial<Room> = {}): Room => ({
  id,
  title: id,
  host: '10.0.0.7',
  port: 8888,
  status: { state: 'connected' },
  hosting: null,
  open: true,
  dialect: { choice: 'auto', recognised: 'im', by: 'welcome' },
  charset: 'auto',
  reconnect: true,
  capabilities: { who: true, rename: true, whisper: true, echo: true },
  marked: false,
  self: null,
  renaming: { state: 'idle' },
  ignored: [],
  ...more
})
const conversation = (id: string, of: string): Conversation => ({
  id,
  room: of,
  with: null,
  present: true,
  unread: 0,
  mentions: 0,
  readUpTo: 0,
  draft: '',
  preview: null
})
const stateOf = (...rooms: Room[]): AppState => ({
  surroundings: {
    carrier: 'electron',
    platform: 'linux',
    version: '0',
    computer: 'here',
    systemLanguage: 'en',
    profile: '/p'
  },
  preferences: { name: '', theme: 'system', language: 'system', textSize: 14 },
  rooms,
  people: {},
  conversations: rooms.flatMap(({ id }) => [conversation(id, id), conversation(`${id}/p/1`, id)]),
  timelines: {},
  notices: []
})
const hosting = { name: 'Tea', doors: [], addresses: [], guests: 2 }
const on = (enabled: Enabled): string[] => CHANGING.filter((id) => enabled[id])

describe('what the menu offers', () => {
  test('nothing that needs a room before there is one', () => {
    expect(on(enabledEntries(null, null))).toEqual([])
    expect(on(enabledEntries(stateOf(), null))).toEqual(['search'])
  })
  test('a room one is in, also from its private thread', () => {
    const expected = ['copy-invitation', 'disconnect', 'leave', 'find', 'search', 'switch', 'go-to-date']
    expect(on(enabledEntries(stateOf(room('a')), 'a'))).toEqual(expected)
    expect(on(enabledEntries(stateOf(room('a')), 'a/p/1'))).toEqual(expected)
  })
  test('a room one is away from cannot be disconnected again', () => {
    const away = room('a', { status: { state: 'away', reason: null } })
    expect(on(enabledEntries(stateOf(away), 'a'))).toEqual([
      'copy-invitation',
      'leave',
      'find',
      'search',
      'switch',
      'go-to-date'
    ])
    expect(on(enabledEntries(stateOf({ ...away, open: false }), 'a'))).toEqual([
      'copy-invitation',
      'find',
      'search',
      'switch',
      'go-to-date'
    ])
  })
  test('in a room of the past one can only read', () => {
    const past = room('a', { status: { state: 'past', hosted: true }, open: false })
    expect(on(enabledEntries(stateOf(past), 'a'))).toEqual(['find', 'search', 'switch', 'go-to-date'])
  })
  test('after a kick there is something to disconnect only while it comes back by itself', () => {
    const kicked = (retryAt: number | null): Room =>
      room('a', { status: { state: 'kicked', reason: 'moderator', text: '', retryAt } })
    expect(enabledEntries(stateOf(kicked(1)), 'a').disconnect).toBe(true)
    expect(enabledEntries(stateOf(kicked(null)), 'a').disconnect).toBe(false)
  })
  test('a room one hosts is stopped, not left', () => {
    expect(on(enabledEntries(stateOf(room('a', { hosting })), 'a'))).toEqual([
      'copy-invitation',
      'stop-hosting',
      'find',
      'search',
      'switch',
      'go-to-date'
    ])
  })
  test('next and previous need two rooms one is in', () => {
    expect(on(enabledEntries(stateOf(room('a'), room('b', { open: false })), null))).toEqual(['search', 'switch'])
    expect(on(enabledEntries(stateOf(room('a'), room('b')), null))).toEqual([
      'search',
      'switch',
      'next-room',
      'previous-room'
    ])
  })
})

const flat = (items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])])
const template = (platform: NodeJS.Platform, language: 'en' | 'zh-CN' = 'en', wish: (wish: Wish) => void = () => {}) =>
  flat(menuTemplate({ say: wordsIn(language), platform, enabled: enabledEntries(null, null), wish }))

describe('the menu', () => {
  test.each(['linux', 'win32', 'darwin'] as const)(
    'on %s every entry is there once and wishes its wish',
    (platform) => {
      const wished: string[] = []
      const items = template(platform, 'en', ({ wish }) => wished.push(wish))
      const ids = items.flatMap(({ id }) => id ?? [])
      expect(ids.toSorted()).toEqual(['host', 'connect', 'export', 'settings', 'help', 'about', ...CHANGING].toSorted())
      for (const item of items) if (item.id) Reflect.apply(item.click ?? (() => {}), null, [])
      expect(wished).toEqual(ids)
      expect(items.filter(({ role }) => role === 'quit')).toHaveLength(1)
    }
  )

  test('the keys are the agreed ones and collide nowhere', () => {
    const keys = new Map(
      template('linux').flatMap(({ id, accelerator }) => (id && accelerator ? [[id, accelerator]] : []))
    )
    expect(Object.fromEntries(keys)).toEqual({
      host: 'CommandOrControl+Shift+H',
      connect: 'CommandOrControl+N',
      settings: 'CommandOrControl+,',
      find: 'CommandOrControl+F',
      search: 'CommandOrControl+Shift+F',
      switch: 'CommandOrControl+K',
      'go-to-date': 'CommandOrControl+G',
      'next-room': 'Alt+Down',
      'previous-room': 'Alt+Up',
      help: 'F1'
    })
    const all = template('darwin').flatMap(({ accelerator }) => accelerator ?? [])
    expect(new Set(all).size).toBe(all.length)
  })

  test('both languages: every label is a sentence of its catalogue', () => {
    const english = template('darwin').filter(({ type }) => type !== 'separator')
    const chinese = template('darwin', 'zh-CN').filter(({ type }) => type !== 'separator')
    for (const [index, { label }] of english.entries()) {
      expect(label).toMatch(/^[A-Z]/)
      expect(chinese[index]?.label).toMatch(/\p{Script=Han}/u)
    }
  })
})

test('people are counted in both languages', () => {
  const words = { en: wordsIn('en'), zh: wordsIn('zh-CN') }
  expect(words.en('leaving.people', { count: 1 })).toContain('1 person is')
  expect(words.en('leaving.people', { count: 3 })).toContain('3 people are')
  expect(words.zh('leaving.people', { count: 1 })).toContain('1 人')
  expect(words.en('fault.text', { file: '/a/<b>.log' })).toContain('/a/<b>.log')
})

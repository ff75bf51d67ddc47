import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../src/shared/settings.ts'
import type { AppEvent, AppState, Conversation, Line, Room } from '../../src/shared/state.ts'
import {
  applyEvent,
  lineWeight,
  TIMELINE_CHARACTERS,
  TIMELINE_SLACK,
  VIEW_CHARACTERS,
  VIEW_LINES
} from '../../src/shared/state.ts'

const room = (id: string): Room => ({
  id,
  title: id,
  host: id,
  port: 1,
  status: { state: 'away', reason: null },
  hosting: null,
  open: true,
  dialect: { choice: 'auto', recognised: null, by: null },
  charset: 'auto',
  reconnect: true,
  capabilities: { who: false, rename: false, whisper: false, echo: false },
  marked: false,
  self: null,
  renaming: { state: 'idle' },
  ignored: []
})
const conversation = (id: string, of: string): Conversation => ({
  id,
  room: of,
  with: null,
  present: false,
  unread: 0,
  mentions: 0,
  readUpTo: 0,
  draft: '',
  preview: null
})
const line = (id: number): Line => ({ id, at: 0, kind: 'line', text: `${id}` })

const EMPTY: AppState = {
  surroundings: {
    carrier: 'browser',
    platform: 'linux',
    version: '0',
    computer: 'here',
    systemLanguage: 'en',
    profile: '/'
  },
  preferences: DEFAULT_SETTINGS,
  rooms: [],
  people: {},
  conversations: [],
  timelines: {},
  notices: []
}

const two: AppEvent[] = [
  { type: 'roomChanged', room: room('a') },
  { type: 'conversationChanged', conversation: conversation('a', 'a') },
  { type: 'roomChanged', room: room('b') },
  { type: 'conversationChanged', conversation: conversation('b', 'b') },
  { type: 'linesAdded', conversation: 'a', lines: [line(1), line(2)] },
  { type: 'linesAdded', conversation: 'b', lines: [line(3)] },
  {
    type: 'peopleChanged',
    room: 'a',
    reset: true,
    present: [{ address: '1:1', name: null }],
    gone: [],
    complete: true
  }
]
const state = two.reduce(applyEvent, EMPTY)

describe('applying an event', () => {
  test('keeps the identity of what it does not touch', () => {
    const next = applyEvent(state, { type: 'linesAdded', conversation: 'a', lines: [line(4)] })
    expect(next.timelines['b']).toBe(state.timelines['b'])
    expect(next.rooms).toBe(state.rooms)
    expect(next.people).toBe(state.people)
    expect(next.conversations).toBe(state.conversations)
    expect(next.timelines['a']?.lines[0]).toBe(state.timelines['a']?.lines[0])
    const renamed = applyEvent(state, { type: 'roomChanged', room: { ...room('b'), title: 'B' } })
    expect(renamed.rooms[0]).toBe(state.rooms[0])
    expect(renamed.timelines).toBe(state.timelines)
  })

  test('a change of a line the view does not hold changes nothing at all', () => {
    expect(applyEvent(state, { type: 'linesChanged', conversation: 'a', lines: [line(9)] })).toBe(state)
    expect(applyEvent(state, { type: 'linesRemoved', conversation: 'a', lines: [9] })).toBe(state)
    expect(applyEvent(state, { type: 'linesChanged', conversation: 'x', lines: [line(1)] })).toBe(state)
    expect(applyEvent(state, { type: 'wished', wish: { wish: 'host' } })).toBe(state)
  })

  test('puts a private thread behind its room, and removes everything with the room', () => {
    const withThread = applyEvent(state, { type: 'conversationChanged', conversation: conversation('a/p/1', 'a') })
    expect(withThread.conversations.map((one) => one.id)).toEqual(['a', 'a/p/1', 'b'])
    const gone = applyEvent(withThread, { type: 'roomRemoved', room: 'a' })
    expect(gone.conversations.map((one) => one.id)).toEqual(['b'])
    expect(Object.keys(gone.timelines)).toEqual(['b'])
    expect(gone.people).toEqual({})
  })

  test('somebody who goes and comes back stands at the end; a new name keeps the place', () => {
    const come = (present: { address: string; name: string | null }[], gone: string[] = []): AppEvent => ({
      type: 'peopleChanged',
      room: 'a',
      reset: false,
      present,
      gone,
      complete: false
    })
    const three = [
      come([
        { address: '2:2', name: null },
        { address: '3:3', name: null }
      ])
    ].reduce(applyEvent, state)
    const named = applyEvent(three, come([{ address: '2:2', name: 'Two' }]))
    expect(named.people['a']?.members.map((one) => one.name ?? one.address)).toEqual(['1:1', 'Two', '3:3'])
    const back = applyEvent(named, come([{ address: '1:1', name: null }], ['1:1']))
    expect(back.people['a']?.members.map((one) => one.address)).toEqual(['2:2', '3:3', '1:1'])
    expect(back.people['a']?.complete).toBe(false)
  })

  test('keeps the newest lines, and then says that older ones are gone', () => {
    const many = Array.from({ length: VIEW_LINES + TIMELINE_SLACK }, (_, n) => line(n + 10))
    const full = applyEvent(state, { type: 'linesAdded', conversation: 'a', lines: many })
    expect(full.timelines['a']?.lines).toHaveLength(VIEW_LINES)
    expect(full.timelines['a']?.whole).toBe(false)
    expect(full.timelines['a']?.lines.at(-1)).toBe(many.at(-1))
  })

  test('keeps no more text than a page can bear, however few lines it is', () => {
    const huge: Line = { id: 0, at: 0, kind: 'line', text: 'x'.repeat(TIMELINE_CHARACTERS / 4) }
    const many = Array.from({ length: 6 }, (_, n) => ({ ...huge, id: n + 10 }))
    const full = applyEvent(state, { type: 'linesAdded', conversation: 'a', lines: many })
    expect(full.timelines['a']).toMatchObject({ whole: false })
    expect(full.timelines['a']?.lines.map((one) => one.id)).toEqual([12, 13, 14, 15])
  })

  test('a hundred conversations of huge lines share what one page can bear', () => {
    const text = 'x'.repeat(TIMELINE_CHARACTERS / 32)
    let full = state
    for (let n = 0; n < 100; n += 1) {
      const id = `p${n}`
      full = applyEvent(full, { type: 'conversationChanged', conversation: conversation(id, 'a') })
      const many = Array.from({ length: 40 }, (_, at): Line => ({ id: at + 10, at: 0, kind: 'line', text }))
      full = applyEvent(full, { type: 'linesAdded', conversation: id, lines: many })
    }
    const held = Object.values(full.timelines).flatMap(({ lines }) => lines)
    expect(held.reduce((sum, one) => sum + lineWeight(one), 0)).toBeLessThanOrEqual(VIEW_CHARACTERS)
    expect(full.timelines['p0']).toMatchObject({ whole: false })
    expect(full.timelines['p99']?.lines.at(-1)?.id).toBe(49)
  })
})

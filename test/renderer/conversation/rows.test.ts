import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comingsOf } from '../../../src/renderer/conversation/comings.ts'
import type { Row, RowsInput } from '../../../src/renderer/conversation/rows.ts'
import { ARRIVAL_MS, GROUP_MS, makeRowBuilder, newestOf } from '../../../src/renderer/conversation/rows.ts'
import type { Member } from '../../../src/shared/events.ts'
import type { Line, LineBody } from '../../../src/shared/state.ts'

const noon = new Date(2026, 10, 20, 12, 0, 0).getTime()
const ann: Member = { address: '10.0.0.1:4001', name: 'ann' }
const bob: Member = { address: '10.0.0.2:4002', name: 'bob' }

const said = (from: Member, text = 'x', own = false): LineBody => ({
  kind: 'said',
  from,
  text,
  own,
  state: 'delivered',
  failure: null,
  mention: false
})
const joined = (member: Member, own = false): LineBody => ({ kind: 'joined', member, own })
const left = (member: Member): LineBody => ({ kind: 'left', member, reason: 'left' })
const renamed = (member: Member, was: string, own = false): LineBody => ({ kind: 'renamed', member, was, own })

const lines = (...bodies: Array<LineBody & { at?: number }>): Line[] =>
  bodies.map((body, index) => ({ ...body, id: index + 1, at: body.at ?? noon + index * 1000 }))

const input = (given: Line[], change: Partial<RowsInput> = {}): RowsInput => ({
  lines: given,
  whole: true,
  ignored: new Set(),
  marker: 0,
  ...change
})

const content = (row: Row): string => {
  switch (row.kind) {
    case 'message':
      return row.head ? `head ${row.line.id}` : `more ${row.line.id}`
    case 'presence':
      return row.lines.map(({ kind }) => ({ joined: '+', left: '-', renamed: '~' })[kind]).join('')
    case 'arrival':
      return `in as ${row.self?.name ?? row.self?.address ?? 'somebody'}${row.again ? ' again' : ''}`
    case 'note':
      return `${row.line.kind}×${row.times}`
    case 'free':
      return `free ${row.line.id}`
  }
}
const brief = (rows: readonly Row[]): string[] =>
  rows.flatMap((row) => [...(row.day === null ? [] : ['day']), ...(row.unread ? ['unread'] : []), content(row)])
const rowsOf = (given: Line[], change: Partial<RowsInput> = {}): string[] =>
  brief(makeRowBuilder()(input(given, change)).rows)

describe('grouping', () => {
  test('messages of one person within five minutes are one block', () => {
    expect(rowsOf(lines(said(ann), said(ann), said(bob), said(ann)))).toEqual([
      'day',
      'head 1',
      'more 2',
      'head 3',
      'head 4'
    ])
  })
  test('a pause begins a new block', () => {
    expect(rowsOf(lines({ ...said(ann), at: noon }, { ...said(ann), at: noon + GROUP_MS }))).toEqual([
      'day',
      'head 1',
      'head 2'
    ])
  })
  test('the same name from another address is another person', () => {
    const other: Member = { address: '10.6.6.6:666', name: 'ann' }
    const built = makeRowBuilder()(input(lines(said(ann), said(other))))
    expect(brief(built.rows)).toEqual(['day', 'head 1', 'head 2'])
    expect([...built.alike]).toEqual(['ann'])
  })
  test('a new name begins a new block', () => {
    expect(rowsOf(lines(said(ann), said({ ...ann, name: 'anna' })))).toEqual(['day', 'head 1', 'head 2'])
  })
  test('days are parted', () => {
    const midnight = new Date(2026, 10, 21).getTime()
    expect(rowsOf(lines({ ...said(ann), at: midnight - 1 }, { ...said(ann), at: midnight }))).toEqual([
      'day',
      'head 1',
      'day',
      'head 2'
    ])
  })
  test('no day stands above a line whose day may have begun before it', () => {
    expect(rowsOf(lines(said(ann)), { whole: false })).toEqual(['head 1'])
  })
  test('comings and goings fold, my own arrival stands alone', () => {
    expect(rowsOf(lines(joined(ann, true), joined(bob), left(bob), joined(ann), said(ann), left(ann)))).toEqual([
      'day',
      'joined×1',
      '+-+',
      'head 5',
      '-'
    ])
  })
  test('the same loss again and again is one row', () => {
    const lost: LineBody = { kind: 'disconnected', reason: 'refused' }
    expect(rowsOf(lines(lost, lost, lost, { kind: 'connected', again: true }))).toEqual([
      'day',
      'disconnected×3',
      'in as somebody again'
    ])
  })
  test('ignored people are nowhere', () => {
    const ignored = new Set(['10.0.0.1:4001'])
    expect(rowsOf(lines(joined(ann), said(ann), said(bob), left(ann)), { ignored })).toEqual(['day', 'head 3'])
  })
})

describe('the unread marker', () => {
  const given = lines(said(ann), said(ann), said(ann))
  test('stands before the first new line and parts the block', () => {
    expect(rowsOf(given, { marker: 1 })).toEqual(['day', 'head 1', 'unread', 'head 2', 'more 3'])
  })
  test('does not stand above everything or below it', () => {
    expect(rowsOf(given, { marker: 0 })).not.toContain('unread')
    expect(rowsOf(given, { marker: 3 })).not.toContain('unread')
  })
  test('parts a fold', () => {
    expect(rowsOf(lines(joined(ann), left(ann)), { marker: 1 })).toEqual(['day', '+', 'unread', '-'])
  })
})

describe('our own coming', () => {
  const connected: LineBody = { kind: 'connected', again: false }
  test('is one row: connected, let in, given the name asked for', () => {
    const stranger: Member = { address: ann.address, name: null }
    expect(rowsOf(lines(connected, joined(stranger, true), renamed(ann, '10.0.0.1:4001', true)))).toEqual([
      'day',
      'in as ann'
    ])
    expect(rowsOf(lines(connected, joined(stranger, true)))).toEqual(['day', 'in as 10.0.0.1:4001'])
    expect(rowsOf(lines(connected))).toEqual(['day', 'in as somebody'])
  })
  test('a name taken later is told for itself', () => {
    expect(
      rowsOf(lines(connected, joined(bob, true), { ...renamed(ann, 'bob', true), at: noon + ARRIVAL_MS }))
    ).toEqual(['day', 'in as bob', 'renamed×1'])
    expect(rowsOf(lines(connected, joined(bob, true), said(ann), renamed(bob, 'ben', true)))).toEqual([
      'day',
      'in as bob',
      'head 3',
      'renamed×1'
    ])
  })
})

describe('what comings and goings come down to', () => {
  const named = (lines: LineBody[]): Record<string, string[]> => {
    const comings = comingsOf(
      lines
        .filter((line): line is Extract<LineBody, { kind: 'joined' | 'left' | 'renamed' }> => 'member' in line)
        .map((line, id) => ({ ...line, id, at: noon }))
    )
    const names = (members: readonly Member[]): string[] => members.map(({ name, address }) => name ?? address ?? '')
    return {
      came: names(comings.came),
      passed: names(comings.passed),
      left: names(comings.left),
      renamed: comings.renamed.map(({ member, was }) => `${was} > ${member.name ?? ''}`)
    }
  }
  const none = { came: [], passed: [], left: [], renamed: [] }
  const stranger: Member = { address: bob.address, name: null }
  test('who takes a name on the way in came in under it', () => {
    expect(named([joined(stranger), joined(ann), renamed(bob, '10.0.0.2:4002')])).toEqual({
      ...none,
      came: ['bob', 'ann']
    })
  })
  test('who came and left, left, or changed a name', () => {
    expect(named([joined(ann), left(ann), left(bob)])).toEqual({ ...none, passed: ['ann'], left: ['bob'] })
    expect(named([renamed({ ...ann, name: 'an' }, 'ann'), renamed({ ...ann, name: 'a' }, 'an')])).toEqual({
      ...none,
      renamed: ['ann > a']
    })
    expect(named([renamed({ ...ann, name: 'an' }, 'ann'), renamed(ann, 'an')])).toEqual(none)
  })
  test('who is known by name only keeps one course through a new name', () => {
    const cara: Member = { address: null, name: 'cara' }
    expect(named([joined(cara), renamed({ ...cara, name: 'kara' }, 'cara')])).toEqual({ ...none, came: ['kara'] })
  })
})

describe('again and again', () => {
  const body = fc.oneof(
    fc.constantFrom(said(ann), said(bob), said({ ...bob, name: 'ann' }), joined(ann), left(ann), joined(bob, true)),
    fc.constantFrom(renamed(ann, 'an'), renamed(bob, '', true)),
    fc.constantFrom<LineBody>(
      { kind: 'line', text: '?' },
      { kind: 'disconnected', reason: 'closed' },
      { kind: 'connected', again: true }
    )
  )
  const step = fc.record({
    what: fc.constantFrom('append', 'prepend', 'change', 'remove', 'ignore', 'mark'),
    bodies: fc.array(fc.tuple(body, fc.integer({ min: 0, max: 20 * 3_600_000 })), { maxLength: 5 }),
    where: fc.nat()
  })

  test('however the lines came, the rows are those of building them at once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const build = makeRowBuilder()
        let now = input([])
        let first = 1_000_000
        let last = first
        let at = noon
        for (const { what, bodies, where } of steps) {
          if (what === 'append') {
            const added = bodies.map(([given, pause]): Line => ({ ...given, id: ++last, at: (at += pause) }))
            now = { ...now, lines: [...now.lines, ...added] }
          } else if (what === 'prepend') {
            const added = bodies.map(([given]): Line => ({ ...given, id: --first, at: noon - 1000 })).toReversed()
            now = { ...now, lines: [...added, ...now.lines] }
          } else if (what === 'change') {
            const index = where % Math.max(1, now.lines.length)
            now = { ...now, lines: now.lines.map((line, i) => (i === index ? { ...line } : line)) }
          } else if (what === 'remove') {
            const index = where % Math.max(1, now.lines.length)
            now = { ...now, lines: now.lines.filter((_, i) => i !== index) }
          } else if (what === 'ignore') {
            now = { ...now, ignored: new Set(where % 2 ? ['10.0.0.1:4001'] : []) }
          } else {
            now = { ...now, marker: now.lines[where % Math.max(1, now.lines.length)]?.id ?? 0 }
          }
          const built = build(now)
          expect(built.rows).toEqual(makeRowBuilder()(now).rows)
        }
      }),
      { numRuns: 300 }
    )
  })

  test('one more line in a hundred thousand costs next to nothing', () => {
    const many = Array.from({ length: 100_000 }, (_, index): Line => ({
      ...said(index % 3 ? ann : bob),
      id: index + 1,
      at: noon + index * 60_000
    }))
    const build = makeRowBuilder()
    build(input(many))
    const now = input(many)
    const before = build(now).rows
    const after = build({ ...now, lines: [...many, { ...said(ann), id: 100_001, at: noon + 100_000 * 60_000 }] }).rows
    expect(after.length).toBe(before.length + 1)
    // All but the end is the same row, not an equal one: nothing is drawn again.
    expect(after.slice(0, -2).every((row, index) => row === before[index])).toBe(true)
  })
})

test('the newest line of each row', () => {
  const given = lines(said(ann), joined(bob), left(bob), said(bob))
  const { rows } = makeRowBuilder()(input(given))
  expect(brief(rows)).toEqual(['day', 'head 1', '+-', 'head 4'])
  expect(rows.map(newestOf)).toEqual([1, 3, 4])
})

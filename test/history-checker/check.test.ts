import { describe, expect, test } from 'vitest'
import type { Line } from '../../src/shared/state.ts'
import type { Observations } from './check.ts'
import { check } from './check.ts'

/** The checker itself, in front of forged observations: what it does not find here, it would not find anywhere. */

const A = '127.0.0.1:1'
const B = '127.0.0.1:2'
const line = (id: number, text: string, more: Partial<Extract<Line, { kind: 'said' }>> = {}): Line => ({
  id,
  at: id,
  kind: 'said',
  from: { address: A, name: null },
  text,
  own: false,
  state: 'delivered',
  failure: null,
  mention: false,
  ...more
})
const texts = ['#a0# one', '#a1# two', '#a2# three']
const wire = texts.map((text) => `${A}: ${text}`)

/** Ann says three lines, bob hears them, and all is as it should be. */
const sound = (): Observations => {
  const own = texts.map((text, at) => line(at + 1, text, { own: true }))
  const heard = texts.map((text, at) => line(at + 1, text))
  return {
    bare: false,
    sent: texts.map((text, n) => ({ by: 'ann', n, text })),
    host: [
      { what: 'joined', address: A },
      { what: 'joined', address: B },
      ...texts.map((text) => ({ what: 'said' as const, address: A, text }))
    ],
    connections: [
      { member: 'ann', address: A, arrived: [...wire], torn: '', stands: true },
      { member: 'bob', address: B, arrived: [`You are ${B}`, '* Teahouse 1 Tea', ...wire], torn: '', stands: true }
    ],
    views: [
      { member: 'ann', lines: own, kept: [...own], ever: new Map(), removed: new Set(), troubles: [] },
      { member: 'bob', lines: heard, kept: [...heard], ever: new Map(), removed: new Set(), troubles: [] }
    ]
  }
}
const found = (forge: (o: Observations) => void): string[] => {
  const observations = sound()
  forge(observations)
  return check(observations).map(({ member, what }) => `${member}: ${what}`)
}
const bob = (o: Observations) => {
  const [, view] = o.views
  const [, connection] = o.connections
  if (view === undefined || connection === undefined) throw new Error('bob is there')
  return { view, connection }
}
const ann = (o: Observations) => {
  const [view] = o.views
  if (view === undefined) throw new Error('ann is there')
  return view
}
/** In the view and in the file: what is shown is kept. */
const shows = (view: { lines: Line[]; kept: Line[] }, lines: Line[]): void => {
  view.lines = lines
  view.kept = [...lines]
}

test('nothing is found where nothing is wrong', () => {
  expect(check(sound())).toEqual([])
})

describe('what is found', () => {
  test.each<[what: string, forge: (o: Observations) => void]>([
    ['never came on a connection that stands', (o) => bob(o).connection.arrived.pop()],
    ['out of turn on the wire', (o) => bob(o).connection.arrived.splice(3, 1)],
    ['out of turn on the wire', (o) => bob(o).connection.arrived.push(wire[2] ?? '')],
    ['was told twice', (o) => o.host.push({ what: 'said', address: A, text: texts[0] ?? '' })],
    ['was told what nobody sent', (o) => o.host.push({ what: 'said', address: A, text: '#a7# no' })],
    [
      'was told by somebody else',
      (o) => {
        o.host[2] = { what: 'said', address: B, text: texts[0] ?? '' }
      }
    ],
    [
      'was heard out of order',
      (o) => {
        const [one, two, first, second, third] = o.host
        if (one && two && first && second && third) o.host = [one, two, second, first, third]
      }
    ],
    ['arrived and is not shown', (o) => shows(bob(o).view, bob(o).view.lines.slice(1))],
    ['shown twice', (o) => shows(bob(o).view, [...bob(o).view.lines, line(9, texts[0] ?? '')])],
    ['shown and never sent', (o) => shows(bob(o).view, [...bob(o).view.lines, line(9, '#a2# thr')])],
    ['shown and never sent', (o) => shows(bob(o).view, [...bob(o).view.lines, line(9, 'what is this')])],
    ["shown as somebody else's", (o) => shows(ann(o), [...ann(o).lines.slice(0, 2), line(3, texts[2] ?? '')])],
    [
      'shown as said by',
      (o) => {
        const [, ...rest] = bob(o).view.lines
        shows(bob(o).view, [line(1, texts[0] ?? '', { from: { address: B, name: null } }), ...rest])
      }
    ],
    ['shown out of order', (o) => shows(bob(o).view, bob(o).view.lines.toReversed())],
    [
      'shown as delivered, and it was not',
      (o) => {
        o.host.pop()
        for (const connection of o.connections) connection.arrived.pop()
        shows(bob(o).view, bob(o).view.lines.slice(0, 2))
      }
    ],
    [
      'shown as queued, and everybody has it',
      (o) => shows(ann(o), [...ann(o).lines.slice(0, 2), line(3, texts[2] ?? '', { own: true, state: 'queued' })])
    ],
    ['typed and not shown', (o) => shows(ann(o), ann(o).lines.slice(0, 2))],
    [
      'was shown, and is not any more',
      (o) => {
        bob(o).view.ever = new Map([[77, 'gone']])
      }
    ],
    ['shown and not in the file', (o) => bob(o).view.kept.pop()],
    ['in the file and not shown', (o) => bob(o).view.kept.push(line(9, 'more'))],
    [
      'the file has another',
      (o) => {
        ann(o).kept[0] = line(1, texts[0] ?? '', { own: true, state: 'written' })
      }
    ],
    [
      'still marked unsaved',
      (o) => {
        bob(o).view.lines[0] = line(1, texts[0] ?? '', { unsaved: true })
      }
    ],
    ['shown as kept before it was', (o) => bob(o).view.troubles.push('shown as kept before it was')]
  ])('%s', (what, forge) => {
    expect(found(forge)).toContainEqual(expect.stringContaining(what))
  })
})

test('who was cut off owes nothing for what came after', () => {
  expect(
    found((o) => {
      const { view, connection } = bob(o)
      connection.stands = false
      connection.arrived.pop()
      shows(view, view.lines.slice(0, 2))
    })
  ).toEqual([])
})

test('a late echo of a connection that never told its own address is excused, any other is not', () => {
  const late = (o: Observations): void => {
    const [connection] = o.connections
    if (connection) connection.stands = false
    shows(ann(o), [...ann(o).lines, line(9, texts[2] ?? '')])
  }
  expect(found(late)).toContainEqual(expect.stringContaining('shown twice'))
  expect(
    found((o) => {
      late(o)
      const [connection] = o.connections
      if (connection) connection.arrived = []
    })
  ).toEqual([])
})

test('half a line is excused in a bare room only, where a connection ended with it', () => {
  const torn = (o: Observations): void => {
    const { view, connection } = bob(o)
    connection.stands = false
    connection.arrived.pop()
    connection.torn = `${A}: #a2# thr`
    shows(view, [...view.lines.slice(0, 2), line(3, '#a2# thr')])
  }
  expect(found(torn)).toContainEqual(expect.stringContaining('never sent'))
  expect(
    found((o) => {
      torn(o)
      o.bare = true
    })
  ).toEqual([])
})

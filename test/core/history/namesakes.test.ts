import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HEARD_OF_WITHIN_MS, makeNamesakes, threadsAlike } from '../../../src/core/history/formats/namesakes.ts'
import { shownLabel } from '../../../src/shared/showable.ts'
import type { Member } from '../../../src/shared/events.ts'
import type { Line, LineBody } from '../../../src/shared/state.ts'
import { line, ME, NOON, said, tea } from './lines.ts'

const A = '10.0.0.2:5012'
const B = '10.0.0.7:40000'
const ming = (address: string | null): Member => ({ address, name: 'Ming' })
const bob: Member = { address: '10.0.0.9:9', name: 'Bob' }
const says = (from: Member, more: object = {}): LineBody => said('x', { from, ...more })
const comes = (member: Member, own = false): LineBody => ({ kind: 'joined', member, own })
const goes = (member: Member): LineBody => ({ kind: 'left', member, reason: 'left' })
const renames = (member: Member, was: string, own = false): LineBody => ({ kind: 'renamed', member, was, own })
const list = (members: Member[], complete = true): LineBody => ({ kind: 'listed', members, complete })
const back: LineBody = { kind: 'connected', again: true }
/** Later than the line before by more than somebody is remembered. */
const LATER = HEARD_OF_WITHIN_MS + 1

/** The addresses each line shows. */
const marks = (lines: readonly Line[], conversation = tea(), most?: number): string[][] => {
  const namesakes = makeNamesakes(conversation, [], most)
  return lines.map((one) => [...namesakes.meet(one)])
}
const marksOf = (...bodies: LineBody[]): string[][] => marks(bodies.map((body, index) => line(index + 1, body)))

describe('people of one name', () => {
  test.each<[string, LineBody[], string[][]]>([
    ['one alone needs no address', [says(ming(A)), says(bob), says(ming(A))], [[], [], []]],
    [
      'two at once show theirs from the second on',
      [says(ming(A)), says(ming(B)), says(bob), says(ming(A)), says(ming(B))],
      [[], [B], [], [A], [B]]
    ],
    [
      'who comes back under another address is nobody else',
      [says(ming(A)), goes(ming(A)), comes({ address: B, name: null }), says(ming(B)), says(ming(B))],
      [[], [], [], [], []]
    ],
    [
      'the one who stays needs none any more',
      [says(ming(A)), says(ming(B)), goes(ming(B)), says(ming(A))],
      [[], [B], [B], []]
    ],
    [
      'another name ends it, and begins it',
      [says(ming(A)), renames(ming(B), 'Bob'), renames({ address: B, name: 'Bob' }, 'Ming'), says(ming(A))],
      [[], [B], [B], []]
    ],
    [
      'a new name that only shows in what is said',
      [
        says(ming(A)),
        says({ address: B, name: 'Bob' }),
        says(ming(B)),
        says({ address: A, name: 'Ann' }),
        says(ming(B))
      ],
      [[], [], [B], [], []]
    ],
    [
      'an address given anew is somebody new',
      [says(ming(A)), says(ming(B)), comes({ address: B, name: null }), says(ming(A))],
      [[], [B], [], []]
    ],
    [
      'who came and went while we were away is not known',
      [says(ming(A)), back, says(ming(B)), says(ming(A))],
      [[], [], [], [A]]
    ],
    [
      'own lines say so themselves',
      [says(ming(A), { own: true }), says(ming(B)), comes(ming(A), true), renames(ming(A), 'M', true), says(ming(B))],
      [[], [], [], [], []]
    ],
    ['a list shows those it names twice', [list([ming(A), bob, ming(B)]), says(ming(B))], [[A, B], [B]]],
    ['who is not in a whole list is not there', [says(ming(A)), list([ming(B), bob]), says(ming(B))], [[], [], []]],
    ['one that is not whole only adds', [says(ming(A)), list([ming(B)], false), says(ming(A))], [[], [B], [A]]],
    [
      'ourselves in a list are nobody else',
      [comes(ming(A), true), list([ming(A), ming(B)]), says(ming(B))],
      [[], [], []]
    ],
    [
      'a name that only looks the same',
      [says(ming(A)), says({ address: B, name: 'M\u200Bi\u2060ng ' }), says(ming(A))],
      [[], [B], [A]]
    ],
    [
      'a name that is the address of another',
      [says({ address: A, name: null }), says({ address: B, name: A })],
      [[], [B]]
    ],
    ['nobody without an address can be told apart', [says(ming(null)), says(ming(A)), says(ming(null))], [[], [], []]],
    [
      'the server and our own troubles are nobody',
      [
        says(ming(A)),
        says(ming(B)),
        { kind: 'line', text: 'Ming' },
        { kind: 'disconnected', reason: 'reset' },
        { kind: 'kicked', reason: 'idle', text: '' },
        { kind: 'refused', command: 'say', code: 'flood', text: '' }
      ],
      [[], [B], [], [], [], []]
    ]
  ])('%s', (_, bodies, expected) => {
    expect(marksOf(...bodies)).toEqual(expected)
  })

  test('whose going nobody told is forgotten after a while', () => {
    const then = (pause: number): string[][] =>
      marks([
        line(1, says(ming(A)), NOON),
        line(2, says(ming(B)), NOON + pause),
        line(3, says(ming(B)), NOON + pause + 1)
      ])
    expect(then(HEARD_OF_WITHIN_MS + 1)).toEqual([[], [], []])
    expect(then(HEARD_OF_WITHIN_MS)).toEqual([[], [B], []])
    expect(then(HEARD_OF_WITHIN_MS - 1)).toEqual([[], [B], [B]])
  })

  test('a clock that was set back makes nobody unheard of', () => {
    expect(marks([line(1, says(ming(A))), line(2, says(ming(B)), NOON - LATER)])).toEqual([[], [B]])
  })

  test('of too many people, those who came first are forgotten', () => {
    const crowd = Array.from({ length: 2 }, (_, n) => ({ address: `10.1.1.1:${n}`, name: `n${n}` }))
    const heard = [ming(A), ...crowd, ming(B), ming(A)].map((from, index) => line(index + 1, says(from)))
    expect(marks(heard, tea(), 4)).toEqual([[], [], [], [B], [A]])
    expect(marks(heard, tea(), 3)).toEqual([[], [], [], [], [A]])
    const flood = Array.from({ length: 1000 }, (_, n) => line(n + 1, says({ address: `10.1.1.1:${n}`, name: 'Ming' })))
    expect(marks(flood, tea(), 3).slice(1)).toEqual(flood.slice(1).map((_, n) => [`10.1.1.1:${n + 1}`]))
  })

  test('a room hosted here and a private thread have none', () => {
    const both = [line(1, says(ming(A))), line(2, says(ming(B)))]
    expect(marks(both, tea(2, { hosted: true }))).toEqual([[], []])
    expect(marks(both, tea(2, { with: ming(A) }))).toEqual([[], []])
  })

  test('what stands before counts, and is not shown', () => {
    const namesakes = makeNamesakes(tea(), [line(1, says(ming(A)))])
    expect([...namesakes.meet(line(2, says(ming(B))))]).toEqual([B])
  })
})

describe('whatever is told', () => {
  const addresses = [A, B, '10.0.0.9:9', null]
  const member = fc.record({
    address: fc.constantFrom(...addresses),
    name: fc.constantFrom('Ming', 'M\u200Bing', 'Bob', '', null, A)
  })
  const body = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(member, fc.boolean()).map(([from, own]) => says(from, { own })) },
    { weight: 2, arbitrary: fc.tuple(member, fc.boolean()).map(([one, own]) => comes(one, own)) },
    { weight: 2, arbitrary: member.map(goes) },
    { weight: 2, arbitrary: fc.tuple(member, fc.boolean()).map(([one, own]) => renames(one, 'x', own)) },
    fc.tuple(fc.array(member, { maxLength: 5 }), fc.boolean()).map(([all, complete]) => list(all, complete)),
    fc.constant(back)
  )
  const story = fc.array(fc.tuple(body, fc.constantFrom(1, 1000, LATER)), { maxLength: 40 }).map((steps) => {
    let at = NOON
    return steps.map(([what, pause], index) => line(index + 1, what, (at += pause)))
  })

  /** The same rule, by looking at all that was told before, each time. */
  const toldSlowly = (lines: readonly Line[]): string[][] => {
    let there: { address: string; label: string; at: number }[] = []
    let self: string | null = null
    const without = (address: string | null) => there.filter((one) => one.address !== address)
    const put = (one: Member, at: number): void => {
      if (one.address !== null) there = [...without(one.address), { address: one.address, label: shownLabel(one), at }]
    }
    const shared = (one: Member, at: number): string[] => {
      const mine = there.find(({ address }) => address === one.address)
      const others = there.filter(
        ({ address, label, at: heard }) =>
          address !== one.address && label === mine?.label && at - heard <= HEARD_OF_WITHIN_MS
      )
      return one.address !== null && others.length > 0 ? [one.address] : []
    }
    return lines.map((one) => {
      if (one.kind === 'connected') {
        there = []
        self = null
        return []
      }
      if (one.kind === 'listed') {
        if (one.complete) there = []
        const others = one.members.filter(({ address }) => address !== self)
        for (const other of others) put(other, one.at)
        return [...new Set(others.flatMap((other) => shared(other, one.at)))]
      }
      const who = one.kind === 'said' ? one.from : 'member' in one ? one.member : ME
      if ('own' in one && one.own) {
        self = who.address
        return []
      }
      const known = there.some(({ address, at }) => address === who.address && one.at - at <= HEARD_OF_WITHIN_MS)
      const before = one.kind === 'renamed' && known ? shared(who, one.at) : []
      put(who, one.at)
      const told = [...new Set([...before, ...shared(who, one.at)])]
      if (one.kind === 'left') there = without(who.address)
      return told
    })
  }

  test('it is as if everything told before were looked at', () => {
    fc.assert(
      fc.property(story, (lines) => {
        expect(marks(lines)).toEqual(toldSlowly(lines))
      }),
      { numRuns: 500 }
    )
  })

  test('one after another, people of one name never show an address', () => {
    const visits = fc.array(fc.tuple(fc.nat(3), fc.nat(4)), { maxLength: 20 })
    fc.assert(
      fc.property(visits, (all) => {
        const bodies = all.flatMap(([port, lines]) => {
          const one = ming(`10.0.0.2:${port}`)
          return [comes({ ...one, name: null }), ...Array.from({ length: lines }, () => says(one)), goes(one)]
        })
        expect(marksOf(...bodies).flat()).toEqual([])
      })
    )
  })
})

test('threads of one room with people of one name are alike', () => {
  const thread = (id: string, room: string, other: Member) => tea(1, { id, room, with: other })
  const all = [
    tea(1),
    tea(1, { id: 'r2', room: 'r2' }),
    thread('p1', 'r1', ming(A)),
    thread('p2', 'r1', { address: B, name: 'Mi\u200Bng' }),
    thread('p3', 'r1', bob),
    thread('p4', 'r2', ming(A))
  ]
  expect([...threadsAlike(all)]).toEqual(['p1', 'p2'])
})

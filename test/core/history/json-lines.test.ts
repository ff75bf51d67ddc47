import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeFormat } from '../../../src/core/history/formats/format.ts'
import { BODIES, HOSTILE, line, NOON, said, tea, written } from './lines.ts'

const format = () => makeFormat('jsonl', { language: 'en', program: 'Teahouse 9.9.9', at: NOON })
const parsed = (text: string): Record<string, unknown>[] => {
  expect(text.endsWith('\n')).toBe(true)
  return text
    .slice(0, -1)
    .split('\n')
    .map((one) => {
      expect(one.startsWith('{"type":')).toBe(true)
      return JSON.parse(one)
    })
}

describe('JSON Lines', () => {
  test('give back every line as it was', () => {
    const lines = BODIES.map((body, index) => line(index + 1, body))
    const [head, conversation, ...rest] = parsed(written(format(), [tea(lines.length), lines]))
    const end = rest.pop()
    expect(head).toEqual({ type: 'export', format: 1, program: 'Teahouse 9.9.9', at: '2026-11-21T12:34:56.789Z' })
    expect(conversation).toEqual({
      type: 'conversation',
      conversation: 'r1',
      room: 'r1',
      title: 'Tea',
      hosted: false,
      with: null,
      lines: lines.length
    })
    expect(end).toEqual({ type: 'end', lines: lines.length })
    expect(
      rest.map(({ type, conversation: _in, id, at, ...body }) => ({
        kind: type,
        id,
        at: Date.parse(String(at)),
        ...body
      }))
    ).toEqual(
      lines.map((one) => {
        if (one.kind === 'connected' && one.away !== undefined)
          return { ...one, away: { since: '2026-11-21T11:34:56.789Z', sure: true } }
        if (one.kind !== 'said') return one
        const { state, failure, mention, ...plain } = one
        return {
          ...plain,
          ...(one.own ? { state } : {}),
          ...(failure === null ? {} : { failure }),
          ...(mention ? { mention } : {})
        }
      })
    )
  })

  test('say to which conversation a line belongs', () => {
    const thread = tea(1, { id: 'r1/p/2', with: { address: null, name: 'Bob' } })
    const objects = parsed(written(format(), [tea(1), [line(1, said('a'))]], [thread, [line(2, said('b'))]]))
    expect(objects.map(({ type, conversation }) => [type, conversation])).toEqual([
      ['export', undefined],
      ['conversation', 'r1'],
      ['said', 'r1'],
      ['conversation', 'r1/p/2'],
      ['said', 'r1/p/2'],
      ['end', undefined]
    ])
  })

  test.each(HOSTILE)('%j breaks no line and no reader of lines', (text) => {
    const piece = format().line(line(1, said(text, { from: { address: text, name: text } })))
    expect(piece.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Cs}/u)
    expect(parsed(piece)).toMatchObject([{ text, from: { address: text, name: text } }])
  })

  test('whatever is said comes back unchanged', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(text, text, fc.maxSafeInteger(), (said_, name, at) => {
        const piece = format().line(line(7, said(said_, { from: { address: null, name } }), at))
        const [back] = parsed(piece)
        expect(back).toMatchObject({ type: 'said', id: 7, text: said_, from: { address: null, name } })
        // The same bytes as UTF-8: nothing in it has no encoding.
        expect(new TextDecoder().decode(new TextEncoder().encode(piece))).toBe(piece)
      })
    )
  })
})

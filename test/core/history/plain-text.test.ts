import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeFormat, type KeptConversation } from '../../../src/core/history/formats/format.ts'
import type { Line } from '../../../src/shared/state.ts'
import { ANNA, BODIES, HOSTILE, line, NOON, said, tea, TWINS, written } from './lines.ts'

const options = { timeZone: 'Asia/Shanghai', program: 'Teahouse 9.9.9', at: NOON }
const english = () => makeFormat('text', { ...options, language: 'en' })

describe('plain text', () => {
  test('holds every kind of line, each with its time', () => {
    const lines = BODIES.map((body, index) => line(index + 1, body))
    expect(written(english(), [tea(lines.length), lines])).toBe(`Exported 2026-11-21 20:34:56 by Teahouse 9.9.9

# Tea
21 lines

## 2026-11-21, Saturday, November 21, 2026
20:34:56 Anna: hello 你好
20:34:56 Anna: @我 look
20:34:56 我 (you): mine
20:34:56 我 (you): lost? [Not confirmed]
20:34:56 我 (you): no [Not sent: Too many lines at once]
20:34:56 You: cut [Not sent: the connection was lost]
20:34:56 * Anna came in
20:34:56 * You are in the room as 我
20:34:56 * Anna left
20:34:56 * Anna was silent for too long and was removed
20:34:56 * Anna was removed
20:34:56 * Ann is now known as Anna
20:34:56 * You are now known as 我
20:34:56 | MOTD
20:34:56 * 2 people are here: Anna, 我
20:34:56 * 1 person was seen so far: Anna
20:34:56 * Refused: Somebody here has this name (当前用户名被使用了)
20:34:56 * Too many lines at once
20:34:56 * Connected again
20:34:56 * You were away from 2026-11-21 19:34:56 to 2026-11-21 20:34:56. What was said then is not here. Connected
20:34:56 * The connection was cut off

End (21 lines)
`)
  })

  test('has a heading for each conversation and each day of the place, in the language', () => {
    const chinese = makeFormat('text', { ...options, language: 'zh-CN' })
    // Four in the morning in Shanghai is the evening before in London.
    const night = [
      line(1, said('晚安'), Date.UTC(2026, 10, 21, 15, 59, 59)),
      line(2, said('早'), Date.UTC(2026, 10, 21, 16))
    ]
    const thread = tea(1, { id: 'r1/p/1', with: ANNA, unverified: true })
    expect(written(chinese, [tea(2, { hosted: true }), night], [thread, [line(3, said('嘘'))]])).toBe(
      `聊天记录
2026-11-21 20:34:56 由 Teahouse 9.9.9 导出

# Tea
在本机开设的房间
2 行

## 2026-11-21, 2026年11月21日星期六
23:59:59 Anna: 晚安

## 2026-11-22, 2026年11月22日星期日
00:00:00 Anna: 早

# Anna（Tea 中的私聊）
仅凭相同的名字延续，未经核实
1 行

## 2026-11-21, 2026年11月21日星期六
20:34:56 Anna: 嘘

完 (3 行)
`
    )
  })

  test('tells people of one name apart, and the threads with them, as long as both are there', () => {
    const lines = TWINS.map((body, index) => line(index + 1, body))
    const threads = TWINS.slice(0, 2).flatMap((body, index): [KeptConversation, Line[]][] =>
      body.kind === 'said' ? [[tea(1, { id: `r1/p/${index}`, with: body.from }), [line(1, body)]]] : []
    )
    const linesOf = (text: string): string[] =>
      text.split('\n').flatMap((one) => /^(?:# |\d\d:\d\d:\d\d )(.*)$/u.exec(one)?.[1] ?? [])
    expect(linesOf(written(english(), [tea(lines.length), lines], ...threads))).toEqual([
      'Tea',
      'Ming: one',
      'Ming (10.0.0.7:40000): two',
      'Ming (10.0.0.2:5012): three',
      'Anna: four',
      '我 (you): five',
      '* 3 people are here: Ming (10.0.0.2:5012), Ming (10.0.0.7:40000), Anna',
      '* Ming (10.0.0.7:40000) left',
      'Ming: six',
      '* Ann is now known as Ming (10.0.0.2:2000)',
      'Ming (10.0.0.2:5012), private in Tea',
      'Ming: one',
      'Ming (10.0.0.7:40000), private in Tea',
      'Ming: two'
    ])
    const chinese = makeFormat('text', { ...options, language: 'zh-CN' })
    expect(linesOf(written(chinese, [tea(2), lines.slice(0, 2)]))).toEqual([
      'Tea',
      'Ming: one',
      'Ming (10.0.0.7:40000): two'
    ])
  })

  test.each([
    ['Ming (10.0.0.2:5012)', 'en', 'Ming (10.0.0.2:5012) (10.6.6.6:6)'],
    ['Ming（[fe80::1]:5012）', 'zh-CN', 'Ming（[fe80::1]:5012） (10.6.6.6:6)'],
    ['10.0.0.2:5012', 'en', '10.0.0.2:5012 (10.6.6.6:6)'],
    ['Ming (you)', 'en', 'Ming (you) (10.6.6.6:6)'],
    ['Ming（你）', 'zh-CN', 'Ming（你） (10.6.6.6:6)'],
    ['10.6.6.6:6', 'en', '10.6.6.6:6'],
    ['Ming (Sales)', 'en', 'Ming (Sales)']
  ] as const)('%s cannot pass for another, in %s', (name, language, shown) => {
    const format = makeFormat('text', { ...options, language })
    const text = written(format, [tea(1), [line(1, said('x', { from: { address: '10.6.6.6:6', name } }))]])
    expect(text).toContain(`20:34:56 ${shown}: x\n`)
  })

  test.each(HOSTILE)('nothing in %j begins a line of its own or reaches a terminal', (text) => {
    const name = { address: '1.2.3.4:5', name: text }
    const lines = [
      line(1, said(text, { from: name })),
      line(2, { kind: 'line', text }),
      line(3, { kind: 'refused', command: 'say', code: 'unsafe', text }),
      line(4, { kind: 'renamed', member: name, was: text, own: false })
    ]
    const whole = written(english(), [tea(4, { title: text, with: name }), lines])
    expect(whole).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\p{Cs}/u)
    expect(whole.split('\n').filter((one) => /^\d\d:\d\d:\d\d /u.test(one))).toHaveLength(4)
    expect(whole.split('\n').filter((one) => one.startsWith('#'))).toHaveLength(2)
  })

  test('whatever is said is one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, name) => {
        const piece = english().line(line(1, said(text, { from: { address: null, name } })))
        expect(
          piece
            .trimEnd()
            .split('\n')
            .filter((one) => one.startsWith('20:34:56 '))
        ).toHaveLength(1)
        expect(piece.split('\n')).toHaveLength(4)
      })
    )
  })
})

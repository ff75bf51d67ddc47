import { describe, expect, test } from 'vitest'
import { REMEMBERED_OWN_LINES } from '../../../src/core/switchboard/own-lines.ts'
import type { Line } from '../../../src/shared/state.ts'
import type { Rig } from './rig.ts'
import { ALL, ANNA, echoed, makeRig, ME, settle } from './rig.ts'

const spoken = (rig: Rig, id: string): Extract<Line, { kind: 'said' }>[] =>
  rig.lines(id).filter((line) => line.kind === 'said')

const joined = async (): Promise<{ rig: Rig; id: string }> => {
  const rig = makeRig()
  const id = await rig.join()
  settle(rig.session())
  return { rig, id }
}

describe('an own line', () => {
  test('goes from written to delivered in place, and the echo adds no second line', async () => {
    const { rig, id } = await joined()
    await rig.run({ type: 'say', conversation: id, text: 'hello' })
    const ref = rig.session().lastRef()
    expect(spoken(rig, id)).toMatchObject([{ text: 'hello', own: true, state: 'written', from: ME }])
    const [{ id: lineId } = { id: -1 }] = spoken(rig, id)
    for (const state of ['written', 'waiting', 'unconfirmed'] as const) {
      rig.session().tell({ type: 'noted', state, ref })
      expect(spoken(rig, id)).toMatchObject([{ id: lineId, state }])
    }
    rig.session().tell(echoed(ref, 'hello'))
    expect(spoken(rig, id)).toMatchObject([{ id: lineId, text: 'hello', state: 'delivered' }])
  })

  test('shows what the others see when the text had to be rewritten', async () => {
    const { rig, id } = await joined()
    await rig.run({ type: 'say', conversation: id, text: 'who' })
    rig.session().tell(echoed(rig.session().lastRef(), ' who'))
    expect(spoken(rig, id)).toMatchObject([{ text: ' who', state: 'delivered' }])
  })

  test('that the session splits comes as the pieces the others see; a lost rest says so', async () => {
    const { rig, id } = await joined()
    await rig.run({ type: 'say', conversation: id, text: 'one two three' })
    const ref = rig.session().lastRef()
    rig.session().tell(echoed(ref, 'one '), echoed(ref, 'two '), { type: 'noted', state: 'unconfirmed', ref })
    expect(spoken(rig, id).map(({ text, state }) => [text, state])).toEqual([
      ['one ', 'delivered'],
      ['two ', 'delivered'],
      ['three', 'unconfirmed']
    ])
  })

  test('is only sent where the server never echoes, and in private', async () => {
    const { rig, id } = await joined()
    rig.session().capable = { ...ALL, echo: false }
    rig.session().tell({ type: 'recognised', dialect: 'plain', by: 'assumed' })
    await rig.run({ type: 'say', conversation: id, text: 'hello' })
    rig.session().tell(echoed(rig.session().lastRef(), 'hello'))
    expect(spoken(rig, id)).toMatchObject([{ state: 'sent' }])

    rig.session().capable = ALL
    rig.session().tell({ type: 'recognised', dialect: 'im', by: 'user' })
    const outcome = await rig.run({ type: 'whisper', room: id, to: 'Anna', text: 'psst' })
    const thread = outcome.ok ? (outcome.conversation ?? '') : ''
    const ref = rig.session().lastRef()
    expect(rig.session().asked.at(-1)).toMatchObject({ type: 'whisper', to: ANNA.address, text: 'psst' })
    rig.session().tell({
      type: 'said',
      conversation: 'private',
      from: ME,
      to: ANNA,
      text: 'psst',
      own: true,
      at: '2026-01-01T00:00:00.000Z',
      ref
    })
    expect(spoken(rig, thread)).toMatchObject([{ text: 'psst', state: 'sent' }])
    // The server's refusal may come after it was written (dialects 8.19).
    rig.session().tell({ type: 'refused', command: 'whisper', code: 'no-such-member', text: '不存在该用户', ref })
    expect(spoken(rig, thread)).toMatchObject([
      { state: 'failed', failure: { code: 'no-such-member', text: '不存在该用户' } }
    ])
    expect(spoken(rig, id)).toHaveLength(1)
  })

  test('that is refused fails where it stands, and can be sent again or deleted', async () => {
    const { rig, id } = await joined()
    await rig.run({ type: 'say', conversation: id, text: 'rename me' })
    rig.session().tell({ type: 'refused', command: 'say', code: 'unsafe', text: '', ref: rig.session().lastRef() })
    const [failed] = spoken(rig, id)
    expect(failed).toMatchObject({ state: 'failed', failure: { code: 'unsafe' } })
    await rig.run({ type: 'resend', conversation: id, line: failed?.id ?? 0 })
    const [again, ...rest] = spoken(rig, id)
    expect(rest).toEqual([])
    expect(again).toMatchObject({ text: 'rename me', state: 'written' })
    expect(again?.id).toBeGreaterThan(failed?.id ?? 0)
    rig.session().tell({ type: 'refused', command: 'say', code: 'unsafe', text: '', ref: rig.session().lastRef() })
    expect(await rig.run({ type: 'deleteLine', conversation: id, line: again?.id ?? 0 })).toEqual({ ok: true })
    expect(spoken(rig, id)).toEqual([])
  })

  test('that is unconfirmed may have arrived: sending it again keeps the first one', async () => {
    const { rig, id } = await joined()
    await rig.run({ type: 'say', conversation: id, text: 'hello' })
    const first = rig.session().lastRef()
    rig.session().tell({ type: 'noted', state: 'unconfirmed', ref: first })
    await rig.run({ type: 'resend', conversation: id, line: spoken(rig, id)[0]?.id ?? 0 })
    rig.session().tell(echoed(first, 'hello'))
    expect(spoken(rig, id).map((line) => line.state)).toEqual(['delivered', 'written'])
  })

  test('that still waits can be taken back; one that was written cannot', async () => {
    const { rig, id } = await joined()
    await rig.run({ type: 'say', conversation: id, text: 'a' })
    rig.session().free = 0
    await rig.run({ type: 'say', conversation: id, text: 'b' })
    const [written, waiting] = spoken(rig, id)
    expect([written?.state, waiting?.state]).toEqual(['written', 'queued'])
    expect(await rig.run({ type: 'deleteLine', conversation: id, line: written?.id ?? 0 })).toEqual({
      ok: false,
      code: 'too-late'
    })
    expect(await rig.run({ type: 'deleteLine', conversation: id, line: waiting?.id ?? 0 })).toEqual({ ok: true })
    expect(spoken(rig, id).map(({ text }) => text)).toEqual(['a'])
  })

  test('is settled when the room is left: waiting again or unconfirmed, never pending for ever', async () => {
    const { rig, id } = await joined()
    await rig.run({ type: 'say', conversation: id, text: 'written' })
    rig.session().tell({ type: 'noted', state: 'written', ref: rig.session().lastRef() })
    await rig.run({ type: 'say', conversation: id, text: 'queued' })
    rig.session().waiting.add(rig.session().lastRef())
    await rig.run({ type: 'disconnect', room: id })
    expect(spoken(rig, id).map(({ state, failure }) => [state, failure?.code ?? null])).toEqual([
      ['unconfirmed', null],
      ['queued', null]
    ])
  })
})

test('thousands of waiting lines all find their echo', async () => {
  const { rig, id } = await joined()
  for (let n = 0; n < 3; n += 1)
    await rig.run({
      type: 'say',
      conversation: id,
      text: Array.from({ length: 1000 }, (_, at) => `${n}.${at}`).join('\n')
    })
  for (const command of rig.session().asked.slice())
    if (command.type === 'say') rig.session().tell(echoed(command.ref ?? '', command.text))
  const page = await rig.board.answer({ type: 'page', conversation: id, before: 1_000_000, limit: 2000 })
  expect(page.lines).toHaveLength(2000)
  expect(new Set(page.lines.map((line) => (line.kind === 'said' ? line.state : '')))).toEqual(new Set(['delivered']))
  const older = await rig.board.answer({ type: 'page', conversation: id, before: page.lines[0]?.id ?? 0, limit: 2000 })
  expect(older.lines).toHaveLength(1001)
  expect(older.lines.every((line) => line.kind !== 'said' || line.state === 'delivered')).toBe(true)
})

test('of lines that are through only the newest can still be refused: memory has an end', async () => {
  const { rig, id } = await joined()
  const refs: string[] = []
  for (let said = 0; said <= REMEMBERED_OWN_LINES; said += 1) {
    await rig.run({ type: 'say', conversation: id, text: `${said}` })
    const ref = rig.session().lastRef()
    refs.push(ref)
    rig.session().tell(echoed(ref, `${said}`))
  }
  const refuse = (ref = ''): void =>
    rig.session().tell({ type: 'refused', command: 'say', code: 'flood', text: '', ref })
  const notes = (): number => rig.lines(id).filter((line) => line.kind === 'refused').length
  refuse(refs[1])
  expect(notes()).toBe(0)
  refuse(refs[0])
  expect(notes()).toBe(1)
})

describe('a text of several lines', () => {
  test('becomes one message for each line that is not empty', async () => {
    const { rig, id } = await joined()
    await rig.run({ type: 'say', conversation: id, text: 'a\r\n\n  b\n \u2028c' })
    expect(rig.session().asked.map((command) => (command.type === 'say' ? command.text : ''))).toEqual([
      'a',
      '  b',
      'c'
    ])
    expect(spoken(rig, id).map((line) => line.text)).toEqual(['a', '  b', 'c'])
    expect(new Set(rig.session().asked.map((command) => command.ref)).size).toBe(3)
  })
  test('that is only blank is refused', async () => {
    const { rig, id } = await joined()
    expect(await rig.run({ type: 'say', conversation: id, text: ' \n\t' })).toEqual({ ok: false, code: 'empty-text' })
  })
  test('that is a whole file is refused', async () => {
    const { rig, id } = await joined()
    const book = 'line\n'.repeat(5000)
    expect(await rig.run({ type: 'say', conversation: id, text: book })).toEqual({ ok: false, code: 'too-many' })
  })
})

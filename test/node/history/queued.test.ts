import { describe, expect, test } from 'vitest'
import type { HistoryOperation } from '../../../src/core/history/contract.ts'
import type { History } from '../../../src/core/history/contract.ts'
import { open, room, saidLine, saved, temporary, texts } from './support.ts'

/** Hands one operation over and tells whether it was kept. */
const put = (history: History, operation: HistoryOperation): Promise<boolean> =>
  new Promise((resolve) => {
    history.append(operation, resolve)
  })
const queue = async (history: History, ...words: string[]) => {
  const lines = words.map((text) => saidLine(history, text, { own: true, state: 'queued' }))
  await saved(
    history,
    { op: 'conversation', conversation: room() },
    ...lines.map((line) => ({ op: 'line' as const, conversation: 'r1', line }))
  )
  return lines
}

describe('a line that waits to be sent', () => {
  test('comes back as one, also from before what is shown, in order', async () => {
    const folder = temporary()
    const first = await open(folder)
    await queue(first.history, 'one', '二')
    const newer = Array.from({ length: 200 }, (_, n) => saidLine(first.history, `newer ${n}`, { own: true }))
    await saved(first.history, ...newer.map((line) => ({ op: 'line' as const, conversation: 'r1', line })))
    await first.history.close()
    const { history } = await open(folder)
    const [back] = history.restored
    expect(texts(back?.queued ?? [])).toEqual(['one', '二'])
    expect(back?.queued).toMatchObject([{ state: 'queued' }, { state: 'queued' }])
    expect(texts(back?.newest.lines ?? [])).not.toContain('one')
  })

  test('is claimed by one of two programs, however often both ask', async () => {
    const folder = temporary()
    const first = await open(folder)
    const lines = await queue(first.history, ...Array.from({ length: 40 }, (_, n) => `line ${n}`))
    const second = await open(folder)
    expect(second.history.restored[0]?.queued).toHaveLength(40)
    const ask = (history: History): Promise<boolean[]> =>
      Promise.all(lines.map(({ id: line }) => put(history, { op: 'claim', conversation: 'r1', line })))
    const [one, two] = await Promise.all([ask(first.history), ask(second.history)])
    for (const index of lines.keys()) expect([one[index], two[index]].filter(Boolean)).toHaveLength(1)
    // Nor twice by the same.
    expect((await ask(first.history)).some(Boolean)).toBe(false)
  })

  test('that another program took is not queued again by an edit; one that is given back is', async () => {
    const folder = temporary()
    const first = await open(folder)
    const [line] = await queue(first.history, 'one')
    if (line?.kind !== 'said') throw new Error('no line')
    const second = await open(folder)
    expect(await put(second.history, { op: 'claim', conversation: 'r1', line: line.id })).toBe(true)
    const edited = { op: 'line' as const, conversation: 'r1', line: { ...line, text: 'uno' } }
    expect(await put(first.history, edited)).toBe(false)
    expect(await first.history.line('r1', line.id)).toMatchObject({ text: 'one', state: 'written' })
    expect(await put(second.history, { op: 'line', conversation: 'r1', line, released: true })).toBe(true)
    expect(await put(first.history, edited)).toBe(true)
    expect(await second.history.line('r1', line.id)).toMatchObject({ text: 'uno', state: 'queued' })
  })

  test('that was claimed by a program that died may have been sent: it is unconfirmed', async () => {
    const folder = temporary()
    const first = await open(folder)
    const [line] = await queue(first.history, 'one', 'two')
    await put(first.history, { op: 'claim', conversation: 'r1', line: line?.id ?? 0 })
    await first.history.close()
    const { history } = await open(folder)
    expect(history.restored[0]?.newest.lines).toMatchObject([{ state: 'unconfirmed' }, { state: 'queued' }])
    expect(texts(history.restored[0]?.queued ?? [])).toEqual(['two'])
  })

  test('is not pruned for its age', async () => {
    const { history } = await open(temporary())
    const [line] = await queue(history, 'one')
    expect(await history.prune('r1', Date.now() + 1000)).toBe(true)
    expect(await history.line('r1', line?.id ?? 0)).toMatchObject({ text: 'one' })
  })
})

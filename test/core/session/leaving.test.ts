import { describe, expect, test } from 'vitest'
import { BOB, joined, ME, stand } from './stand.ts'

const texts = (at: ReturnType<typeof stand>): string[] =>
  at.news().flatMap((one) => (one.type === 'said' || one.type === 'line' ? [one.text ?? ''] : [`(${one.type})`]))

/** Connected to a far server that is still listened to: what came is held back. */
const listening = (sent: string): ReturnType<typeof stand> => {
  const at = stand()
  at.call().accept(ME, 'far')
  at.send(sent)
  expect(texts(at)).toEqual(['(connected)'])
  return at
}

describe('what came is told, however soon one leaves', () => {
  test('lines held back until the server is recognised come before the end', async () => {
    const at = listening(`${BOB}: one\n${BOB}: two\n`)
    const left = at.session.leave()
    at.clock.advance(1000)
    expect(texts(at)).toEqual(['(recognised)', 'one', 'two', '(disconnected)'])
    await left
  })

  test('so does a line that had not ended', async () => {
    const at = listening('welcome to the tea ho')
    const left = at.session.leave()
    at.clock.advance(1000)
    expect(texts(at)).toEqual(['(recognised)', 'welcome to the tea ho', '(disconnected)'])
    await left
  })

  test('who does not listen to the end hears it at once, and nothing is written for it', async () => {
    const at = listening(`[${BOB}]bob:one\n`)
    at.session.perform({ type: 'say', text: 'too late' })
    at.session.hearOut()
    expect(at.all.map(({ type }) => type).filter((type) => type !== 'people')).toEqual([
      'connected',
      'recognised',
      'said'
    ])
    expect(at.session.takes()).toBe(0)
    expect(at.ready()).toBe(0)
    const left = at.session.leave()
    at.clock.advance(5000)
    expect(at.wrote()).toEqual([])
    expect(at.session.unwritten().map(({ text }) => text)).toEqual(['too late'])
    await left
  })

  test('a connection renewed for another address tells what it held', () => {
    const at = listening(`${BOB}: one\n`)
    at.session.configure({ port: 9999 })
    expect(texts(at)).toEqual(['(recognised)', 'one', '(disconnected)'])
  })

  test('words of a kick that no end followed were said', async () => {
    const at = joined('im')
    at.send('你被踢了\n')
    expect(texts(at)).toEqual([])
    const left = at.session.leave()
    at.call().end()
    expect(texts(at)).toEqual(['你被踢了', '(disconnected)'])
    await left
  })

  test('what waits for an echo is not followed by more once we go', async () => {
    const at = joined('im')
    at.session.perform({ type: 'say', text: 'one', ref: '1' })
    at.session.perform({ type: 'say', text: 'two', ref: '2' })
    const left = at.session.leave()
    at.send(`[${ME}]${ME}:one\n`)
    at.call().end()
    const written = at.news().flatMap((one) => (one.type === 'noted' && one.state === 'written' ? [one.ref] : []))
    expect(written).toEqual(['1'])
    await left
  })
})

test('what had come of a line is told, too, when a server that answers no more is given up', () => {
  const at = joined('im')
  at.send(`[${BOB}]bob:half a sent`)
  at.session.perform({ type: 'say', text: 'hello?' })
  at.clock.advance(40_000)
  const told = texts(at)
  expect(told).toContain('half a sent')
  expect(told.indexOf('half a sent')).toBeLessThan(told.indexOf('(disconnected)'))
})

test('lines that come in many pieces leave nothing behind for as long as the line stands', () => {
  const at = joined('im')
  let cancelled = 0
  const plain = { ...at.clock }
  Object.assign(at.clock, {
    after: (ms: number, run: () => void) => {
      const timer = plain.after(ms, run)
      return {
        cancel: () => {
          cancelled += 1
          timer.cancel()
        }
      }
    }
  })
  at.send(`[${BOB}]bob:`)
  for (let piece = 0; piece < 500; piece += 1) at.send('x')
  const before = cancelled
  at.call().reset()
  // Whatever a connection still remembers, it cancels at its end.
  expect(cancelled - before).toBeLessThan(10)
})

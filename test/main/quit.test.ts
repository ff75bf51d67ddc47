import { describe, expect, test } from 'vitest'
import { makeLeaving } from '../../src/main/quit.ts'

/** A desk with a hand-driven dialog: what happened, in order. */
const desk = (hosting: boolean) => {
  const happened: string[] = []
  let answer: (go: boolean) => void = () => {}
  let fails = false
  const leaving = makeLeaving({
    hosting: () => hosting,
    ask: () => {
      happened.push('asked')
      return new Promise((resolve) => {
        answer = resolve
      })
    },
    close: () => {
      happened.push('closed')
      return fails ? Promise.reject(new Error('stuck')) : Promise.resolve()
    },
    end: () => happened.push('ended'),
    failed: () => happened.push('failed')
  })
  return {
    happened,
    leaving,
    answer: (go: boolean) => answer(go),
    breakClosing: () => {
      fails = true
    }
  }
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('leaving', () => {
  test('a guest goes without being asked, everything closed first', async () => {
    const { leaving, happened } = desk(false)
    leaving.wish()
    expect(leaving.gone()).toBe(false)
    await settle()
    expect(happened).toEqual(['closed', 'ended'])
    expect(leaving.gone()).toBe(true)
  })

  test('a host is asked, once, and stays if he says so', async () => {
    const { leaving, happened, answer } = desk(true)
    leaving.wish()
    leaving.wish()
    await settle()
    expect(happened).toEqual(['asked'])
    answer(false)
    await settle()
    expect(happened).toEqual(['asked'])
    expect(leaving.gone()).toBe(false)
    leaving.wish()
    answer(true)
    await settle()
    expect(happened).toEqual(['asked', 'asked', 'closed', 'ended'])
  })

  test('a signal asks nobody, also while the question stands, and closes once', async () => {
    const { leaving, happened, answer } = desk(true)
    leaving.wish()
    leaving.now()
    leaving.now()
    answer(true)
    await settle()
    expect(happened).toEqual(['asked', 'closed', 'ended'])
  })

  test('what fails on the way out is written down and keeps nobody', async () => {
    const { leaving, happened, breakClosing } = desk(false)
    breakClosing()
    leaving.wish()
    await settle()
    expect(happened).toEqual(['closed', 'failed', 'ended'])
  })
})

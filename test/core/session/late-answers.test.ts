import { describe, expect, test } from 'vitest'
import { BOB, joined, ME, stand } from './stand.ts'

/** A cable that is out for fifteen seconds: nothing is lost, everything comes late. */
const OUT_MS = 15_000

describe('the answer to a question of our own that comes after the cable was out', () => {
  const room = () => {
    const at = stand()
    at.call().accept(ME)
    at.send(`[${ME}]${ME}:已上线\n* Teahouse 1 Lab\n`)
    at.clock.advance(400)
    at.send(`[${ME}]${ME}:在线...\n[${BOB}]${BOB}:在线...\n`)
    at.clock.advance(2000)
    at.news()
    at.wrote()
    return at
  }

  test('is an answer, not what everybody in the room says', () => {
    const at = room()
    // The machine's addresses changed: a standing line is asked whether it still stands.
    at.session.retryNow()
    expect(at.wrote()).toEqual(['who\n'])
    at.clock.advance(OUT_MS)
    at.send(`[${ME}]${ME}:在线...\n[${BOB}]${BOB}:在线...\n`)
    at.clock.advance(2000)
    expect(at.news()).toEqual([])
  })

  test('does not take the place of a line that was said meanwhile', () => {
    const at = room()
    at.session.retryNow()
    at.session.perform({ type: 'say', text: 'said while the cable is out', ref: 'a' })
    at.clock.advance(OUT_MS)
    at.send(`[${ME}]${ME}:在线...\n[${BOB}]${BOB}:在线...\n[${ME}]${ME}:said while the cable is out\n`)
    at.clock.advance(2000)
    const said = at.news().filter(({ type }) => type === 'said')
    expect(said).toEqual([expect.objectContaining({ text: 'said while the cable is out', own: true, ref: 'a' })])
  })
})

test('the answers to two questions of which one was asked while the other was open are both answers', () => {
  const at = joined('im')
  const rows = `[${ME}]${ME}:在线...\n[${BOB}]${BOB}:在线...\n`
  // Asked again so that the server does not put us out; it reads both a while later.
  at.clock.advance(13_500)
  expect(at.wrote()).toEqual(['who\n', 'who\n'])
  for (let answer = 1; answer <= 2; answer += 1) {
    at.send(rows)
    at.clock.advance(800)
  }
  expect(at.news()).toEqual([])
  // From here on the words are words.
  at.clock.advance(1000)
  at.send(`[${BOB}]${BOB}:在线...\n`)
  expect(at.news()).toMatchObject([{ type: 'said', text: '在线...' }])
})

test('an answer that never comes does not make words into answers for ever', () => {
  const at = joined('im')
  at.clock.advance(13_500)
  at.wrote()
  // One of the two was lost. From here on each question is answered at once.
  for (let n = 0; n < 5; n += 1) {
    at.send(`[${ME}]${ME}:在线...\n`)
    at.clock.advance(6500)
    at.news()
    expect(at.wrote()).toEqual(['who\n'])
  }
  at.send(`[${ME}]${ME}:在线...\n`)
  at.clock.advance(1000)
  at.send(`[${BOB}]${BOB}:在线...\n`)
  expect(at.news()).toMatchObject([{ type: 'said', text: '在线...' }])
})

describe.each([
  ['im', `[${ME}]${ME}:已上线\n`, (text: string) => `[${ME}]${ME}:${text}\n`],
  ['iamhere', `[${ME}]${ME}:I am here\n[${ME}]${ME}:login\n`, (text: string) => `[${ME}]${ME}:${text}\n`],
  ['gopl', `You are ${ME}\n`, (text: string) => `${ME}: ${text}\n`]
] as const)('a server known as %s that is slow to greet', (dialect, welcome, told) => {
  test('is told nothing, and nothing counts as sent, before it has had its time to greet', () => {
    const at = stand({ remembered: dialect })
    at.call().accept(ME)
    at.clock.advance(2500)
    expect(at.session.takes()).toBe(0)
    at.session.perform({ type: 'say', text: 'line a', ref: 'a' })
    expect(at.wrote()).toEqual([])
    at.send(welcome)
    at.clock.advance(500)
    expect(at.news()).toContainEqual({ type: 'recognised', dialect, by: 'welcome' })
    at.send(told('line a'))
    const own = at.news().flatMap((event) => (event.type === 'said' && event.own ? [`${event.text} ${event.ref}`] : []))
    expect(own).toEqual(['line a a'])
  })

  test('tells nothing twice of what was written before it said what it is', () => {
    const at = stand({ remembered: dialect })
    at.call().accept(ME)
    at.clock.advance(5000)
    expect(at.news()).toContainEqual({ type: 'recognised', dialect: 'relay', by: 'assumed' })
    const refs = ['a', 'b', 'c']
    for (const ref of refs) at.session.perform({ type: 'say', text: `line ${ref}`, ref })
    at.clock.advance(3000)
    at.send(welcome)
    at.clock.advance(500)
    for (const ref of refs) at.send(told(`line ${ref}`))
    at.send(told('line a'))
    const own = at
      .news()
      .flatMap((event) => (event.type === 'said' && event.own ? [`${event.text} ${event.ref ?? '-'}`] : []))
    // What is told once more than it was written is a line of its own.
    expect(own).toEqual([...refs.map((ref) => `line ${ref} ${ref}`), 'line a -'])
  })

  test('tells nothing twice of what was written while nobody expected an echo any more', () => {
    const at = stand({ remembered: dialect })
    at.call().accept(ME)
    at.clock.advance(5000)
    at.session.perform({ type: 'say', text: 'line a', ref: 'a' })
    at.clock.advance(2000)
    expect(at.news()).toContainEqual({ type: 'recognised', dialect: 'plain', by: 'assumed' })
    // Some put blanks around a text, ours changes what no line may hold.
    for (const text of ['line b', 'line\u2028c']) at.session.perform({ type: 'say', text, ref: text.slice(-1) })
    at.send(welcome)
    at.clock.advance(500)
    for (const text of ['line a', 'line b ', 'line c']) at.send(told(text))
    const own = at.news().flatMap((event) => (event.type === 'said' && event.own ? [event.ref] : []))
    expect(own).toEqual(['b', 'c'])
  })

  test('has its time to greet on every connection, also where nothing was known of it before the first', () => {
    const at = stand()
    at.call().accept(ME)
    at.send(welcome)
    at.clock.advance(500)
    at.call().reset()
    at.clock.advance(2000)
    expect(at.net.calls).toHaveLength(2)
    at.call().accept(ME)
    at.session.perform({ type: 'say', text: 'line a', ref: 'a' })
    at.clock.advance(2500)
    expect(at.wrote()).toEqual([])
  })

  test('is not waited for where a person chose the dialect: nothing else is taken for it', () => {
    const at = stand({ dialect, remembered: dialect })
    at.call().accept(ME)
    at.clock.advance(500)
    at.session.perform({ type: 'say', text: 'line a', ref: 'a' })
    expect(at.wrote()).toEqual(['line a\n'])
  })

  test('is known at its own address only', () => {
    const at = stand({ remembered: dialect })
    at.call().accept(ME)
    at.send(welcome)
    at.clock.advance(500)
    at.session.configure({ port: 9999 })
    at.call().accept(ME)
    at.clock.advance(500)
    expect(at.news().at(-1)).toEqual({ type: 'recognised', dialect: 'relay', by: 'assumed' })
  })

  test('confirms a line that was said once more, whatever became of the first', () => {
    const at = stand({ remembered: dialect })
    at.call().accept(ME)
    at.clock.advance(5000)
    at.session.perform({ type: 'say', text: 'again', ref: 'a' })
    at.clock.advance(3000)
    at.send(welcome)
    at.clock.advance(500)
    if (dialect === 'im') at.send(`[${ME}]${ME}:在线...\n`)
    if (dialect === 'iamhere') at.send(`user list:\n${ME}:${ME}\n`)
    at.clock.advance(2000)
    at.news()
    at.session.perform({ type: 'say', text: 'again', ref: 'b' })
    at.clock.advance(1000)
    at.send(told('again'))
    expect(at.news()).toContainEqual(expect.objectContaining({ type: 'said', text: 'again', ref: 'b' }))
    at.send(told('again'))
    expect(at.news().filter(({ type }) => type === 'said')).toEqual([])
  })
})

test('a relay that was slow to send back: what was written after it was given up is not told twice', () => {
  const at = stand()
  at.call().accept(ME)
  at.clock.advance(600)
  at.session.perform({ type: 'say', text: 'line a', ref: 'a' })
  at.clock.advance(2100)
  at.session.perform({ type: 'say', text: 'line b', ref: 'b' })
  at.send(`${ME}:line a\n${ME}:line b\n${BOB}:hello\n`)
  expect(at.news().flatMap((event) => (event.type === 'said' ? [event.text] : []))).toEqual([
    'line a',
    'line b',
    'hello'
  ])
})

test('a relay that was taken for a server that never echoes is one again with the first line that comes back', () => {
  const at = stand({ remembered: 'plain' })
  at.call().accept(ME)
  at.clock.advance(600)
  at.session.perform({ type: 'say', text: 'line a', ref: 'a' })
  at.send(`${ME}:line a\n`)
  at.news()
  at.session.perform({ type: 'say', text: 'line b', ref: 'b' })
  at.send(`${ME}:line b\n`)
  expect(at.news()).toMatchObject([
    { type: 'noted', state: 'written', ref: 'b' },
    { type: 'said', text: 'line b', own: true, ref: 'b' }
  ])
})

import { describe, expect, test } from 'vitest'
import { BOB, joined, ME, member, stand } from './stand.ts'

describe('what a session takes', () => {
  test('is nothing before it knows the dialect, and said when it does', () => {
    const at = stand()
    expect(at.session.takes()).toBe(0)
    at.call().accept(ME)
    at.clock.turn()
    expect([at.session.takes(), at.ready()]).toEqual([0, 0])
    at.send(`You are ${ME}\n`)
    expect(at.session.takes()).toBe(20)
    expect(at.ready()).toBeGreaterThan(0)
  })

  test('is one line at a time where one read is one message, the next after the echo', () => {
    const at = joined('im')
    expect(at.session.takes()).toBe(1)
    at.session.perform({ type: 'say', text: 'one', ref: '1' })
    expect(at.wrote()).toEqual(['one\n'])
    expect(at.session.takes()).toBe(0)
    const before = at.ready()
    at.send(`[${BOB}]${BOB}:not ours\n`)
    expect([at.session.takes(), at.ready()]).toEqual([0, before])
    at.send(`[${ME}]${ME}:one\n`)
    expect(at.session.takes()).toBe(1)
    expect(at.ready()).toBeGreaterThan(before)
  })

  test('comes after the name one wants to be known by', () => {
    const at = stand({ nick: 'Leaf' })
    at.call().accept(ME)
    at.send(`[${ME}]${ME}:已上线\n`)
    expect(at.wrote()).toEqual(['rename|Leaf\n'])
    expect(at.session.takes()).toBe(0)
    at.send('您已更新用户名：Leaf\n')
    expect(at.session.takes()).toBe(1)
  })

  test('is nothing while something of its own waits, and after it left', () => {
    const at = joined('gopl')
    for (let n = 0; n < 25; n += 1) at.session.perform({ type: 'say', text: `${n}` })
    expect(at.session.takes()).toBe(0)
    const gone = joined('gopl')
    void gone.session.leave()
    expect(gone.session.takes()).toBe(0)
  })
})

describe('a line that comes late from an address that was ours', () => {
  const old = '127.0.0.1:4900'
  test('is not the echo of the same words in the air, and does not tell us a wrong address', () => {
    const at = stand({ formerSelves: [old] })
    at.call().accept(ME)
    at.clock.advance(400)
    at.session.perform({ type: 'say', text: 'hello', ref: '1' })
    at.news()
    at.send(`${old}:hello\n`)
    expect(at.news()).toMatchObject([{ type: 'said', from: member(old), own: false, text: 'hello' }])
    at.send(`${ME}:hello\n`)
    expect(at.news()).toMatchObject([{ type: 'recognised' }, { type: 'said', own: true, text: 'hello', ref: '1' }])
  })

  test('is known from the connection before without being told', () => {
    const at = stand()
    at.call().accept(old)
    at.clock.advance(400)
    at.call().reset()
    at.clock.advance(2000)
    at.call().accept(ME)
    at.clock.advance(400)
    at.session.perform({ type: 'say', text: 'hello', ref: '1' })
    at.news()
    at.send(`${old}:hello\n`)
    expect(at.news()).toMatchObject([{ type: 'said', own: false, text: 'hello' }])
  })
})

import { describe, expect, test } from 'vitest'
import { makeCodec } from '../../../src/node/codec.ts'
import { AL, BOB, joined, ME, member, stand } from './stand.ts'

describe('recognition', () => {
  test.each([
    ['gopl', `You are ${ME}\n`, 'welcome'],
    ['gopl-zh', `欢迎 ${ME}\n`, 'welcome'],
    ['iamhere', `[${ME}]${ME}:I am here\n`, 'welcome'],
    ['im', `[${ME}]${ME}:已上线\n`, 'welcome']
  ])('%s by its welcome, and joined comes once', (dialect, welcome, by) => {
    const at = stand()
    at.call().accept(ME)
    at.send(welcome)
    if (dialect === 'iamhere') at.send(`[${ME}]${ME}:login\n`)
    expect(at.news()).toEqual([
      { type: 'connected', room: 'h:8888', self: ME },
      { type: 'recognised', dialect, by },
      { type: 'joined', member: member(ME), own: true }
    ])
  })

  test('hazard 1: a silent server is a relay after 400 ms, and nothing was sent to find out', () => {
    const at = stand()
    at.call().accept(ME)
    at.session.perform({ type: 'say', text: 'early', ref: '1' })
    at.clock.advance(399)
    expect(at.wrote()).toEqual([])
    at.clock.advance(1)
    expect(at.news().slice(1)).toEqual([
      { type: 'noted', state: 'queued', ref: '1' },
      { type: 'recognised', dialect: 'relay', by: 'assumed' },
      { type: 'noted', state: 'written', ref: '1' }
    ])
    expect(at.wrote()).toEqual(['early\n'])
    at.send(`${ME}:early\n`)
    expect(at.news()).toEqual([
      { type: 'recognised', dialect: 'relay', by: 'echo' },
      { type: 'said', conversation: 'room', from: member(ME), text: 'early', own: true, ref: '1' }
    ])
  })

  test('hazard 10: no echo within two seconds makes it plain, and lines count as sent', () => {
    const at = stand()
    at.call().accept(ME, 'far')
    at.clock.advance(1499)
    expect(at.news()).toHaveLength(1)
    at.clock.advance(1)
    at.session.perform({ type: 'say', text: 'hi', ref: '1' })
    at.news()
    at.clock.advance(2000)
    expect(at.news()).toMatchObject([
      { type: 'recognised', dialect: 'plain', by: 'assumed' },
      { type: 'said', text: 'hi', own: true, ref: '1' }
    ])
    // A late echo is the same line.
    at.send(`${ME}:hi\n`)
    expect(at.news()).toEqual([{ type: 'recognised', dialect: 'relay', by: 'echo' }])
  })

  test('a relative that shows itself never echoes: lines in the air count as sent at once', () => {
    const at = stand()
    at.call().accept(ME)
    at.clock.advance(400)
    at.session.perform({ type: 'say', text: 'hi', ref: '1' })
    at.news()
    at.send(`\r<('10.0.0.7', 4000)> hello\n`)
    expect(at.news()).toMatchObject([
      { type: 'recognised', dialect: 'plain', by: 'notice' },
      { type: 'said', text: 'hi', own: true, ref: '1' },
      { type: 'said', text: 'hello', own: false }
    ])
    at.clock.advance(20_000)
    expect(at.news()).toEqual([])
  })

  test('hazard 24: lines of others before the own welcome are held and told once, in order', () => {
    const at = stand()
    at.call().accept(ME)
    at.send(`[${BOB}]bob:hi\n[${AL}]${AL}:login\n`)
    expect(at.news()).toHaveLength(1)
    at.send(`[${ME}]${ME}:login\n[${ME}]${ME}:I am here\n`)
    expect(at.news()).toEqual([
      { type: 'recognised', dialect: 'iamhere', by: 'welcome' },
      { type: 'said', conversation: 'room', from: member(BOB, 'bob'), text: 'hi', own: false },
      { type: 'joined', member: member(AL), own: false },
      { type: 'joined', member: member(ME), own: true }
    ])
  })

  test('hazard 23: behind a NAT the own address is the one the server prints', () => {
    const at = stand()
    at.call().accept('192.168.1.5:5000', 'lan')
    at.send(`[203.0.113.7:4242]203.0.113.7:4242:已上线\n`)
    at.clock.advance(400)
    expect(at.news().slice(1)).toEqual([
      { type: 'recognised', dialect: 'im', by: 'notice' },
      { type: 'joined', member: member('203.0.113.7:4242'), own: true }
    ])
  })

  test.each([
    'SSH-2.0-OpenSSH_9.6\r\n',
    '220 mail ESMTP\r\n',
    'HTTP/1.1 400 Bad Request\r\n',
    ':irc.x NOTICE * :hi\r\n'
  ])('a service that is no chat is left: %j', (first) => {
    const at = stand()
    at.call().accept(ME)
    at.send(first)
    expect(at.news().slice(1)).toEqual([
      { type: 'line', text: first.trimEnd() },
      { type: 'disconnected', reason: 'not-a-chat', retryInMs: null }
    ])
  })

  test('a web server, which is silent until spoken to, is left at its first answer and not dialled again', () => {
    const at = stand()
    at.call().accept(ME)
    at.clock.advance(60_000)
    at.news()
    at.send('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n')
    expect(at.news()).toEqual([
      { type: 'line', text: 'HTTP/1.1 408 Request Timeout' },
      { type: 'disconnected', reason: 'not-a-chat', retryInMs: null }
    ])
  })

  test('a room in which something was said may talk about status lines', () => {
    const at = stand()
    at.call().accept(ME)
    at.clock.advance(400)
    at.send(`morning\nHTTP/1.1 408 Request Timeout\n220 volts\n`)
    expect(at.news().filter(({ type }) => type === 'disconnected')).toEqual([])
  })

  test('what a person chose is not guessed again', () => {
    const at = stand({ dialect: 'plain' })
    at.call().accept(ME)
    at.send('220 is my lucky number\n')
    expect(at.news().slice(1)).toEqual([
      { type: 'recognised', dialect: 'plain', by: 'user' },
      { type: 'line', text: '220 is my lucky number' }
    ])
  })

  test('gopl guessed from a message becomes gopl-zh by the next notice', () => {
    const at = stand()
    at.call().accept(ME)
    at.send(`${BOB}: hi\n`)
    at.clock.advance(400)
    at.send(`${AL} 上线\n`)
    expect(at.news().slice(1)).toMatchObject([
      { type: 'recognised', dialect: 'gopl', by: 'message' },
      { type: 'said', text: 'hi' },
      { type: 'recognised', dialect: 'gopl-zh', by: 'notice' },
      { type: 'joined' }
    ])
  })
})

describe('own lines', () => {
  test('hazard 18: where the server glues, the next line waits for the echo of the last', () => {
    const at = joined('im')
    for (const text of ['one', 'two', 'three']) at.session.perform({ type: 'say', text, ref: text })
    expect(at.wrote()).toEqual(['one\n'])
    at.send(`[${ME}]${ME}:one\n`)
    expect(at.wrote()).toEqual(['two\n'])
    at.send(`[${ME}]${ME}:two\n`)
    expect(at.wrote()).toEqual(['three\n'])
    expect(at.session.unwritten()).toEqual([])
  })

  test('waiting at 3 s, unconfirmed at 10 s, never sent again; a late echo still delivers', () => {
    const at = joined('gopl')
    at.session.perform({ type: 'say', text: 'hi', ref: '1' })
    at.clock.advance(3000)
    expect(at.news()).toEqual([
      { type: 'noted', state: 'written', ref: '1' },
      { type: 'noted', state: 'waiting', ref: '1' }
    ])
    at.clock.advance(7000)
    expect(at.news()).toEqual([{ type: 'noted', state: 'unconfirmed', ref: '1' }])
    at.send(`${ME}: hi\n`)
    expect(at.news()).toMatchObject([{ type: 'said', own: true, ref: '1' }])
    expect(at.wrote()).toEqual(['hi\n'])
  })

  test('hazard 11: a 001 that does not echo is left and joined again', () => {
    const at = joined('iamhere')
    at.session.perform({ type: 'say', text: 'hi', ref: '1' })
    at.clock.advance(10_000)
    expect(at.news().slice(-2)).toMatchObject([
      { type: 'noted', state: 'unconfirmed', ref: '1' },
      { type: 'disconnected', reason: 'silent', retryInMs: 750 }
    ])
    at.clock.advance(750)
    expect(at.net.calls).toHaveLength(2)
  })

  test('hazard 11: a 001 whose list is without us has forgotten us', () => {
    const at = joined('iamhere')
    at.session.attend(true)
    at.clock.advance(45_000)
    expect(at.wrote()).toEqual(['who\n'])
    at.send(`user list:\n${BOB}:${BOB}\n`)
    at.clock.advance(1500)
    expect(at.news()).toMatchObject([{ type: 'disconnected', reason: 'silent' }])
  })

  test('a connection lost with lines in the air and in the queue: the ones stay unconfirmed, the others go later', () => {
    const at = joined('im')
    at.session.perform({ type: 'say', text: 'one', ref: '1' })
    at.session.perform({ type: 'say', text: 'two', ref: '2' })
    at.news()
    at.call().end()
    expect(at.news()).toMatchObject([
      { type: 'noted', state: 'unconfirmed', ref: '1' },
      { type: 'disconnected', reason: 'closed' }
    ])
    expect(at.session.unwritten()).toEqual([{ ref: '2', text: 'two' }])
    at.clock.advance(1000)
    at.call().accept(ME)
    at.send(`[${ME}]${ME}:已上线\n`)
    expect(at.wrote()).toEqual(['two\n'])
  })

  test('long texts are split between characters where the server reads chunks, refused elsewhere', () => {
    const at = joined('im')
    const text = '茶'.repeat(1000)
    at.session.perform({ type: 'say', text, ref: '1' })
    const written: string[] = []
    for (let more = at.wrote(); more.length > 0; more = at.wrote()) {
      for (const line of more) {
        written.push(line.slice(0, -1))
        expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(1401)
        at.send(`[${ME}]${ME}:${line}`)
      }
    }
    expect(written).toHaveLength(3)
    expect(written.join('')).toBe(text)
    const other = joined('gopl')
    other.session.perform({ type: 'say', text: 'x'.repeat(8193), ref: '2' })
    expect(other.news()).toEqual([{ type: 'refused', command: 'say', code: 'too-long', text: '', ref: '2' }])
  })

  test('a text is one message for each line that holds something', () => {
    const at = joined('gopl')
    at.session.perform({ type: 'say', text: 'a\r\n\n  \n b \nc\0', ref: '1' })
    expect(at.wrote()).toEqual(['a\n', ' b \n', 'c\n'])
    for (const text of ['', '  ', '\n\n']) at.session.perform({ type: 'say', text, ref: 'e' })
    expect(
      at
        .news()
        .slice(-3)
        .map((event) => 'code' in event && event.code)
    ).toEqual(['empty-text', 'empty-text', 'empty-text'])
  })

  test('what the charset cannot write is refused', () => {
    const at = joined('gopl', { charset: 'latin1' })
    at.session.perform({ type: 'say', text: '茶', ref: '1' })
    expect(at.news()).toEqual([{ type: 'refused', command: 'say', code: 'bad-format', text: '', ref: '1' }])
  })

  test('hazards 16, 17: what would act as a command or kill the server goes out with a blank in front', () => {
    for (const text of ['rename me', 'rename|x', 'renamed it', 'who', 'to|al', 'to|al|hi']) {
      const at = joined('iamhere')
      at.session.perform({ type: 'say', text })
      expect(at.wrote()).toEqual([` ${text}\n`])
      at.send(`[${ME}]${ME}: ${text}\n`)
      expect(at.news()).toMatchObject([{ type: 'said', text: ` ${text}`, own: true }])
    }
    const plain = joined('gopl')
    plain.session.perform({ type: 'say', text: 'rename me' })
    expect(plain.wrote()).toEqual(['rename me\n'])
  })

  test('hazard 21: a server that cuts two bytes gets CRLF from then on', () => {
    const at = joined('iamhere')
    at.session.perform({ type: 'say', text: 'hello', ref: '1' })
    at.send(`[${ME}]${ME}:hell\n`)
    expect(at.news()).toMatchObject([{ state: 'written' }, { type: 'said', text: 'hell', own: true, ref: '1' }])
    at.session.perform({ type: 'say', text: 'again' })
    expect(at.wrote()).toEqual(['hello\n', 'again\r\n'])
  })

  test('a line that is still queued can be taken back, a written one cannot', () => {
    const at = joined('im')
    at.session.perform({ type: 'say', text: 'one', ref: '1' })
    at.session.perform({ type: 'say', text: 'two', ref: '2' })
    expect([at.session.withdraw('1'), at.session.withdraw('2'), at.session.withdraw('3')]).toEqual([false, true, false])
    at.send(`[${ME}]${ME}:one\n`)
    expect(at.wrote()).toEqual(['one\n'])
  })
})

describe('private lines', () => {
  test('an unmarked im server gets two LFs, bars become harmless, and the line counts as said', () => {
    const at = joined('im')
    at.send(`[${BOB}]bob:hi\n`)
    at.news()
    at.session.perform({ type: 'whisper', to: 'bob', text: 'a|b', ref: '1' })
    expect(at.wrote()).toEqual(['to|bob|a｜b\n\n'])
    expect(at.news()).toEqual([
      { type: 'noted', state: 'written', ref: '1' },
      {
        type: 'said',
        conversation: 'private',
        from: member(ME),
        to: member(BOB, 'bob'),
        text: 'a｜b',
        own: true,
        ref: '1'
      }
    ])
    at.send('不存在该用户\n')
    expect(at.news()).toEqual([
      { type: 'refused', command: 'whisper', code: 'no-such-member', text: '不存在该用户', ref: '1' }
    ])
    // Nothing is open any more: the same words are only words.
    at.send('不存在该用户\n')
    expect(at.news()).toEqual([{ type: 'line', text: '不存在该用户' }])
  })

  test('hazards 3, 4: private lines without LF, alone after 120 ms and glued', () => {
    const at = joined('im')
    at.send(`[${BOB}]bob:hi\n`)
    at.news()
    at.send('bob对您说one')
    at.clock.advance(119)
    expect(at.news()).toEqual([])
    at.clock.advance(1)
    expect(at.news()).toMatchObject([{ conversation: 'private', from: member(BOB, 'bob'), text: 'one' }])
    // Torn in the middle of a character, its rest is on the way.
    const you = Buffer.from('你')
    at.send(Buffer.concat([Buffer.from('bob对您说'), you.subarray(0, 2)]))
    at.clock.advance(400)
    expect(at.news()).toEqual([])
    at.send(Buffer.concat([you.subarray(2), Buffer.from('好')]))
    at.clock.advance(120)
    expect(at.news()).toMatchObject([{ conversation: 'private', text: '你好' }])
    // Whole in GB18030, torn in UTF-8: later, but shown.
    at.send(Uint8Array.from([0x62, 0x6f, 0x62, 0xb6, 0xd4, 0xc4, 0xfa, 0xcb, 0xb5, 0xc4, 0xe3]))
    at.clock.advance(620)
    expect(at.news()).toMatchObject([{ conversation: 'private', text: '你' }])
    // One fork's private lines begin with a bracket, as no broken public line does (dialects 5.1).
    at.send('[private]bob:psst')
    at.clock.advance(120)
    expect(at.news()).toMatchObject([{ conversation: 'private', from: member(BOB, 'bob'), text: 'psst' }])
    at.send(`bob对您说onebob对您说two[${BOB}]bob:public\n`)
    expect(at.news()).toMatchObject([
      { conversation: 'private', text: 'one' },
      { conversation: 'private', text: 'two' },
      { conversation: 'room', from: member(BOB, 'bob'), text: 'public' }
    ])
  })

  test.each(['gopl', 'gopl-zh', 'iamhere'] as const)('%s has no private lines', (dialect) => {
    const at = joined(dialect)
    at.session.perform({ type: 'whisper', to: 'bob', text: 'x', ref: '1' })
    expect(at.news()).toEqual([{ type: 'refused', command: 'whisper', code: 'not-supported', text: '', ref: '1' }])
    expect(at.wrote()).toEqual([])
  })
})

describe('names and lists', () => {
  test('rename accepted, refused, and nobody else can answer', () => {
    const at = joined('im')
    at.session.perform({ type: 'rename', name: 'tea', ref: '1' })
    expect(at.wrote()).toEqual(['rename|tea\n'])
    at.send('您已更新用户名：tea\n')
    expect(at.news()).toEqual([{ type: 'renamed', member: member(ME, 'tea'), was: ME, own: true, ref: '1' }])
    at.send('您已更新用户名：evil\n')
    expect(at.news()).toEqual([{ type: 'line', text: '您已更新用户名：evil' }])
    at.session.perform({ type: 'rename', name: 'bob', ref: '2' })
    at.send('当前用户名被使用了\n')
    expect(at.news()).toEqual([
      { type: 'refused', command: 'rename', code: 'name-taken', text: '当前用户名被使用了', ref: '2' }
    ])
    for (const name of ['', ' ', 'a|b', 'a:b', '1.2.3.4:5']) at.session.perform({ type: 'rename', name, ref: 'x' })
    expect(at.news().map((event) => 'code' in event && event.code)).toEqual(Array(5).fill('bad-name'))
  })

  test('the nick is asked for after each arrival', () => {
    const at = stand({ nick: 'tea' })
    at.call().accept(ME)
    at.send(`[${ME}]${ME}:已上线\n`)
    expect(at.wrote()).toEqual(['rename|tea\n'])
    at.call().end()
    at.clock.advance(1000)
    at.call().accept(ME)
    at.send(`[${ME}]${ME}:已上线\n`)
    expect(at.wrote()).toEqual(['rename|tea\n'])
  })

  test('the question on arrival is hidden; the person’s own is told whole', () => {
    const at = stand()
    at.call().accept(ME)
    at.send(`[${ME}]${ME}:已上线\n`)
    at.clock.advance(199)
    expect(at.wrote()).toEqual([])
    at.clock.advance(1)
    expect(at.wrote()).toEqual(['who\n'])
    at.send(`[${BOB}]bob:在线...\n[${ME}]${ME}:在线...\n`)
    at.clock.advance(300)
    expect(at.news().map((event) => event.type)).toEqual(['connected', 'recognised', 'joined'])
    const people = at.all.filter((event) => event.type === 'people')
    expect(people.flatMap((event) => event.present)).toContainEqual(member(BOB, 'bob'))
    expect(people.at(-1)?.complete).toBe(true)
    at.session.perform({ type: 'who', ref: '1' })
    at.send(`[${BOB}]bob:在线...\n[${ME}]${ME}:在线...\n`)
    at.clock.advance(300)
    expect(at.news()).toEqual([{ type: 'listed', members: [member(ME), member(BOB, 'bob')], complete: true, ref: '1' }])
    // Nobody asked: a person typed it.
    at.send(`[${BOB}]bob:在线...\n`)
    expect(at.news()).toMatchObject([{ type: 'said', text: '在线...' }])
  })

  test('the rest of a row that stalls in the middle still belongs to the list; what never ends does not hold it up', () => {
    const at = joined('im')
    at.session.perform({ type: 'who', ref: '1' })
    at.news()
    at.send(`[${ME}]${ME}:在线...\n[${BOB}]bob:在`)
    at.clock.advance(900)
    expect(at.news()).toEqual([])
    at.send('线...\n')
    at.clock.advance(300)
    expect(at.news()).toEqual([{ type: 'listed', members: [member(ME), member(BOB, 'bob')], complete: true, ref: '1' }])
    at.session.perform({ type: 'who', ref: '2' })
    at.send(`[${ME}]${ME}:在线...\n[${BOB}]b`)
    at.clock.advance(10_500)
    expect(at.news()).toMatchObject([{ type: 'listed', ref: '2' }])
  })

  test('who comes, goes or is renamed while a list is under way is newer than its rows', () => {
    const at = stand()
    at.call().accept(ME)
    at.send(`* Teahouse 1 R\n[${ME}]${ME}:已上线\n[${AL}]${AL}:已上线\n`)
    at.clock.advance(200)
    expect(at.wrote()).toEqual(['who\n'])
    const NEW = '127.0.0.1:6003'
    at.send(`[${BOB}]bob:在线...\n[${AL}]${AL}:在线...\n[${ME}]${ME}:在线...\n`)
    at.send(`[${NEW}]${NEW}:已上线\n* bob is now known as bobby\n[${AL}]${AL}:已下线\n`)
    at.session.perform({ type: 'who', ref: '1' })
    at.clock.advance(300)
    expect(at.news().filter((event) => event.type === 'listed')).toEqual([
      { type: 'listed', members: [member(ME), member(BOB, 'bobby'), member(NEW)], complete: true, ref: '1' }
    ])
  })

  test('where there is no such verb the list is what was seen', () => {
    const at = joined('gopl')
    at.send(`${BOB} has arrived\n`)
    at.news()
    at.session.perform({ type: 'who', ref: '1' })
    expect(at.news()).toEqual([{ type: 'listed', members: [member(ME), member(BOB)], complete: false, ref: '1' }])
    expect(at.wrote()).toEqual([])
  })

  test('hazard 25: leaving words typed by a person take him out only until he speaks', () => {
    const at = joined('im')
    at.send(`[${BOB}]bob:已下线\n[${BOB}]bob:still here\n[${ME}]${ME}:已下线\n`)
    expect(at.news()).toMatchObject([
      { type: 'left' },
      { type: 'said', text: 'still here' },
      { type: 'said', text: '已下线', own: true }
    ])
  })
})

describe('staying and leaving', () => {
  test('hazard 12: a 002 room is kept awake, hidden, and a kick is believed only at the end', () => {
    const at = joined('im')
    at.clock.advance(6500)
    expect(at.wrote()).toEqual(['who\n'])
    at.send(`[${ME}]${ME}:在线...\n`)
    at.clock.advance(300)
    expect(at.news()).toEqual([])
    at.send('你被踢出了\n')
    at.send(`[${BOB}]bob:haha\n`)
    expect(at.news()).toMatchObject([
      { type: 'line', text: '你被踢出了' },
      { type: 'said', text: 'haha' }
    ])
    at.send('你被踢出了\n\n\n\n')
    at.call().end()
    expect(at.news()).toEqual([
      { type: 'kicked', reason: 'idle', text: '你被踢出了' },
      { type: 'disconnected', reason: 'kicked', retryInMs: 750 }
    ])
  })

  test('the keepalive of 001 runs only while somebody looks', () => {
    const at = joined('iamhere')
    at.clock.advance(120_000)
    expect(at.wrote()).toEqual([])
    at.session.attend(true)
    at.clock.advance(0)
    expect(at.wrote()).toEqual(['who\n'])
  })

  test('our own host: no keepalive, no pacing, its lines understood', () => {
    const at = stand()
    at.call().accept(ME)
    at.send(`[${ME}]${ME}:已上线\n* Teahouse 1 Tea for two\n`)
    expect(at.all.find((event) => event.type === 'introduced')).toEqual({ type: 'introduced', roomName: 'Tea for two' })
    at.clock.advance(200)
    at.send(`[${ME}]${ME}:在线...\n[${BOB}]bob:在线...\n`)
    at.clock.advance(60_000)
    expect(at.wrote()).toEqual(['who\n'])
    at.news()
    for (const text of ['one', 'two']) at.session.perform({ type: 'say', text })
    at.session.perform({ type: 'whisper', to: 'bob', text: 'a|b' })
    expect(at.wrote()).toEqual(['one\n', 'two\n', 'to|bob|a|b\n'])
    at.news()
    at.send('* bob is now known as rob\n')
    expect(at.news()).toEqual([{ type: 'renamed', member: member(BOB, 'rob'), was: 'bob', own: false }])
    at.session.perform({ type: 'rename', name: 'me', ref: '1' })
    at.send(`您已更新用户名：me\n* ${ME} is now known as me\n`)
    expect(at.news()).toEqual([{ type: 'renamed', member: member(ME, 'me'), was: ME, own: true, ref: '1' }])
    at.session.perform({ type: 'rename', name: 'rob', ref: '2' })
    at.send('* Refused: that name, or one that looks like it, is taken\n')
    expect(at.news()).toMatchObject([{ type: 'refused', command: 'rename', code: 'name-taken', ref: '2' }])
    at.send('* rob (private): psst: 1 is now known as 2\n')
    expect(at.news()).toMatchObject([
      { type: 'said', conversation: 'private', from: member(BOB, 'rob'), text: 'psst: 1 is now known as 2' }
    ])
    at.send('* Closing: too slow in reading\n')
    at.call().end()
    expect(at.news()).toMatchObject([
      { type: 'kicked', reason: 'slow-reader' },
      { type: 'disconnected', reason: 'kicked' }
    ])
  })

  test.each(['im', 'iamhere', 'gopl'] as const)(
    'our own %s host changes what no line may hold: the echo is still ours',
    (dialect) => {
      const at = stand()
      at.call().accept(ME)
      const prefix = dialect === 'gopl' ? `${ME}: ` : `[${ME}]${ME}:`
      const welcome = { im: `${prefix}已上线`, iamhere: `${prefix}I am here\n${prefix}login`, gopl: `You are ${ME}` }
      at.send(`${welcome[dialect]}\n* Teahouse 1 Tea\n`)
      at.news()
      for (const [ref, text] of ['a\u0007b', 'c\u2028d', 'plain', '已下线'].entries()) {
        at.session.perform({ type: 'say', text, ref: String(ref) })
      }
      at.send(`${prefix}a\ufffdb\n${prefix}c d\n${prefix}plain\n${prefix}已下线${dialect === 'im' ? '\u200b' : ''}\n`)
      expect(at.news().filter(({ type }) => type === 'said')).toMatchObject([
        { text: 'a\ufffdb', own: true, ref: '0' },
        { text: 'c d', own: true, ref: '1' },
        { text: 'plain', own: true, ref: '2' },
        { text: '已下线', own: true, ref: '3' }
      ])
      at.clock.advance(20_000)
      expect(at.news().filter(({ type }) => type === 'noted')).toEqual([])
    }
  )

  test('a host without a mark changes the same: the echo is ours, and the next line goes out', () => {
    const at = joined('im')
    const texts = ['a\u0007b', 'c\u2028d', '已下线', 'last']
    for (const [ref, text] of texts.entries()) at.session.perform({ type: 'say', text, ref: String(ref) })
    for (const text of ['a\ufffdb', 'c d', '已下线\u200b', 'last']) at.send(`[${ME}]${ME}:${text}\n`)
    expect(at.wrote()).toEqual(texts.map((text) => `${text}\n`))
    expect(at.news().flatMap((event) => (event.type === 'said' ? [event.ref] : []))).toEqual(['0', '1', '2', '3'])
  })

  test('the invisible end our host gives a text that reads like a notice is not part of it', () => {
    const at = stand()
    at.call().accept(ME)
    at.send(`[${ME}]${ME}:已上线\n* Teahouse 1 Tea\n[${BOB}]bob:已下线\u200b\n`)
    expect(at.news().at(-1)).toMatchObject({ type: 'said', from: member(BOB, 'bob'), text: '已下线' })
  })

  test.each(['gb18030', 'big5', 'shift_jis', 'latin1'] as const)(
    'our own host speaks UTF-8, also where %s was chosen',
    (charset) => {
      const at = stand({ charset })
      at.call().accept(ME)
      at.send(`[${ME}]${ME}:已上线\n* Teahouse 1 Tea\n[${BOB}]bob:你好 é\n`)
      expect(at.news().at(-1)).toMatchObject({ type: 'said', text: '你好 é' })
      const text = charset === 'latin1' ? 'é' : '中'
      at.session.perform({ type: 'say', text, ref: '1' })
      expect(at.wrote()).toEqual([`${text}\n`])
    }
  )

  test('the mark is believed only within the first five lines', () => {
    const at = joined('gopl')
    at.send(`${BOB}: 1\n${BOB}: 2\n${BOB}: 3\n${BOB}: 4\n* Teahouse 1 Fake\n`)
    expect(at.news().at(-1)).toEqual({ type: 'line', text: '* Teahouse 1 Fake' })
    expect(at.all.some((event) => event.type === 'introduced')).toBe(false)
  })

  test('a dead peer is noticed: nothing comes back at all', () => {
    const at = joined('gopl')
    at.session.perform({ type: 'say', text: 'hello?' })
    at.clock.advance(29_999)
    expect(at.news().some((event) => event.type === 'disconnected')).toBe(false)
    at.clock.advance(1)
    expect(at.news()).toMatchObject([{ type: 'disconnected', reason: 'silent' }])
  })

  test('leaving: FIN, one second for the other side, exactly one disconnected', async () => {
    const at = joined('im')
    const left = at.session.leave()
    expect(at.call().state()).toBe('ended')
    at.send('你被踢出了')
    at.clock.advance(999)
    expect(at.news()).toEqual([])
    at.clock.advance(1)
    await left
    expect(at.news()).toEqual([{ type: 'disconnected', reason: 'left', retryInMs: null }])
    expect(at.call().state()).toBe('destroyed')
    at.clock.advance(100_000)
    expect(at.net.calls).toHaveLength(1)
    expect(at.clock.pending()).toBe(0)
  })

  test('who leaves was not kicked, whatever the server says to a half-closed line', async () => {
    const at = joined('im')
    const left = at.session.leave()
    at.send('你被踢出了\n\n')
    at.call().end()
    at.clock.turn()
    await left
    expect(at.news()).toEqual([{ type: 'disconnected', reason: 'left', retryInMs: null }])
  })

  test('nothing is told from within a call', () => {
    const at = joined('gopl')
    const before = at.all.length
    at.session.perform({ type: 'say', text: '' })
    at.session.perform({ type: 'who' })
    expect(at.all).toHaveLength(before)
  })
})

describe('coming back', () => {
  test('refused: tried again, at once when asked, never when told not to', () => {
    const at = stand()
    at.call().fail('refused')
    expect(at.news()).toEqual([{ type: 'disconnected', reason: 'refused', retryInMs: 750 }])
    at.session.retryNow()
    expect(at.net.calls).toHaveLength(2)
    at.clock.advance(5000)
    expect(at.net.calls).toHaveLength(2)
    const once = stand({ reconnect: false })
    once.call().fail('timeout')
    expect(once.news()).toEqual([{ type: 'disconnected', reason: 'timeout', retryInMs: null }])
  })

  test('a name that leads nowhere, and no way to an address, are told as such', () => {
    const at = stand()
    at.call().fail('no-such-host')
    expect(at.news()).toEqual([{ type: 'disconnected', reason: 'refused', detail: 'no-such-host', retryInMs: 750 }])
    at.session.configure({ reconnect: false })
    expect(at.news()).toEqual([{ type: 'disconnected', reason: 'refused', detail: 'no-such-host', retryInMs: null }])
    const far = stand({ reconnect: false })
    far.call().fail('unreachable')
    expect(far.news()).toEqual([{ type: 'disconnected', reason: 'timeout', detail: 'unreachable', retryInMs: null }])
  })

  test.each([0, 0.5, 0.999])(
    'against a server that hangs up at once: the first try within 1 s, at most 9 in 6 s (%f)',
    (random) => {
      const at = stand({}, random)
      const hangUp = (): void => {
        const call = at.call()
        if (call.state() !== 'dialling') return
        call.accept(ME)
        call.end()
      }
      hangUp()
      at.clock.advance(1000)
      expect(at.net.calls.length).toBeGreaterThanOrEqual(2)
      for (let passed = 1000; passed < 6000; passed += 10) {
        hangUp()
        at.clock.advance(10)
      }
      expect(at.net.calls.length).toBeLessThanOrEqual(9)
    }
  )

  test('the waiting starts over only after a minute of a stable line', () => {
    const at = stand({}, 0.999)
    const waits: number[] = []
    const lose = (after: number): void => {
      at.call().accept(ME)
      at.clock.advance(after)
      at.call().end()
      at.clock.turn()
      const last = at.all.at(-1)
      const wait = last?.type === 'disconnected' ? (last.retryInMs ?? 0) : 0
      waits.push(wait)
      at.clock.advance(wait)
    }
    for (const after of [0, 0, 59_000, 60_000]) lose(after)
    expect(waits[0]).toBeLessThanOrEqual(1000)
    expect(waits[1]).toBeGreaterThan(1000)
    expect(waits[2]).toBeGreaterThan(2000)
    expect(waits[3]).toBeLessThanOrEqual(1000)
  })
})

describe('the rest of the wire', () => {
  test('hazard 21: a cut `who` is asked again with CRLF', () => {
    const at = stand()
    at.call().accept(ME)
    at.send(`[${ME}]${ME}: I am here\n[${ME}]${ME}: login\n`)
    at.clock.advance(200)
    expect(at.wrote()).toEqual(['who\n'])
    at.send(`[${ME}]${ME}: wh\n`)
    expect(at.wrote()).toEqual(['who\r\n'])
    at.send(`user list :\n${ME}:${ME}\n`)
    at.clock.advance(300)
    expect(at.all.findLast((event) => event.type === 'people')).toMatchObject({ complete: true })
  })

  test('a private text whose bytes hold a bar in that charset is refused: nothing helps', () => {
    const at = joined('im', { charset: 'big5' })
    const text = makeCodec('big5').decode(new Uint8Array([0xa8, 0x7c]))
    at.session.perform({ type: 'whisper', to: 'bob', text, ref: '1' })
    expect(at.news()).toEqual([{ type: 'refused', command: 'whisper', code: 'unsafe', text: '', ref: '1' }])
    expect(at.wrote()).toEqual([])
  })

  test.each(['auto', 'im'] as const)('a welcome that comes late tells us who we are behind a NAT (%s)', (dialect) => {
    const at = stand({ dialect })
    const outside = '10.0.0.9:40000'
    at.call().accept(ME)
    at.clock.advance(600)
    at.send(`[${outside}]${outside}:已上线\n`)
    at.clock.advance(400)
    at.session.perform({ type: 'say', text: 'here I am', ref: 'one' })
    // The question who is there stays without an answer.
    at.clock.advance(3000)
    at.news()
    at.send(`[${outside}]${outside}:here I am\n`)
    expect(at.news()).toContainEqual(expect.objectContaining({ type: 'said', own: true, ref: 'one' }))
  })

  test('the mark of a relay room that comes late takes back what its silence made us believe', () => {
    const at = stand()
    at.call().accept(ME)
    at.clock.advance(600)
    at.session.perform({ type: 'say', text: 'anybody there', ref: 'one' })
    at.clock.advance(2100)
    expect(at.news()).toContainEqual({ type: 'recognised', dialect: 'plain', by: 'assumed' })
    at.send('* Teahouse 1 Tea\n')
    at.send(`${BOB}:hello\n`)
    expect(at.news()).toMatchObject([
      { type: 'recognised', dialect: 'relay' },
      { type: 'said', from: { address: BOB }, text: 'hello' }
    ])
  })

  test('half a line of our host is not a line: neither when it stalls in the middle nor when the connection dies there', () => {
    for (const half of [`[${BOB}]bob:I do not agr`, 'bob对您说meet me at n']) {
      const at = joined('im')
      at.send('* Teahouse 1 Tea\n')
      at.send(half)
      at.clock.advance(5000)
      expect(at.news()).toEqual([])
      at.call().reset()
      expect(at.news().map((event) => event.type)).toEqual(['disconnected'])
    }
  })

  test.each(['iamhere', 'im', 'gopl'] as const)(
    'a line of %s that dies before its first word says nothing',
    (dialect) => {
      const at = joined(dialect)
      at.send(dialect === 'gopl' ? `${BOB}: ` : `[${BOB}]bob:`)
      at.news()
      at.call().reset()
      expect(at.news().map((event) => event.type)).toEqual(['disconnected'])
    }
  )

  test.each(['plain', 'gopl'] as const)('what %s ends with in brackets is shown', (dialect) => {
    const at = stand({ dialect })
    at.call().accept(ME)
    at.clock.advance(3000)
    at.news()
    at.send(`[${BOB}]`)
    at.call().reset()
    expect(at.news()).toContainEqual(expect.objectContaining({ type: 'line', text: `[${BOB}]` }))
  })

  test.each(['iamhere', 'im'] as const)('a line of %s that dies in its sender says nothing', (dialect) => {
    const at = joined(dialect)
    at.send(`[${BOB}]${BOB.slice(0, -2)}`)
    at.news()
    at.call().reset()
    expect(at.news().map((event) => event.type)).toEqual(['disconnected'])
  })

  test('the mark that comes with the welcome is heard before anything is written', () => {
    const at = stand()
    at.session.perform({ type: 'whisper', to: 'bob', text: 'a|b' })
    at.call().accept(ME)
    at.send(`[${ME}]${ME}:已上线\n* Teahouse 1 Tea\n`)
    expect(at.wrote()).toEqual(['to|bob|a|b\n'])
  })

  test('a paste to a server that reads lines stays below what our own host closes for', () => {
    const at = joined('gopl')
    at.session.perform({ type: 'say', text: Array.from({ length: 50 }, (_, n) => `line ${n}`).join('\n') })
    expect(at.wrote()).toHaveLength(20)
    at.send(`${ME}: line 0\n${ME}: line 1\n`)
    expect(at.wrote()).toEqual(['line 20\n', 'line 21\n'])
  })

  test('hazard 14: own lines glued by a thawed room are known again', () => {
    const at = joined('im')
    at.session.perform({ type: 'say', text: 'one', ref: '1' })
    at.session.perform({ type: 'say', text: 'two', ref: '2' })
    at.clock.advance(10_000)
    at.news()
    at.send(`[${ME}]${ME}:one\ntwo\n`)
    expect(at.news()).toMatchObject([
      { type: 'said', text: 'one', own: true, ref: '1' },
      { type: 'said', text: 'two', own: true, ref: '2' }
    ])
  })

  test('a refusal or a farewell of our host that belongs to nothing is shown as it came', () => {
    const at = stand()
    at.call().accept(ME)
    at.send(`You are ${ME}\n* Teahouse 1 Tea\n* Refused: x\n* Closing: y\n${BOB}: hi\n`)
    expect(at.news().slice(3)).toMatchObject([
      { type: 'line', text: '* Refused: x' },
      { type: 'line', text: '* Closing: y' },
      { type: 'said', text: 'hi' }
    ])
  })

  test('hazards 6, 7: CR, empty and equal names; people are known by address', () => {
    const at = joined('im')
    at.send(`[${BOB}]x\r:hi\r\n[${AL}]:hi\n[${AL}]x:hi\n`)
    expect(at.news()).toMatchObject([
      { from: member(BOB, 'x'), text: 'hi' },
      { from: member(AL, ''), text: 'hi' },
      { from: member(AL, 'x'), text: 'hi' }
    ])
    at.session.perform({ type: 'whisper', to: AL, text: 'psst' })
    expect(at.wrote()).toEqual(['to|x|psst\n\n'])
    // Two have that name: the server decides, not we.
    at.news()
    at.send('x对您说hi\n')
    expect(at.news()).toMatchObject([{ conversation: 'private', from: member(null, 'x') }])
  })

  test('a new charset or address renews the connection; another dialect takes effect at once', () => {
    const at = joined('gopl')
    at.session.configure({ charset: 'gb18030' })
    expect(at.net.calls).toHaveLength(2)
    at.call().accept(ME)
    at.send(new Uint8Array([...new TextEncoder().encode(`You are ${ME}\n${BOB}: `), 0xc4, 0xe3, 0x0a]))
    expect(at.news().at(-1)).toMatchObject({ type: 'said', text: '你' })
    at.session.configure({ dialect: 'plain' })
    expect(at.news()).toEqual([{ type: 'recognised', dialect: 'plain', by: 'user' }])
    expect(at.net.calls).toHaveLength(2)
    at.session.configure({ port: 9999 })
    expect(at.net.last().port).toBe(9999)
  })

  test('switching reconnecting off stops the waiting', () => {
    const at = stand()
    at.call().fail('refused')
    at.news()
    at.session.configure({ reconnect: false })
    expect(at.news()).toEqual([{ type: 'disconnected', reason: 'refused', retryInMs: null }])
    at.clock.advance(120_000)
    expect(at.net.calls).toHaveLength(1)
  })
})

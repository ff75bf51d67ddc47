import { describe, expect, test } from 'vitest'
import { PRIVATE_THREADS } from '../../../src/core/switchboard/threads.ts'
import type { Rig } from './rig.ts'
import { ANNA, BEN, makeRig, present, said, settingsWith, settle, whispered } from './rig.ts'

const joined = async (): Promise<{ rig: Rig; id: string }> => {
  const rig = makeRig({ settings: settingsWith({ name: 'Leaf' }) })
  const id = await rig.join()
  settle(rig.session())
  return { rig, id }
}
const threads = (rig: Rig): string[] => {
  rig.clock.advance(1000)
  return rig.view
    .state()
    .conversations.filter((one) => one.with !== null)
    .map((one) => one.id)
}

describe('a private thread', () => {
  test('opens when somebody whispers, under the room, by address even where the line has only a name', async () => {
    const { rig, id } = await joined()
    rig.session().tell(whispered({ address: null, name: 'Anna' }, 'psst'))
    const [thread = ''] = threads(rig)
    expect(rig.conversation(thread)).toMatchObject({ room: id, with: ANNA, present: true, unread: 1, mentions: 1 })
    rig.session().tell(whispered(ANNA, 'again'))
    expect(threads(rig)).toEqual([thread])
    expect(rig.lines(thread)).toHaveLength(2)
    expect(await rig.run({ type: 'openPrivate', room: id, member: ANNA.address ?? '' })).toMatchObject({
      conversation: thread
    })
  })

  test('follows its person through a rename, and knows whether they are there', async () => {
    const { rig } = await joined()
    rig.session().tell(whispered(ANNA, 'psst'))
    const [thread = ''] = threads(rig)
    const renamed = { address: ANNA.address, name: 'Annabel' }
    rig.session().tell({ type: 'renamed', member: renamed, was: 'Anna', own: false }, present([renamed]))
    expect(rig.conversation(thread)).toMatchObject({ with: renamed, present: true })
    rig.session().tell(present([], { gone: [ANNA.address ?? ''] }))
    expect(rig.conversation(thread)).toMatchObject({ with: renamed, present: false })
    rig.session().tell(present([renamed], { reset: true }))
    expect(rig.conversation(thread).present).toBe(true)
  })

  test('is not taken over by somebody who takes the name', async () => {
    const { rig } = await joined()
    rig.session().tell(whispered(ANNA, 'psst'))
    rig.session().tell(present([{ address: BEN.address, name: 'Anna' }], { gone: [ANNA.address ?? ''] }))
    rig.session().tell(whispered({ address: null, name: 'Anna' }, 'it is me'))
    expect(threads(rig)).toHaveLength(2)
  })

  test('of somebody known by name only finds its person once the roster knows the address', async () => {
    const { rig } = await joined()
    rig.session().tell(whispered({ address: null, name: 'Carl' }, 'hello'))
    const [thread = ''] = threads(rig)
    const carl = { address: '10.0.0.4:4', name: 'Carl' }
    rig.session().tell(present([carl]))
    expect(rig.conversation(thread).with).toEqual(carl)
    rig.session().tell(whispered({ address: null, name: 'Carl' }, 'again'))
    expect(threads(rig)).toEqual([thread])
  })

  test('two people of one name cannot be told apart by it: the name has its own thread', async () => {
    const { rig } = await joined()
    rig.session().tell(present([{ address: BEN.address, name: 'Anna' }]))
    rig.session().tell(whispered({ address: null, name: 'Anna' }, 'who am I'))
    const [thread = ''] = threads(rig)
    expect(rig.conversation(thread).with).toEqual({ address: null, name: 'Anna' })
  })

  test('cannot be opened where the server has no private verb, or with nobody', async () => {
    const { rig, id } = await joined()
    expect(await rig.run({ type: 'openPrivate', room: id, member: 'x' })).toMatchObject({ code: 'no-such-member' })
    expect(await rig.run({ type: 'whisper', room: id, to: 'Nobody', text: 'x' })).toMatchObject({
      code: 'no-such-member'
    })
    rig.session().capable = { who: false, rename: false, whisper: false, echo: true }
    rig.session().tell({ type: 'recognised', dialect: 'gopl', by: 'user' })
    for (const command of [
      { type: 'openPrivate', room: id, member: ANNA.address ?? '' },
      { type: 'whisper', room: id, to: 'Anna', text: 'x' }
    ] as const)
      expect(await rig.run(command)).toEqual({ ok: false, code: 'not-supported' })
  })

  test('with somebody the roster does not know yet goes by name while the roster is not complete', async () => {
    const { rig, id } = await joined()
    rig.session().tell(present([], { complete: false }))
    const outcome = await rig.run({ type: 'whisper', room: id, to: 'Carl', text: 'hello there' })
    expect(outcome).toMatchObject({ ok: true })
    expect(rig.session().asked.at(-1)).toMatchObject({ type: 'whisper', to: 'Carl', text: 'hello there' })
    const [thread = ''] = threads(rig)
    const carl = { address: '10.0.0.4:4', name: 'Carl' }
    rig.session().tell(present([carl]))
    expect(rig.conversation(thread)).toMatchObject({ with: carl, present: true })
  })

  test('that is closed comes back empty when something new is said', async () => {
    const { rig, id } = await joined()
    rig.session().tell(whispered(ANNA, 'one'))
    const [thread = ''] = threads(rig)
    await rig.run({ type: 'closePrivate', conversation: thread })
    expect(threads(rig)).toEqual([])
    expect(await rig.run({ type: 'closePrivate', conversation: id })).toMatchObject({ ok: false })
    rig.session().tell(whispered(ANNA, 'two'))
    const [again = ''] = threads(rig)
    expect(rig.lines(again)).toMatchObject([{ text: 'two' }])
  })

  test('a server that invents people does not fill the memory; what is in use stays', async () => {
    const { rig } = await joined()
    rig.session().tell(whispered(ANNA, 'first'))
    const [anna = ''] = threads(rig)
    await rig.run({ type: 'draft', conversation: anna, text: 'unfinished' })
    for (let n = 0; n < PRIVATE_THREADS + 50; n += 1)
      rig.session().tell(whispered({ address: null, name: `ghost ${n}` }, 'boo'))
    expect(threads(rig)).toHaveLength(PRIVATE_THREADS)
    expect(threads(rig)).toContain(anna)
  })
})

describe('what is unread', () => {
  test('counts the lines of others and my mentions, until they are read', async () => {
    const { rig, id } = await joined()
    rig.session().tell(said(ANNA, 'hello'), said(ANNA, 'ME, come here'), said(BEN, 'tea leaf?'), said(BEN, 'some'))
    rig.session().tell({ type: 'joined', member: BEN, own: false }, { type: 'line', text: 'free text' })
    expect(rig.conversation(id)).toMatchObject({ unread: 5, mentions: 2, preview: { from: '', text: 'free text' } })
    const lines = rig.lines(id)
    const hello = lines.find((line) => line.kind === 'said' && line.text === 'ME, come here')
    await rig.run({ type: 'read', conversation: id, line: hello?.id ?? 0 })
    expect(rig.conversation(id)).toMatchObject({ unread: 3, mentions: 1, readUpTo: hello?.id })
    await rig.run({ type: 'read', conversation: id, line: 1 })
    expect(rig.conversation(id)).toMatchObject({ unread: 3, readUpTo: hello?.id })
    await rig.run({ type: 'read', conversation: id, line: 1_000_000 })
    expect(rig.conversation(id)).toMatchObject({ unread: 0, mentions: 0, readUpTo: lines.at(-1)?.id })
    expect(rig.badges.at(-1)).toEqual([0, 0])
    expect(rig.badges).toContainEqual([5, 2])
  })

  test('a line that arrives before my eyes is read; one behind the window is not', async () => {
    const { rig, id } = await joined()
    await rig.run({ type: 'look', conversation: id, inFront: true, atEnd: true, line: null })
    rig.session().tell(said(ANNA, 'seen'))
    const seen = rig.lines(id).at(-1)?.id
    expect(rig.conversation(id)).toMatchObject({ unread: 0, readUpTo: seen })
    await rig.run({ type: 'look', conversation: id, inFront: false, atEnd: false, line: null })
    rig.session().tell(said(ANNA, 'missed'))
    expect(rig.conversation(id)).toMatchObject({ unread: 1, readUpTo: seen })
    // Something unread stands above: the next line does not jump over it.
    await rig.run({ type: 'look', conversation: id, inFront: true, atEnd: true, line: null })
    rig.session().tell(said(ANNA, 'below the fold'))
    expect(rig.conversation(id)).toMatchObject({ unread: 2, readUpTo: seen })
    await rig.run({ type: 'say', conversation: id, text: 'my answer' })
    expect(rig.conversation(id).unread).toBe(0)
  })

  test('a line that arrives below the place where I read is not read, but needs no notification', async () => {
    const { rig, id } = await joined()
    await rig.run({ type: 'look', conversation: id, inFront: true, atEnd: true, line: null })
    rig.session().tell(said(ANNA, 'seen'))
    const seen = rig.lines(id).at(-1)?.id
    await rig.run({ type: 'look', conversation: id, inFront: true, atEnd: false, line: null })
    const before = rig.notified.length
    rig.session().tell(said(ANNA, 'further down'), said(ANNA, 'ME, come down'))
    expect(rig.conversation(id)).toMatchObject({ unread: 2, mentions: 1, readUpTo: seen })
    expect(rig.notified).toHaveLength(before)
  })

  test('a look tells the sessions who is attended', async () => {
    const { rig, id } = await joined()
    await rig.join('other', 1)
    await rig.run({ type: 'look', conversation: id, inFront: true, atEnd: true, line: null })
    expect(rig.sessions.map((session) => session.attended)).toEqual([true, false])
    await rig.run({ type: 'look', conversation: id, inFront: false, atEnd: false, line: null })
    expect(rig.sessions.map((session) => session.attended)).toEqual([false, false])
  })
})

describe('notifications', () => {
  test('come for private lines and mentions while that conversation is not before my eyes', async () => {
    const { rig, id } = await joined()
    rig.session().tell(said(ANNA, 'nothing for you'), said(ANNA, '@leaf look'), whispered(BEN, 'psst'))
    expect(rig.notified).toEqual([
      { title: 'tea.lan:8888', body: 'Anna: @leaf look', conversation: id },
      { title: 'Ben', body: 'psst', conversation: `${id}/p/1` }
    ])
    await rig.run({ type: 'look', conversation: `${id}/p/1`, inFront: true, atEnd: true, line: null })
    rig.session().tell(whispered(BEN, 'seen'))
    expect(rig.notified).toHaveLength(2)
  })
})

describe('ignoring', () => {
  test('hides what a person says, everywhere, and nothing counts', async () => {
    const { rig, id } = await joined()
    expect(await rig.run({ type: 'ignore', room: id, member: ANNA.address ?? '', on: true })).toEqual({ ok: true })
    const before = rig.lines(id).length
    rig.session().tell(said(ANNA, 'me!'), whispered({ address: null, name: 'Anna' }, 'me!'))
    expect(rig.lines(id)).toHaveLength(before)
    expect(threads(rig)).toEqual([])
    expect(rig.notified).toEqual([])
    expect(rig.room(id).ignored).toContain(ANNA.address)
    await rig.run({ type: 'ignore', room: id, member: ANNA.address ?? '', on: false })
    rig.session().tell(said(ANNA, 'back'))
    expect(rig.lines(id)).toHaveLength(before + 1)
    expect(rig.saved().rooms[0]?.ignored).toEqual([])
  })

  test('lasts where names are unique, also for a new address; a rename is no way out', async () => {
    const { rig, id } = await joined()
    await rig.run({ type: 'ignore', room: id, member: ANNA.address ?? '', on: true })
    expect(rig.saved().rooms[0]?.ignored).toEqual(['name:Anna'])
    const back = { address: '10.0.0.9:9', name: 'Anna' }
    rig.session().tell(present([back], { gone: [ANNA.address ?? ''] }))
    const other = { address: back.address, name: 'Other' }
    rig.session().tell({ type: 'renamed', member: other, was: 'Anna', own: false }, present([other]))
    const before = rig.lines(id).length
    rig.session().tell(said(other, 'hello'))
    expect(rig.lines(id)).toHaveLength(before)
  })

  test('ends for every address somebody came back with, and for the name they had then', async () => {
    const { rig, id } = await joined()
    await rig.run({ type: 'ignore', room: id, member: ANNA.address ?? '', on: true })
    await rig.run({ type: 'ignore', room: id, member: BEN.address ?? '', on: true })
    const back = { address: '10.0.0.9:9', name: 'Anna' }
    const other = { address: back.address, name: 'Other' }
    rig.session().tell(present([back], { gone: [ANNA.address ?? ''] }))
    rig.session().tell({ type: 'renamed', member: other, was: 'Anna', own: false }, present([other]))
    await rig.run({ type: 'ignore', room: id, member: back.address, on: false })
    expect(new Set(rig.room(id).ignored)).toEqual(new Set([BEN.address, 'name:Ben']))
    expect(rig.saved().rooms[0]?.ignored).toEqual(['name:Ben'])
  })

  test('somebody who comes back without end under new addresses costs no more memory', async () => {
    const { rig, id } = await joined()
    await rig.run({ type: 'ignore', room: id, member: ANNA.address ?? '', on: true })
    const backs = Array.from({ length: 1500 }, (_, n) => ({ address: `10.1.0.1:${n}`, name: 'Anna' }))
    rig.session().tell(...backs.map((back) => present([back])))
    const { ignored } = rig.room(id)
    expect(ignored).toHaveLength(1001)
    expect(ignored).toContain('name:Anna')
    expect(ignored).toContain(backs.at(-1)?.address)
  })

  test('is not for oneself or for nobody', async () => {
    const { rig, id } = await joined()
    expect(await rig.run({ type: 'ignore', room: id, member: '10.0.0.1:1000', on: true })).toMatchObject({ ok: false })
    expect(await rig.run({ type: 'ignore', room: id, member: 'nobody', on: true })).toMatchObject({ ok: false })
  })
})

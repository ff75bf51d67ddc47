import { afterEach, expect, test } from 'vitest'
import { IAMHERE_WORDINGS, startIamhere } from '../support/servers/iamhere.ts'
import { IM_WORDINGS, startIm } from '../support/servers/im.ts'
import { guest, started, tidy, visit } from './visit.ts'

/** The forks of dialects 5.1 and 5.2: the same servers in other words. */

afterEach(tidy)

test.each(Object.entries(IM_WORDINGS))('5.1 an im server in the words of “%s”', async (_name, wording) => {
  const server = await started(startIm({ wording }))
  const me = visit(server)
  await me.passUntil(() => me.self() !== null, 'who we are')
  expect(me.dialect()).toBe('im')
  await me.pass(1000)

  const bob = await guest(server)
  const came = await me.next('joined', ({ own }) => !own)
  expect(came.member.address).toBe(bob.address)

  me.session.perform({ type: 'rename', name: 'tea', ref: 'r1' })
  expect(await me.next('renamed', ({ ref }) => ref === 'r1')).toMatchObject({ own: true, member: { name: 'tea' } })
  me.session.perform({ type: 'rename', name: 'tea', ref: 'r2' })
  await me.passUntil(() => me.all('refused').length > 0, 'a refusal', 3000)
  expect(me.all('refused')[0]).toMatchObject({ command: 'rename', code: 'name-taken', ref: 'r2' })

  bob.write('rename|bob\n')
  await bob.untilText('bob')
  bob.write('hello: you\n')
  expect(await me.next('said', ({ own, text }) => !own && text === 'hello: you')).toMatchObject({
    from: { address: bob.address, name: 'bob' }
  })
  const said = await me.delivered(me.say('hi'))
  expect(said).toMatchObject({ text: 'hi', from: { name: 'tea' } })

  bob.write('to|tea|psst\n')
  await me.passUntil(
    () => me.all('said').some(({ conversation }) => conversation === 'private'),
    'the private text',
    3000
  )
  expect(me.all('said').find(({ conversation }) => conversation === 'private')).toMatchObject({
    own: false,
    text: 'psst',
    from: { name: 'bob' }
  })

  me.session.perform({ type: 'who', ref: 'w' })
  await me.passUntil(() => me.all('listed').length > 0, 'the list', 5000)
  expect(new Set(me.all('listed')[0]?.members.map(({ name }) => name))).toEqual(new Set(['bob', 'tea']))

  bob.end()
  expect((await me.next('left')).member.address).toBe(bob.address)
  expect(server.crashed).toBeNull()
})

test.each(Object.entries(IAMHERE_WORDINGS))('5.2 an iamhere server in the words of “%s”', async (_name, wording) => {
  const server = await started(startIamhere({ wording }))
  const me = visit(server)
  await me.passUntil(() => me.self() !== null, 'who we are')
  expect(me.dialect()).toBe('iamhere')
  await me.pass(1000)

  const bob = await guest(server)
  expect((await me.next('joined', ({ own }) => !own)).member.address).toBe(bob.address)
  bob.write('rename|bob\n')
  await bob.untilText('rename ok\n')
  bob.write('hello: you\n')
  expect(await me.next('said')).toMatchObject({ text: 'hello: you', from: { address: bob.address, name: 'bob' } })

  me.session.perform({ type: 'rename', name: 'tea', ref: 'r' })
  await me.next('renamed', ({ ref }) => ref === 'r')
  expect((await me.delivered(me.say('hi'))).from.name).toBe('tea')
  me.session.perform({ type: 'who', ref: 'w' })
  await me.passUntil(() => me.all('listed').length > 0, 'the list', 5000)
  expect(new Set(me.all('listed')[0]?.members.map(({ name }) => name))).toEqual(new Set(['bob', 'tea']))

  const carol = await guest(server)
  await me.next('joined', ({ member }) => member.address === carol.address)
  server.timeOut(bob.address)
  expect(await me.next('left')).toMatchObject({ reason: 'idle', member: { address: bob.address } })
  carol.end()
  expect(await me.next('left', ({ reason }) => reason === 'left')).toMatchObject({ member: { address: carol.address } })
})

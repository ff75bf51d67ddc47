import { expect, test } from 'vitest'
import { open, room, saved, temporary } from './support.ts'

test('a program that only shares a conversation takes over who is there and that it is open, nothing else', async () => {
  const folder = temporary()
  const app = await open(folder)
  const ann = { address: '10.0.0.1:1', name: 'ann' }
  const thread = room('r1/p/1', { with: ann, title: 'My tea', draft: 'half a', readUpTo: 7, closed: true })
  await saved(app.history, { op: 'conversation', conversation: thread })
  const other = await open(folder)
  const moved = { address: '10.0.0.1:99', name: 'ann' }
  await saved(
    other.history,
    {
      op: 'conversation',
      conversation: room('r1/p/1', { with: moved, title: 'tea.lan:8888', unverified: true, readUpTo: 3 }),
      shared: true
    },
    // One nobody knows yet is begun by whoever comes first.
    { op: 'conversation', conversation: room('r2', { title: 'tea', hosted: true, draft: '' }), shared: true },
    { op: 'conversation', conversation: room('r2', { title: 'new name', hosted: true, readUpTo: 9 }), shared: true }
  )
  const { history } = await open(folder)
  expect(history.restored.find(({ id }) => id === 'r1/p/1')).toMatchObject({
    title: 'My tea',
    draft: 'half a',
    readUpTo: 7,
    closed: false,
    unverified: true,
    with: moved
  })
  expect(history.restored.find(({ id }) => id === 'r2')).toMatchObject({ title: 'new name', hosted: true, readUpTo: 9 })
})

import { createServer } from 'node:net'
import { personAt } from './driver.ts'
import { expect, test } from './fixtures.ts'

const LINES = 100_000
const AT_ONCE = 1000

test('who stands at the end of a conversation stays there in a flood, and who went up stays there', async ({
  app,
  page
}) => {
  test.setTimeout(120_000)
  const me = personAt(app, page)
  let go = (): void => undefined
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    let at = 0
    const more = (upTo: number): void => {
      let text = ''
      while (at < upTo && text.length < AT_ONCE * 40) {
        at += 1
        text += `line ${at} of a flood, end of it\n`
      }
      if (text === '') return
      // At the pace the reader takes it.
      socket.write(text, () => more(upTo))
    }
    socket.write('hello\n')
    go = () => more(at + LINES)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  try {
    await me.connectTo(typeof address === 'object' && address ? address.port : 0, { dialect: 'plain' })
    await expect(me.log().getByText('hello')).toBeVisible()
    go()
    await expect(me.log().getByText(`line ${LINES} of a flood`)).toBeVisible({ timeout: 90_000 })
    await expect(page.getByRole('button', { name: /newest|new message/ })).toBeHidden()

    await me.log().hover()
    await page.mouse.wheel(0, -3000)
    await expect(page.getByRole('button', { name: /newest|new message/ })).toBeVisible()
    go()
    await expect(page.getByRole('navigation').getByText(`line ${2 * LINES} of a flood`)).toBeVisible({
      timeout: 90_000
    })
    await expect(page.getByRole('button', { name: `${LINES} new messages` })).toBeVisible()
    await expect(me.log().getByText(`line ${2 * LINES} of a flood`)).toBeHidden()
  } finally {
    server.close()
  }
})

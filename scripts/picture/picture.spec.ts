import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DEFAULT_PORT } from '../../src/shared/limits.ts'
import { personAt } from '../../test/e2e/driver.ts'
import { expect, test } from '../../test/e2e/fixtures.ts'
import { host } from '../../test/e2e/host.ts'
import { connectRaw, type RawClient } from '../../test/support/clients/raw.ts'
import { startGopl } from '../../test/support/servers/gopl.ts'

const root = resolve(import.meta.dirname, '../..')

/** Somebody with `nc` who told the room a name. */
const guest = async (name: string): Promise<RawClient> => {
  const client = await connectRaw(DEFAULT_PORT)
  await client.untilText('* Teahouse 1')
  client.write(`rename|${name}\n`)
  await client.untilText(`用户名：${name}`)
  return client
}

test('the picture of the README', async ({ app, page, browserForStandIn }) => {
  const me = personAt(app, page)
  await page.setViewportSize({ width: 1240, height: 780 })
  const profile = await me.settings('Profile')
  await profile.getByRole('textbox', { name: 'My name' }).fill('韩梅梅')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Escape')
  await me.hostRoom({ name: 'Second floor', port: DEFAULT_PORT })

  const wang = await guest('wang')
  const li = await guest('李雷')
  const ann = await guest('ann')
  const mei = await guest('mei')
  const say = async (who: RawClient, text: string): Promise<void> => {
    who.write(`${text}\n`)
    await expect(me.message(text.replaceAll('`', ''))).toBeVisible()
  }
  await say(ann, 'Morning! The internet is down again, so: same room, same table.')
  await say(mei, '早！打印机在二楼，`192.168.1.30`')
  await say(wang, 'Server room door code changed, ask me in private.')
  await say(wang, `Also: \`nc 192.168.1.20 ${DEFAULT_PORT}\` works from the old terminals.`)
  await say(li, '@韩梅梅 下午两点开会可以吗？')
  await me.say('可以，会议室见 👍')
  await say(ann, 'Slides are at http://192.168.1.9/plan.pdf')
  ann.write('rename|ann.k\n')
  await expect(me.people().getByText('ann.k')).toBeVisible()
  await say(mei, 'Thanks! I will bring the projector')

  const tutorial = await startGopl()
  await me.connectTo(tutorial.port)
  const ben = await connectRaw(tutorial.port)
  ben.write('tests are green again\n')
  await expect(me.message('tests are green again')).toBeVisible()
  await me.goTo('Second floor')
  li.write('to|韩梅梅|钥匙在你那儿吗？\n')
  await expect(page.getByRole('navigation').getByText('钥匙在你那儿吗？')).toBeVisible()
  await page.getByRole('combobox', { name: /^Message to/ }).fill('我带白板笔')

  const shoot = async (name: string): Promise<void> => {
    await page.screenshot({ path: resolve(root, `docs/${name}.png`), animations: 'disabled' })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await shoot('teahouse-light')
  const appearance = await me.settings('Appearance')
  await appearance.getByText('Dark', { exact: true }).click()
  await page.keyboard.press('Escape')
  await expect(appearance).toBeHidden()
  await shoot('teahouse-dark')

  const ran =
    host === 'stand-in'
      ? `the built app in Chromium ${browserForStandIn?.version() ?? ''}, through the stand-in for Electron`
      : 'the built app on Electron'
  const readme = resolve(root, 'README.md')
  writeFileSync(
    readme,
    readFileSync(readme, 'utf8').replace(
      /<!-- picture -->[^]*?<!-- \/picture -->/u,
      `<!-- picture --><sub>Taken by \`npm run screenshot\`: ${ran}.</sub><!-- /picture -->`
    )
  )

  for (const client of [wang, li, ann, mei, ben]) client.close()
  await tutorial.close()
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Locator } from '@playwright/test'
import { connectRaw } from '../support/clients/raw.ts'
import { startIm } from '../support/servers/im.ts'
import { personAt, type Person } from './driver.ts'
import { type AppUnderTest, expect, test } from './fixtures.ts'
import { chromiumProgram } from './host.ts'
import { CHROMIUM_ARGUMENTS } from './stand-in/host.ts'

/** The system's dialog answers with this place; what it was asked with comes back. */
const chooses = (app: AppUnderTest, place: string | null): Promise<void> =>
  app.evaluate((electron, filePath) => {
    electron.dialog.showSaveDialog = () => Promise.resolve({ canceled: filePath === null, filePath: filePath ?? '' })
  }, place)

const asking = (me: Person): Locator => me.dialog('Export history')
const exported = async (app: AppUnderTest, me: Person, what: 'this' | 'all', format: string, place: string) => {
  await chooses(app, place)
  if (what === 'this') {
    await me.page.getByRole('button', { name: 'Room menu' }).click()
    await me.page.getByRole('menuitem', { name: 'Export…' }).click()
  } else await me.menu('export')
  await asking(me).getByLabel('What').selectOption(what)
  await asking(me).getByText(format, { exact: true }).click()
  await asking(me).getByRole('button', { name: 'Choose the file…' }).click()
  await expect(asking(me).getByText(place)).toBeVisible()
  await asking(me).getByRole('button', { name: 'Done' }).click()
  await expect(asking(me)).toBeHidden()
}

test('an export is opened and compared with what was said, in all three formats', async ({
  launchApp,
  profile,
  playwright
}) => {
  const [one, two] = [await startIm(), await startIm()]
  try {
    const app = await launchApp()
    const page = await app.firstWindow()
    const me = personAt(app, page)
    await me.connectTo(two.port)
    await me.say('in the other room')
    await expect(me.message('in the other room').getByText('Delivered')).toBeAttached()
    await me.connectTo(one.port)
    const said = ['hello 你好', '<b>not bold</b> & "quoted"', 'right to left: \u202Egnp', '第三行']
    for (const text of said) {
      await me.say(text)
      await expect(me.message(text).getByText('Delivered')).toBeAttached()
    }
    const guest = await connectRaw(one.port)
    guest.write('from the guest\n')
    await expect(me.message('from the guest')).toBeVisible()
    guest.close()
    const all = [...said, 'from the guest']
    const folder = join(profile, 'exports')
    await app.evaluate((_electron, path) => process.getBuiltinModule('node:fs').mkdirSync(path), folder)

    const text = join(folder, 'room.txt')
    await exported(app, me, 'this', 'Plain text', text)
    const lines = readFileSync(text, 'utf8').split('\n')
    expect(
      lines.filter((line) => /^\d\d:\d\d:\d\d (?![*|])/u.test(line)).map((line) => line.replace(/^.*?: (?=\D)/u, ''))
    ).toEqual(all.map((each) => each.replace('\u202E', '\\u202e')))
    expect(lines.filter((line) => line.startsWith('# '))).toEqual([`# 127.0.0.1:${one.port}`])

    const jsonl = join(folder, 'all.jsonl')
    await exported(app, me, 'all', 'JSON Lines', jsonl)
    const objects = readFileSync(jsonl, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): { type: string; text?: string; state?: string } => JSON.parse(line))
    expect(objects.at(0)).toMatchObject({ type: 'export', format: 1 })
    expect(objects.at(-1)).toMatchObject({ type: 'end' })
    expect(objects.filter(({ type }) => type === 'conversation')).toHaveLength(2)
    expect(objects.filter(({ type }) => type === 'said').map((each) => each.text)).toEqual([
      ...all,
      'in the other room'
    ])
    expect(objects.filter(({ state }) => state === 'delivered')).toHaveLength(5)

    const html = join(folder, 'room.html')
    await exported(app, me, 'this', 'Web page', html)
    // As anybody opens it later: in a browser that has nothing to do with the app.
    const browser = await playwright.chromium.launch({ executablePath: chromiumProgram(), args: CHROMIUM_ARGUMENTS })
    const shown = await browser.newPage()
    await shown.goto(pathToFileURL(html).href)
    await expect(shown.getByRole('heading', { level: 1 })).toHaveText(`127.0.0.1:${one.port}`)
    await expect(shown.locator('section p:not(.event):not(.free) > span')).toHaveText(
      all.map((each) => each.replace('\u202Egnp', '\u202Egnp\u202C'))
    )
    await expect(shown.locator('section b b')).toHaveCount(0)
    await browser.close()
    expect(readdirSync(folder).toSorted()).toEqual(['all.jsonl', 'room.html', 'room.txt'])
  } finally {
    await Promise.all([one.close(), two.close()])
  }
})

test('who changes their mind at the system dialog is where they were; a place that is none is told', async ({
  launchApp,
  profile
}) => {
  const server = await startIm()
  try {
    const app = await launchApp()
    const me = personAt(app, await app.firstWindow())
    await me.connectTo(server.port)
    await me.say('one')
    await expect(me.message('one').getByText('Delivered')).toBeAttached()
    await chooses(app, null)
    await me.menu('export')
    const submit = asking(me).getByRole('button', { name: 'Choose the file…' })
    await submit.click()
    await expect(submit).toBeEnabled()
    await chooses(app, join(profile, 'nowhere', 'x.html'))
    await submit.click()
    await expect(asking(me).getByText('Nothing was written: there is no such place.')).toBeVisible()
    await expect(submit).toBeEnabled()
  } finally {
    await server.close()
  }
})

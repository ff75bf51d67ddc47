import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { AppCommand } from '../../../src/shared/commands.ts'
import type { Member } from '../../../src/shared/events.ts'
import type { AppState, Line, LineBody, LineState } from '../../../src/shared/state.ts'
import type { Stage, StagedWindow } from '../../support/stage.ts'
import { emptyState, makeStage, sampleConversation, sampleRoom, sampleState } from '../../support/stage.ts'
import { PAYLOADS } from './payloads.ts'

// A real browser on a shared machine: slow is not wrong.
vi.setConfig({ testTimeout: 30_000 })

let stage: Stage
beforeAll(async () => {
  stage = await makeStage()
}, 60_000)
afterAll(async () => {
  await stage.close()
})

const NOON = Date.UTC(2026, 2, 12, 12)
const ann: Member = { address: '10.0.0.1:4001', name: 'ann' }
const bob: Member = { address: '10.0.0.2:4002', name: 'bob' }
const me: Member = { address: '10.0.0.9:4009', name: 'mei' }

const said = (from: Member, text: string, more: Partial<Extract<LineBody, { kind: 'said' }>> = {}): LineBody => ({
  kind: 'said',
  from,
  text,
  own: from === me,
  state: 'delivered',
  failure: null,
  mention: false,
  ...more
})
const line = (id: number, body: LineBody): Line => ({ ...body, id, at: NOON + id * 1000 })
const talk = (count: number, first = 1): Line[] =>
  Array.from({ length: count }, (_, index) =>
    line(first + index, said(index % 7 < 3 ? ann : bob, `message ${first + index}`))
  )

/** One room of one conversation. */
const stateOf = (lines: Line[], change: { whole?: boolean; unread?: number; readUpTo?: number } = {}): AppState => ({
  ...emptyState(),
  preferences: { ...emptyState().preferences, language: 'en' },
  rooms: [sampleRoom('tea', { title: 'Tea', self: me })],
  people: { tea: { members: [me, ann, bob], complete: true } },
  conversations: [
    sampleConversation('tea', 'tea', { unread: change.unread ?? 0, readUpTo: change.readUpTo ?? lines.at(-1)?.id ?? 0 })
  ],
  timelines: { tea: { lines, whole: change.whole ?? true } }
})

const open = async (state: AppState): Promise<StagedWindow> => {
  const window = await stage.open(state)
  await window.page.getByRole('textbox').or(window.page.getByRole('combobox')).first().waitFor()
  return window
}
const log = (window: StagedWindow) => window.page.getByRole('log')
const composer = (window: StagedWindow) => window.page.getByRole('combobox', { name: 'Message to' })
const distanceFromEnd = (window: StagedWindow): Promise<number> =>
  log(window).evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop)
const atEnd = async (window: StagedWindow): Promise<void> => {
  await expect.poll(() => distanceFromEnd(window), { timeout: 8000 }).toBeLessThan(3)
}
const commands = (window: StagedWindow, type: AppCommand['type']): AppCommand[] =>
  window.sent.filter((command) => command.type === type)
const saidBy = (window: StagedWindow): string[] =>
  window.sent.flatMap((command) => (command.type === 'say' ? [command.text] : []))

describe('a long conversation', () => {
  test('of 100,000 lines has few elements, opens at the end, and stays there as lines come', async () => {
    const window = await open(stateOf(talk(100_000)))
    await window.page.getByText('message 100000', { exact: true }).waitFor()
    await atEnd(window)
    expect(await window.page.getByRole('listitem').count()).toBeLessThan(150)
    await window.push({ type: 'linesAdded', conversation: 'tea', lines: talk(3, 100_001) })
    await window.page.getByText('message 100003', { exact: true }).waitFor()
    await atEnd(window)
    // Through the middle, quickly: still only what is in sight.
    await log(window).evaluate((element) => {
      element.scrollTop = element.scrollHeight / 2
    })
    await expect.poll(() => window.page.getByRole('log').getByRole('article').count()).toBeGreaterThan(5)
    expect(await window.page.getByRole('listitem').count()).toBeLessThan(150)
    await window.close()
  })

  test('keeps the place one reads at while older pages are put above it', async () => {
    const window = await open(stateOf(talk(200, 801), { whole: false }))
    await atEnd(window)
    const asked: number[] = []
    let release: () => void = () => undefined
    const held = new Promise<void>((done) => {
      release = done
    })
    window.script.answer.page = async ({ before }) => {
      asked.push(before)
      await held
      const first = Math.max(1, before - 300)
      return { lines: talk(before - first, first), whole: first === 1 }
    }
    await log(window).evaluate((element) => {
      element.scrollTop = 300
    })
    await expect.poll(() => asked.length, { timeout: 8000 }).toBe(1)
    const anchor = window.page.getByText('message 822', { exact: true })
    await anchor.waitFor()
    const before = await anchor.boundingBox()
    release()
    await expect.poll(() => log(window).getAttribute('data-rows').then(Number), { timeout: 8000 }).toBe(499)
    // Two frames for what is measured late.
    await window.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))
    )
    const after = await anchor.boundingBox({ timeout: 2000 })
    expect(Math.abs((after?.y ?? Number.NaN) - (before?.y ?? Number.NaN))).toBeLessThan(3)
    expect(asked).toEqual([801])
    // To the very beginning: every page in its turn, then no more.
    await log(window).evaluate((element) => {
      element.scrollTop = 0
    })
    await expect.poll(() => log(window).getAttribute('data-rows').then(Number), { timeout: 8000 }).toBeGreaterThan(700)
    expect(asked.slice(0, 2)).toEqual([801, 501])
    await window.close()
  })

  test('leaves a reader where he is, counts what is new, and goes there on a click', async () => {
    const window = await open(stateOf(talk(300)))
    await atEnd(window)
    await log(window).evaluate((element) => {
      element.scrollTop -= 1500
    })
    await window.page.getByRole('button', { name: 'Go to the newest message' }).waitFor()
    const look = () => window.all.findLast((command) => command.type === 'look')
    await expect.poll(look).toMatchObject({ conversation: 'tea', atEnd: false })
    const before = await log(window).evaluate((element) => element.scrollTop)
    await window.push({
      type: 'linesAdded',
      conversation: 'tea',
      lines: [...talk(3, 301), line(304, { kind: 'line', text: '4 at the door' })]
    })
    const news = window.page.getByRole('button', { name: '4 new messages' })
    await news.waitFor()
    expect(Math.abs((await log(window).evaluate((element) => element.scrollTop)) - before)).toBeLessThan(3)
    await news.click()
    await atEnd(window)
    await news.waitFor({ state: 'detached' })
    await expect.poll(look).toMatchObject({ conversation: 'tea', atEnd: true })
    await expect.poll(() => window.read.at(-1)).toBe(304)
    await window.close()
  })

  test('counts what came meanwhile also when it is more than a view holds', async () => {
    const state = stateOf(talk(300))
    const window = await open(state)
    await atEnd(window)
    await log(window).evaluate((element) => {
      element.scrollTop -= 1500
    })
    await window.page.getByRole('button', { name: 'Go to the newest message' }).waitFor()
    const [conversation] = state.conversations
    if (conversation === undefined) throw new Error('no conversation')
    await window.push(
      { type: 'linesAdded', conversation: 'tea', lines: talk(5000, 301) },
      { type: 'conversationChanged', conversation: { ...conversation, unread: 5000 } }
    )
    await window.page.getByRole('button', { name: /5000 new messages/u }).waitFor()
    await window.close()
  })

  test('goes to the end when I say something, wherever I was reading', async () => {
    const window = await open(stateOf(talk(300)))
    await atEnd(window)
    await log(window).evaluate((element) => {
      element.scrollTop -= 2000
    })
    await expect.poll(() => distanceFromEnd(window)).toBeGreaterThan(1000)
    await window.push({
      type: 'linesAdded',
      conversation: 'tea',
      lines: [line(301, said(me, 'mine', { state: 'written' }))]
    })
    await window.page.getByText('mine', { exact: true }).waitFor()
    await atEnd(window)
    await window.close()
  })

  test('stays at the end when the composer grows', async () => {
    const window = await open(stateOf(talk(300)))
    await atEnd(window)
    await composer(window).fill('1\n2\n3\n4\n5\n6')
    await atEnd(window)
    await window.close()
  })
})

describe('what is new', () => {
  test('opens at the first unread line, with a mark above it, and is told as read as far as it is seen', async () => {
    const window = await open(stateOf(talk(300), { unread: 100, readUpTo: 200 }))
    await window.page.getByText('New', { exact: true }).waitFor()
    await window.page.getByText('message 201', { exact: true }).waitFor()
    const box = await window.page.getByText('message 201', { exact: true }).boundingBox()
    const frame = await log(window).boundingBox()
    expect(box && frame && box.y - frame.y).toBeLessThan(140)
    await expect.poll(() => window.read).not.toEqual([])
    expect(Math.max(...window.read)).toBeLessThan(260)
    await window.page.getByRole('button', { name: /new message/ }).click()
    await atEnd(window)
    await expect.poll(() => window.read).toContain(300)
    // And back to where the new ones began.
    await window.page.getByRole('button', { name: '100 unread messages' }).click()
    await window.page.getByText('message 201', { exact: true }).waitFor()
    await window.close()
  })
})

describe('lines of my own', () => {
  test('say where they stand, and can be tried again or deleted', async () => {
    const window = await open(
      stateOf([
        line(1, said(me, 'one', { state: 'queued' })),
        line(2, said(me, 'two', { state: 'waiting' })),
        line(3, said(me, 'three', { state: 'delivered' })),
        line(4, said(me, 'four', { state: 'sent' })),
        line(5, said(me, 'five', { state: 'unconfirmed' })),
        line(6, said(me, 'six', { state: 'failed', failure: { code: 'too-long', text: '' } }))
      ])
    )
    for (const word of ['Waiting to be sent', 'Waiting', 'Delivered', 'Sent', 'Not confirmed']) {
      await window.page.getByText(word, { exact: true }).first().waitFor({ state: 'attached' })
    }
    await window.page.getByText('Not sent: The text is too long for one line here').waitFor()
    await window.page.getByRole('button', { name: 'Send again' }).click()
    await window.page.getByRole('button', { name: 'Delete' }).last().click()
    await expect
      .poll(() => window.sent)
      .toEqual([
        { type: 'resend', conversation: 'tea', line: 5 },
        { type: 'deleteLine', conversation: 'tea', line: 6 }
      ])
    await window.close()
  })
})

describe('the composer', () => {
  test('Enter sends, Shift+Enter breaks the line, the text goes and can be called back', async () => {
    const window = await open(stateOf([line(1, said(me, 'said before'))]))
    const box = composer(window)
    await box.pressSequentially('one')
    await box.press('Shift+Enter')
    await box.pressSequentially('two')
    expect(await box.inputValue()).toBe('one\ntwo')
    await box.press('Enter')
    await expect.poll(() => saidBy(window)).toEqual(['one\ntwo'])
    expect(await box.inputValue()).toBe('')
    await box.press('ArrowUp')
    expect(await box.inputValue()).toBe('said before')
    await box.press('ArrowDown')
    expect(await box.inputValue()).toBe('')
    await window.close()
  })

  test('an Enter that belongs to an input method sends nothing', async () => {
    const window = await open(stateOf(talk(1)))
    const box = composer(window)
    await box.focus()
    const cdp = await window.page.context().newCDPSession(window.page)
    await cdp.send('Input.imeSetComposition', { text: 'nihao', selectionStart: 5, selectionEnd: 5 })
    // Chrome's order: the key, marked as part of the composition, comes first.
    await box.evaluate((element) => {
      const init = { key: 'Enter', bubbles: true, cancelable: true }
      element.dispatchEvent(new KeyboardEvent('keydown', { ...init, isComposing: true }))
      element.dispatchEvent(new KeyboardEvent('keydown', { ...init, keyCode: 229 }))
    })
    await cdp.send('Input.insertText', { text: '你好' })
    // Safari's order: the composition ends, then its Enter comes, looking like any other.
    await box.evaluate((element) => {
      element.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
      element.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: '你好' }))
      element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
    })
    expect(await box.inputValue()).toBe('你好')
    expect(saidBy(window)).toEqual([])
    await box.press('Enter')
    await expect.poll(() => saidBy(window)).toEqual(['你好'])
    await window.close()
  })

  test('a pasted page is asked about; a few lines are not', async () => {
    const window = await open(stateOf(talk(1)))
    const box = composer(window)
    const paste = async (text: string): Promise<void> => {
      await window.page.evaluate((value) => navigator.clipboard.writeText(value), text)
      await box.focus()
      await window.page.keyboard.press('Control+V')
    }
    await paste('a\nb\nc\nd')
    expect(await box.inputValue()).toBe('a\nb\nc\nd')
    await box.fill('')
    await paste('1\n2\n\n3\n4\n5')
    const dialog = window.page.getByRole('alertdialog')
    await dialog.getByText('Send 5 messages?').waitFor()
    await dialog.getByRole('button', { name: 'Edit first' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(saidBy(window)).toEqual([])
    expect(await box.inputValue()).toBe('1\n2\n\n3\n4\n5')
    // Written by hand or changed since: asked before it goes.
    await box.press('End')
    await box.pressSequentially('!')
    await box.press('Enter')
    await dialog.getByRole('button', { name: 'Send 5 messages' }).click()
    await expect.poll(() => saidBy(window)).toEqual(['1\n2\n\n3\n4\n5!'])
    await window.close()
  })

  test('commands and names are completed by keyboard', async () => {
    const window = await open(stateOf(talk(1)))
    const box = composer(window)
    await box.pressSequentially('/')
    await window.page.getByRole('listbox').waitFor()
    expect(await window.page.getByRole('option').count()).toBe(4)
    await box.press('ArrowDown')
    await box.press('ArrowDown')
    const active = await box.getAttribute('aria-activedescendant')
    expect(await window.page.locator(`[id="${active ?? ''}"]`).textContent()).toContain('/to')
    await box.press('Tab')
    expect(await box.inputValue()).toBe('/to ')
    await box.pressSequentially('b')
    await box.press('Enter')
    expect(await box.inputValue()).toBe('/to bob ')
    await box.pressSequentially('psst')
    await box.press('Enter')
    await box.pressSequentially('/who')
    await box.press('Enter')
    await expect
      .poll(() => window.sent)
      .toEqual([
        { type: 'whisper', room: 'tea', to: 'bob', text: 'psst' },
        { type: 'who', room: 'tea' }
      ])
    await window.close()
  })

  test('what was refused comes back, with the reason', async () => {
    const window = await open(stateOf(talk(1)))
    window.script.perform = (command) => (command.type === 'say' ? { ok: false, code: 'not-connected' } : { ok: true })
    const box = composer(window)
    await box.pressSequentially('precious')
    await box.press('Enter')
    await window.page.getByRole('alert').getByText('Not connected').waitFor()
    expect(await box.inputValue()).toBe('precious')
    await box.fill('/nonsense')
    await box.press('Enter')
    await window.page.getByText('There is no command /nonsense').waitFor()
    expect(await box.inputValue()).toBe('/nonsense')
    await window.close()
  })

  test('what was sent is no draft any more as soon as it is sent', async () => {
    const window = await open(stateOf(talk(3)))
    await composer(window).fill('a whole sentence')
    const drafts = () => window.all.flatMap((command) => (command.type === 'draft' ? [command.text] : []))
    await expect.poll(drafts).toEqual(['a whole sentence'])
    await window.push({
      type: 'conversationChanged',
      conversation: sampleConversation('tea', 'tea', { readUpTo: 3, draft: 'a whole sentence' })
    })
    // From here on nobody waits for a pause in typing.
    await window.page.clock.install({ time: NOON })
    await window.page.clock.pauseAt(NOON + 1000)
    await composer(window).press('Enter')
    await expect.poll(drafts).toEqual(['a whole sentence', ''])
    expect(saidBy(window)).toEqual(['a whole sentence'])
    await window.close()
  })

  test('each conversation has its own draft, and the app is told', async () => {
    const window = await open(sampleState())
    await composer(window).fill('half a thought')
    const rooms = window.page.getByRole('navigation')
    await rooms.getByText('Build lab').click()
    await window.page.getByRole('combobox', { name: 'Message to Build lab' }).waitFor()
    expect(await composer(window).inputValue()).toBe('')
    await rooms.getByText('Second floor').first().click()
    await window.page.getByRole('combobox', { name: 'Message to Second floor' }).waitFor()
    expect(await composer(window).inputValue()).toBe('half a thought')
    expect(window.all).toContainEqual({ type: 'draft', conversation: 'second', text: 'half a thought' })
    await window.close()
  })
})

test('a sentence that is sent while its draft is on the way to the app leaves no draft behind', async () => {
  const window = await open(stateOf([]))
  await composer(window).fill('words')
  await vi.waitFor(() => expect(window.all).toContainEqual({ type: 'draft', conversation: 'tea', text: 'words' }))
  // The app has not answered yet.
  await composer(window).press('Enter')
  await vi.waitFor(() => expect(window.all).toContainEqual({ type: 'draft', conversation: 'tea', text: '' }))
  await window.push({
    type: 'conversationChanged',
    conversation: sampleConversation('tea', 'tea', { draft: 'words' })
  })
  expect(await composer(window).inputValue()).toBe('')
  await window.close()
})

test('a draft the app could not be told of is told when it can be', async () => {
  const window = await open(stateOf([]))
  let reached = false
  window.script.perform = (command) => {
    if (command.type === 'draft' && !reached) throw new Error('The connection was lost')
    return { ok: true }
  }
  const drafts = () => window.all.flatMap((command) => (command.type === 'draft' ? [command.text] : []))
  await composer(window).fill('half a thought')
  await expect.poll(drafts).toEqual(['half a thought'])
  reached = true
  await expect.poll(drafts, { timeout: 5000 }).toEqual(['half a thought', 'half a thought'])
  await window.close()
})

describe('coming in', () => {
  const connected = line(1, { kind: 'connected', again: false })
  const own = line(2, { kind: 'joined', member: { ...me, name: null }, own: true })
  const mine = line(3, { kind: 'renamed', member: me, was: '10.0.0.9:4009', own: true })
  const stranger: Member = { address: '10.0.0.3:4003', name: null }

  test('says what to do while nobody has come, then who came under which name', async () => {
    const window = await open(stateOf([connected, own]))
    await window.page.getByRole('heading', { name: 'Nothing has been said yet' }).waitFor()
    expect(await log(window).count()).toBe(0)
    await window.push({ type: 'linesAdded', conversation: 'tea', lines: [mine] })
    const joined = line(4, { kind: 'joined', member: stranger, own: false })
    const renamed = line(5, {
      kind: 'renamed',
      member: { ...stranger, name: 'wang' },
      was: '10.0.0.3:4003',
      own: false
    })
    await window.push({ type: 'linesAdded', conversation: 'tea', lines: [joined] })
    await log(window).getByText('You are in the room as mei').waitFor()
    await log(window).getByText('10.0.0.3:4003 came in').waitFor()
    await window.push({ type: 'linesAdded', conversation: 'tea', lines: [renamed] })
    await log(window).getByText('wang10.0.0.3:4003 came in').waitFor()
    expect(await log(window).getByText('is now known as').count()).toBe(0)
    expect(await log(window).getByRole('listitem').count()).toBe(2)
    await window.close()
  })

  test('folds many, with the names of some, and unfolds to each step', async () => {
    const people = ['wang', '李雷', 'ann', 'mei'].map((name, index) => ({ address: `10.0.0.4:${index}`, name }))
    const window = await open(
      stateOf([
        connected,
        ...people.map((member, index) => line(10 + index, { kind: 'joined', member, own: false })),
        line(20, { kind: 'left', member: { address: '10.0.0.5:1', name: 'ben' }, reason: 'left' })
      ])
    )
    const fold = log(window).getByRole('button', { name: 'wang, 李雷 and 2 others came in; ben left' })
    await fold.press('Enter')
    await log(window).getByText('ann came in').waitFor()
    await window.push({
      type: 'preferencesChanged',
      preferences: { ...emptyState().preferences, language: 'zh-CN' }
    })
    await log(window).getByRole('button', { name: 'wang、李雷 等 4 人进来了；ben 离开了' }).waitFor()
    await window.close()
  })
})

test('where nobody has a name, my own lines are marked as mine', async () => {
  const nobody: Member = { address: null, name: null }
  const window = await open(
    stateOf([
      line(1, said(nobody, 'to a server without names', { own: true, state: 'sent' })),
      line(2, said(ann, 'aha')),
      line(3, said({ ...me, name: null }, 'as an address', { own: true }))
    ])
  )
  await log(window)
    .getByRole('article', { name: /^You, / })
    .waitFor()
  await log(window)
    .getByRole('article', { name: /^10\.0\.0\.9:4009/ })
    .getByText('you', { exact: true })
    .waitFor()
  expect(await log(window).getByText('Somebody').count()).toBe(0)
  await window.close()
})

test('an address nobody answers at can be mended where it is told', async () => {
  const state = stateOf([])
  const status = { state: 'reconnecting', reason: 'refused', retryAt: Date.now() + 60_000 } as const
  const window = await open({ ...state, rooms: [sampleRoom('tea', { status })] })
  await window.page.getByText('Is the room open, and is 10.0.4.7:9999 its address?').waitFor()
  await window.page.getByRole('button', { name: 'Change the address…' }).click()
  await window.page.getByRole('dialog').getByLabel('Address').waitFor()
  await window.close()
})

test.each([
  [
    { state: 'reconnecting', reason: 'refused', detail: 'no-such-host', retryAt: Date.now() + 60_000 },
    'There is no computer by this name',
    'Is 10.0.4.7 spelled right, and does this network know the name?'
  ],
  [
    { state: 'away', reason: 'timeout', detail: 'unreachable' },
    'There is no way to this address',
    'Is this computer on a network, and is 10.0.4.7 on the same one?'
  ]
] as const)('why nobody is reached is told in true words: %o', async (status, title, question) => {
  const window = await open({ ...stateOf([]), rooms: [sampleRoom('tea', { status })] })
  await window.page.getByRole('heading', { name: title }).waitFor()
  await window.page.getByText(question).waitFor()
  await window.page.getByRole('button', { name: 'Change the address…' }).waitFor()
  await window.close()
})

test('in an empty room of our own, a sentence tells where help is against a firewall', async () => {
  const hosting = { name: 'Tea', doors: [], addresses: ['192.168.1.20:8888'], guests: 0 }
  const state = { ...stateOf([]), rooms: [sampleRoom('tea', { hosting })] }
  const window = await open(state)
  const sentence = window.page.getByText('Nobody gets in? Then a firewall may be in the way')
  await sentence.waitFor()
  await window.push({ type: 'roomChanged', room: sampleRoom('tea', { hosting: { ...hosting, guests: 1 } }) })
  await sentence.waitFor({ state: 'detached' })
  await window.close()
})

test('who stands at the end stays there in a flood, also when the window is given everything anew', async () => {
  const window = await open(stateOf(talk(60)))
  await atEnd(window)
  for (let batch = 0; batch < 10; batch += 1)
    await window.push({ type: 'linesAdded', conversation: 'tea', lines: talk(500, 61 + batch * 500) })
  await log(window).getByText('message 5060', { exact: true }).waitFor()
  await atEnd(window)
  await window.show(stateOf(talk(500, 20_001), { whole: false }))
  await log(window).getByText('message 20500', { exact: true }).waitFor()
  await atEnd(window)
  expect(await window.page.getByRole('button', { name: /newest/ }).count()).toBe(0)
  await window.push({ type: 'linesAdded', conversation: 'tea', lines: talk(3, 20_501) })
  await log(window).getByText('message 20503', { exact: true }).waitFor()
  await atEnd(window)
  await window.close()
})

describe('people', () => {
  test('can be ignored and spoken to alone, by keyboard', async () => {
    const window = await open(stateOf(talk(20)))
    window.script.perform = (command) =>
      command.type === 'openPrivate' ? { ok: true, conversation: 'tea' } : { ok: true }
    const aside = window.page.getByRole('complementary')
    await aside.getByText('Everybody who is here').waitFor()
    await aside.getByRole('button', { name: /ann/ }).press('Enter')
    await window.page.getByRole('menuitem', { name: 'Message privately' }).press('Enter')
    await aside.getByRole('button', { name: /bob/ }).click()
    await window.page.getByRole('menuitem', { name: 'Ignore' }).click()
    await expect
      .poll(() => window.sent)
      .toEqual([
        { type: 'openPrivate', room: 'tea', member: '10.0.0.1:4001' },
        { type: 'ignore', room: 'tea', member: '10.0.0.2:4002', on: true }
      ])
    await window.push({
      type: 'roomChanged',
      room: sampleRoom('tea', { title: 'Tea', self: me, ignored: ['10.0.0.2:4002'] })
    })
    await log(window).getByText('bob').first().waitFor({ state: 'detached' })
    // What was told of it is true no longer when they are heard again.
    const told = window.page.getByText('bob is ignored: their messages are hidden here')
    await told.waitFor()
    await aside.getByRole('button', { name: /bob/ }).click()
    await window.page.getByRole('menuitem', { name: 'Stop ignoring' }).click()
    await window.page.getByText('bob is no longer ignored').waitFor()
    expect(await told.count()).toBe(0)
    await window.close()
  })

  test('of before the connection was lost are not told as here', async () => {
    const window = await open(stateOf(talk(3)))
    const { page } = window
    await page.getByText('Everybody who is here').waitFor()
    const status = { state: 'reconnecting', reason: 'reset', retryAt: Date.now() + 60_000 } as const
    await window.push({ type: 'roomChanged', room: sampleRoom('tea', { status }) })
    await page.getByText('Seen before the connection was lost').waitFor()
    await page.getByText(/^\d+ people seen so far$/u).waitFor()
    expect(await page.getByText('Everybody who is here').count()).toBe(0)
    await window.close()
  })

  test('the menu of a message offers what can be done about it', async () => {
    const window = await open(stateOf([line(1, said(ann, 'copy me'))]))
    await window.page.getByText('copy me').click({ button: 'right' })
    await window.page.getByRole('menuitem', { name: 'Copy text' }).click()
    expect(await window.page.evaluate(() => navigator.clipboard.readText())).toBe('copy me')
    await window.page.getByRole('article').hover()
    await window.page.getByRole('button', { name: 'Message actions' }).click()
    await window.page.getByRole('menuitem', { name: 'Mention' }).click()
    await expect.poll(() => composer(window).inputValue()).toBe('@ann ')
    await window.close()
  })

  test('five thousand of them have few elements', async () => {
    const crowd = Array.from({ length: 5000 }, (_, index): Member => ({
      address: `10.1.${index >> 8}.${index & 255}:1`,
      name: `p${index}`
    }))
    const state = stateOf(talk(3))
    const window = await open({ ...state, people: { tea: { members: [me, ...crowd], complete: false } } })
    await window.page.getByRole('complementary').getByText('Seen so far').waitFor()
    expect(await window.page.getByRole('complementary').getByRole('listitem').count()).toBeLessThan(100)
    await window.close()
  })
})

describe('links', () => {
  test('are opened by the app, and only after the gate', async () => {
    const window = await open(
      stateOf([line(1, said(ann, 'http://10.0.0.1/a and http:\\\\bank.example and ftp://x.example/'))])
    )
    const links = log(window).getByRole('link')
    expect(await links.count()).toBe(1)
    await links.click()
    await expect.poll(() => commands(window, 'openLink')).toEqual([{ type: 'openLink', url: 'http://10.0.0.1/a' }])
    expect(await links.getAttribute('rel')).toBe('noopener noreferrer')
    await window.close()
  })
})

describe('hostile text', () => {
  test('stays text, in names and messages and everywhere they are shown', async () => {
    const lines: Line[] = PAYLOADS.flatMap((payload, index) => {
      const member: Member = { address: `10.2.0.${index}:1`, name: payload }
      return [
        line(index * 4 + 1, { kind: 'joined', member, own: false }),
        line(index * 4 + 2, said(member, payload, { mention: true })),
        line(index * 4 + 3, { kind: 'line', text: payload }),
        line(index * 4 + 4, { kind: 'renamed', member, was: payload, own: false })
      ]
    })
    const people = PAYLOADS.map((payload, index): Member => ({ address: `10.2.0.${index}:1`, name: payload }))
    const state = stateOf(lines)
    const window = await stage.open(
      {
        ...state,
        rooms: [sampleRoom('tea', { title: PAYLOADS[0] ?? '', self: me })],
        people: { tea: { members: [me, ...people], complete: true } }
      },
      { height: 4000 }
    )
    let dialogs = 0
    window.page.on('dialog', (dialog) => {
      dialogs++
      void dialog.dismiss()
    })
    const seen = new Set<string>()
    const allowed = new Set(
      'DIV HEADER P SPAN BDI ARTICLE BUTTON A CODE MARK TIME svg path circle line polyline rect UL LI H1 H2'.split(' ')
    )
    await log(window).waitFor()
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      await log(window).evaluate((element, share) => {
        element.scrollTop = element.scrollHeight * share
      }, part)
      await window.page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))
      )
      for (const tag of await window.page.evaluate(() =>
        Array.from(document.querySelectorAll('[role=log] *, aside *'), (element) => element.tagName)
      )) {
        seen.add(tag)
      }
      const hrefs = await log(window).evaluate((element) =>
        Array.from(element.querySelectorAll('a'), (link) => link.href)
      )
      for (const href of hrefs) expect(href).toMatch(/^https?:\/\/(?!.*@)/)
    }
    expect([...seen].filter((tag) => !allowed.has(tag))).toEqual([])
    expect(dialogs).toBe(0)
    expect(await window.page.title()).not.toBe('stolen')
    // Marks that climb out of their line are cut off with it.
    const escaping = await log(window).evaluate((element) =>
      Array.from(element.querySelectorAll<HTMLElement>('[role=listitem]')).every(
        (row) => getComputedStyle(row).contain.includes('content') || getComputedStyle(row).contain.includes('paint')
      )
    )
    expect(escaping).toBe(true)
    await window.close()
  })
})

describe('for everybody', () => {
  test.each([
    ['light', 'en'],
    ['dark', 'zh-CN']
  ] as const)(
    'axe finds nothing serious in %s, %s',
    async (theme, language) => {
      const state = sampleState()
      const window = await open({ ...state, preferences: { ...state.preferences, theme, language } })
      expect(await window.accessibility()).toEqual([])
      // The completion list, the help, and each state of a room.
      await window.page.getByRole('combobox').first().fill('/')
      await window.page.getByRole('listbox').waitFor()
      expect(await window.accessibility()).toEqual([])
      await window.page.keyboard.press('Escape')
      await window.page.getByRole('combobox').first().fill('')
      for (const room of ['10.0.4.7:9999', '技术支持', 'Printer corner', 'Reading club', '10.0.9.1:8000']) {
        await window.page.getByRole('navigation').getByText(room).first().click()
        await window.page.getByRole('heading', { level: 1, name: room }).waitFor()
        expect(await window.accessibility()).toEqual([])
      }
      await window.close()
    },
    60_000
  )

  test('arrow keys walk through the messages, typing goes to the composer', async () => {
    const window = await open(stateOf(talk(100)))
    await atEnd(window)
    await log(window).focus()
    await window.page.keyboard.press('ArrowUp')
    await window.page.keyboard.press('ArrowUp')
    await expect
      .poll(() => window.page.evaluate(() => document.activeElement?.textContent ?? ''))
      .toContain('message 99')
    await window.page.keyboard.press('h')
    await window.page.keyboard.press('i')
    expect(await composer(window).inputValue()).toBe('hi')
    await window.close()
  })

  test('what comes in is read out, a flood only counted, old lines never', async () => {
    const window = await open(stateOf(talk(50)))
    const live = window.page.locator('section [aria-live=polite]').last()
    expect(await live.textContent()).toBe('')
    await window.push({ type: 'linesAdded', conversation: 'tea', lines: [line(51, said(ann, 'hello'))] })
    await expect.poll(() => live.textContent()).toBe('ann: hello')
    await window.push({ type: 'linesAdded', conversation: 'tea', lines: talk(40, 52) })
    await expect.poll(() => live.textContent()).toBe('40 new messages')
    await window.close()
  })

  test('what is said twice is read out twice', async () => {
    const window = await open(stateOf(talk(50)))
    const live = window.page.locator('section [aria-live=polite]').last()
    await live.evaluate((element) => {
      const count = (): void => {
        element.dataset['spoken'] = String(Number(element.dataset['spoken'] ?? 0) + 1)
      }
      new MutationObserver(count).observe(element, { childList: true, characterData: true, subtree: true })
    })
    const spoken = () => live.getAttribute('data-spoken')
    await window.push({ type: 'linesAdded', conversation: 'tea', lines: [line(51, said(ann, 'yes'))] })
    await expect.poll(spoken).toBe('1')
    await window.push({ type: 'linesAdded', conversation: 'tea', lines: [line(52, said(ann, 'yes'))] })
    await expect.poll(spoken).toBe('2')
    expect(await live.textContent()).toBe('ann: yes')
    await window.close()
  })

  test('a talk that never pauses is read out all the same', async () => {
    const window = await open(stateOf(talk(50)))
    const live = window.page.locator('section [aria-live=polite]').last()
    let id = 50
    await expect
      .poll(
        async () => {
          id += 1
          await window.push({
            type: 'linesAdded',
            conversation: 'tea',
            lines: [line(id, said(ann, `on and on ${id}`))]
          })
          return live.textContent()
        },
        { interval: 100 }
      )
      .toMatch(/on and on|new messages/)
    await window.close()
  })

  test('what becomes of own messages is read out where it is bad, once', async () => {
    const own = (id: number, state: LineState, code?: 'no-such-member'): Line =>
      line(id, said(me, `mine ${id}`, { state, failure: code === undefined ? null : { code, text: '' } }))
    const before = [own(51, 'unconfirmed'), own(52, 'queued'), own(53, 'written')]
    const window = await open(stateOf([...talk(50), ...before]))
    const live = window.page.locator('section [aria-live=polite]').last()
    const change = (...lines: Line[]) => window.push({ type: 'linesChanged', conversation: 'tea', lines })
    await change(own(53, 'failed', 'no-such-member'))
    await expect.poll(() => live.textContent()).toBe('Not sent: mine 53 (Nobody here has this name)')
    await change(own(52, 'written'))
    await change(own(52, 'waiting'))
    await change(own(52, 'unconfirmed'))
    await expect.poll(() => live.textContent()).toBe('Not confirmed: mine 52')
    const many = [54, 55, 56, 57].map((id) => own(id, 'written'))
    await window.push({ type: 'linesAdded', conversation: 'tea', lines: many })
    await change(...many.map(({ id }) => own(id, 'unconfirmed')))
    await expect.poll(() => live.textContent()).toBe('4 messages were not sent or are not confirmed')
    await change(own(54, 'delivered'))
    await window.push({ type: 'linesAdded', conversation: 'tea', lines: [line(58, said(ann, 'hello'))] })
    await expect.poll(() => live.textContent()).toBe('ann: hello')
    await window.close()
  })
})

test('a small window with the largest letters: the title is read, and help leaves the field in sight', async () => {
  const state = stateOf(talk(40))
  const tea = sampleRoom('tea', { title: 'The tea room', host: '192.168.1.20', self: me })
  const window = await open({
    ...state,
    preferences: { ...state.preferences, textSize: 20 },
    rooms: [tea]
  })
  const { page } = window
  await page.setViewportSize({ width: 500, height: 640 })
  const cut = (): Promise<boolean> =>
    page.getByRole('heading', { level: 1 }).evaluate((title) => title.scrollWidth > title.clientWidth)
  expect(await cut()).toBe(false)
  await composer(window).fill('/help')
  await page.keyboard.press('Enter')
  const help = page.getByRole('region', { name: 'What can be typed here' })
  await help.waitFor()
  for (const part of [help, composer(window), page.getByRole('button', { name: 'Room menu' })]) {
    const box = await part.boundingBox()
    expect(box && box.y >= 0 && box.y + box.height <= 640 && box.x + box.width <= 500).toBe(true)
  }
  // All of it is there, also by keyboard.
  await help.getByRole('button').press('Tab')
  await page.keyboard.press('End')
  await expect
    .poll(() => help.getByText('Everything else is said').evaluate((text) => text.getBoundingClientRect().bottom))
    .toBeLessThan(640)
  expect(await window.accessibility()).toEqual([])
  await window.close()
})

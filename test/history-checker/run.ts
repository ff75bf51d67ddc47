import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { DEFAULT_HUB_LIMITS } from '../../src/core/hub/hub.ts'
import { makeClock } from '../../src/node/clock.ts'
import { makeCodec } from '../../src/node/codec.ts'
import { openRoomWith } from '../../src/node/host.ts'
import type { Finding, HostSaw, Observations, Sent } from './check.ts'
import { check } from './check.ts'
import type { Member } from './member.ts'
import { openMember } from './member.ts'
import type { FaultProxy, Passage } from './proxy.ts'
import { startProxy } from './proxy.ts'
import type { Act, Schedule, Step } from './schedule.ts'
import { MEMBERS } from './schedule.ts'
import { startStaller } from './staller.ts'

/** What becomes of a schedule with real programs, sockets and files. */
export interface Outcome {
  findings: Finding[]
  observations: Observations
  /** Of how much this was: a run in which nothing happened proves nothing. */
  sent: number
  delivered: number
  connections: number
  /** What the programs told of themselves, by member. */
  logs: string[]
}

/** After the trouble: everybody is back and has everything within this, on a machine that does other things too. */
const HEALED_WITHIN_MS = 15_000
const LOOK_EVERY_MS = 50
/** What comes twice comes soon. */
const ONE_MORE_LOOK_MS = 150

/** Who goes while his program still finds out whom it talks to has seen nothing of it yet. */
const LISTEN_MS = 500

const LF = 0x0a
/** What arrived before the member went by himself: whole lines, and what was torn off. */
const linesOf = (passage: Passage, until: number): { arrived: string[]; torn: string } => {
  const bytes = Buffer.concat(passage.passed.filter(({ at }) => at <= until).map((piece) => piece.bytes))
  const arrived = bytes.toString('utf8').split('\n').slice(0, -1)
  const whole = bytes.lastIndexOf(LF) + 1
  return { arrived, torn: Buffer.concat(passage.handed).subarray(whole).toString('utf8') }
}

/**
 * Where a connection comes from: each from an address of its own. On one, a system gives a port to somebody soon after
 * another had it, and the judge knows connections by their addresses. Only Linux has all of these without being asked.
 */
const sourceOf =
  (who: number) =>
  (nth: number): string | undefined =>
    process.platform === 'linux' ? `127.${who + 1}.${nth >> 8}.${(nth & 255) + 1}` : undefined

/** What is readable now was read: before somebody goes by himself. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await wait(2)
}

export const runSchedule = async (schedule: Schedule): Promise<Outcome> => {
  const home = mkdtempSync(join(tmpdir(), 'teahouse-check-'))
  const host: HostSaw[] = []
  const sent: Sent[] = []
  const counters = MEMBERS.map(() => 0)
  const members: Member[] = []
  const proxies: FaultProxy[] = []
  /** When a member went by himself: what comes later, nobody listens to. */
  const wentAt = new Map<Passage, number>()

  const staller = startStaller()
  const opened = await openRoomWith({ clock: makeClock(), codec: makeCodec })(
    {
      name: 'Proof',
      language: schedule.language,
      bare: schedule.bare,
      idleMs: 0,
      // All members are of one address here, and come again more often than a person does.
      limits: { ...DEFAULT_HUB_LIMITS, perAddress: Infinity, newPerMinute: Infinity },
      doors: schedule.doors.map((dialect) => ({ port: 0, dialect })),
      bind: '127.0.0.1'
    },
    (event) => {
      if (event.type === 'joined' || event.type === 'left')
        host.push({ what: event.type, address: event.member.address ?? '' })
      if (event.type === 'said' && event.conversation === 'room')
        host.push({ what: 'said', address: event.from.address ?? '', text: event.text ?? '' })
    }
  )
  if (!opened.ok) throw new Error(opened.text)
  const { room } = opened

  // In a bare room half an echo, torn off with its connection, is shown for the whole.
  const isHeard = (text: string): boolean =>
    host.some(
      (event) =>
        event.what === 'said' &&
        (event.text === text || (schedule.bare && event.text.startsWith(text.replace(/\uFFFD+$/u, ''))))
    )
  const say = async (who: number, text: string): Promise<void> => {
    const member = members[who]
    if (member === undefined || !member.running()) return
    const n = counters[who] ?? 0
    counters[who] = n + 1
    const one = { by: member.name, n, text: `#${'abcd'[who]}${n}# ${text}` }
    sent.push(one)
    const outcome = await member.perform({ type: 'say', conversation: member.roomId(), text: one.text })
    // Refused: it stands in the field, and nobody said it.
    if (!outcome.ok) sent.splice(sent.indexOf(one), 1)
  }
  /** Goes by himself, and listens to nothing that comes from then on, on any connection of that time. */
  const goes = async (who: number, leave: (member: Member) => Promise<unknown>): Promise<boolean> => {
    const now = performance.now()
    const mark = (): void => {
      for (const passage of proxies[who]?.passages ?? [])
        if (!wentAt.has(passage)) wentAt.set(passage, passage.openedAt > now - LISTEN_MS ? -Infinity : now)
    }
    mark()
    await turns()
    const member = members[who]
    if (member === undefined || !member.running()) return false
    await leave(member)
    // One that was being made at that moment.
    await turns()
    mark()
    return true
  }
  const act = async (who: number, what: Act): Promise<void> => {
    const member = members[who]
    const proxy = proxies[who]
    if (member === undefined || proxy === undefined) return
    if (what.do === 'network') {
      proxy.put(what.fault)
      return
    }
    if (!member.running()) return
    const here = { room: member.roomId() }
    switch (what.do) {
      case 'say':
        await Promise.all(what.texts.map((text) => say(who, text)))
        return
      case 'rename':
        await member.perform({ type: 'rename', ...here, name: what.name })
        return
      case 'who':
        await member.perform({ type: 'who', ...here })
        return
      case 'stall-disk':
        staller.stall(member.file, what.ms)
        return
      case 'disconnect':
        if (!(await goes(who, (member) => member.perform({ type: 'disconnect', ...here })))) return
        await wait(what.ms)
        if (member.running()) await member.perform({ type: 'reconnect', ...here })
        return
      case 'restart':
        if (await goes(who, (member) => member.stop())) await member.start()
    }
  }

  const observe = async (): Promise<Observations> => ({
    bare: schedule.bare,
    sent,
    host,
    connections: proxies.flatMap((proxy, who) =>
      proxy.passages.map((passage) => ({
        member: MEMBERS[who] ?? '',
        address: passage.address,
        ...linesOf(passage, wentAt.get(passage) ?? Infinity),
        stands: !passage.ended && !wentAt.has(passage)
      }))
    ),
    views: await Promise.all(
      members.map(async (member) => ({
        member: member.name,
        lines: await member.lines(),
        kept: member.kept(),
        ever: member.ever,
        removed: member.removed,
        troubles: [...member.troubles, ...member.notices()]
      }))
    )
  })
  const settled = async (): Promise<Observations> => {
    const patience = performance.now() + HEALED_WITHIN_MS
    for (;;) {
      const seen = await observe()
      if (performance.now() > patience) return seen
      const back = members.every((member) => member.room()?.status.state === 'connected')
      if (back && check(seen).length === 0) {
        await wait(ONE_MORE_LOOK_MS)
        const again = await observe()
        if (check(again).length === 0) return again
      }
      await wait(LOOK_EVERY_MS)
    }
  }

  try {
    for (const [who, name] of MEMBERS.entries()) {
      const proxy = await startProxy(room.doors[who]?.port ?? 0, sourceOf(who))
      proxies.push(proxy)
      // Behind a NAT and without a word of its own, a silent server on a bad network cannot be found out.
      const told = schedule.told || (schedule.bare && schedule.doors[who] === 'relay')
      const dialect = told ? (schedule.doors[who] ?? 'auto') : 'auto'
      members.push(await openMember({ name, folder: join(home, `${who}`), port: proxy.port, dialect, isHeard }))
    }
    const began = performance.now()
    const acting: Promise<void>[] = []
    for (const step of schedule.steps satisfies Step[]) {
      const left = began + step.at - performance.now()
      if (left > 0) await wait(left)
      acting.push(act(step.who, step.act))
    }
    await Promise.all(acting)
    for (const proxy of proxies) proxy.heal()
    for (const member of members) await member.perform({ type: 'reconnect', room: member.roomId() })
    const deadline = performance.now() + HEALED_WITHIN_MS
    while (!members.every((member) => member.room()?.status.state === 'connected') && performance.now() < deadline)
      await wait(LOOK_EVERY_MS)
    for (const who of members.keys()) await say(who, 'and that was all')

    const observations = await settled()
    const findings = check(observations)
    for (const member of members) await member.close()
    const one = members[schedule.seed % members.length]
    const before = observations.views[schedule.seed % members.length]
    if (one !== undefined && before !== undefined) {
      const after = new Map((await one.afterRestart()).map((line) => [line.id, line]))
      for (const line of before.lines) {
        const there = after.get(line.id)
        const same = 'text' in line ? there !== undefined && 'text' in there && there.text === line.text : there
        if (!same) findings.push({ member: one.name, what: `gone after a restart: ${JSON.stringify(line)}` })
      }
    }
    const own = observations.views.flatMap((view) => view.lines.filter((line) => line.kind === 'said' && line.own))
    return {
      findings,
      observations,
      sent: sent.length,
      delivered: own.filter((line) => line.kind === 'said' && line.state === 'delivered').length,
      connections: observations.connections.length,
      logs: MEMBERS.map((_, who) => {
        const file = join(home, `${who}`, 'teahouse.log')
        return existsSync(file) ? readFileSync(file, 'utf8') : ''
      })
    }
  } finally {
    for (const member of members) await member.close()
    for (const proxy of proxies) await proxy.close()
    staller.close()
    await room.close()
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }
}

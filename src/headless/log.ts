import { resolve } from 'node:path'
import type { KeptConversation } from '../core/history/formats/format.ts'
import { conversationObject, lineObject } from '../core/history/formats/json-lines.ts'
import { plainLine } from '../core/history/formats/plain-text.ts'
import { makeTimes } from '../core/history/formats/times.ts'
import { makeWords } from '../core/history/formats/words.ts'
import type { Kept, Period } from '../node/history/kept.ts'
import { openKept } from '../node/history/kept.ts'
import { profileFolder } from '../node/profile.ts'
import { plainHost, roomsAt } from '../shared/address.ts'
import { memberLabel } from '../shared/events.ts'
import { jsonLine } from '../shared/json-line.ts'
import { printable } from '../shared/printable.ts'
import type { Language, Settings } from '../shared/settings.ts'
import type { ConversationId, Line } from '../shared/state.ts'
import type { Console } from './console.ts'
import { EXIT, onSignals, openConsole } from './console.ts'
import { systemLanguage } from './language.ts'
import type { LogArguments } from './log-arguments.ts'
import { exportKept, whyNot } from './log-export.ts'
import { followKept } from './log-follow.ts'
import { makeLogNames } from './log-names.ts'
import { searchKept } from './log-search.ts'
import { makePipe, type Pipe } from './pipe.ts'
import { readSettings } from './recording.ts'
import { shown } from './rules.ts'

/** A screen or two. */
const USUAL_LINES = 50
/** Written at once: a million lines are printed in pieces. */
const PIECE_LINES = 500
/** Ids told where a name means several. */
const MOST_NAMED = 10

const WHY: Record<string, string> = {
  'nothing-kept': 'nothing is kept in this profile yet',
  newer: 'this history was made by a newer Teahouse, and cannot be read by this one',
  corrupt: 'the history cannot be read: it is damaged'
}

/** What the parts of this verb work with. */
export interface LogDesk {
  /** The profile folder. */
  folder: string
  kept: Kept
  pipe: Pipe
  language: Language
  period: Period
  /** Lines as they are printed, with their line ends; `named`: with the conversation in front. */
  render(conversation: ConversationId, line: Line, named: boolean): string
  /** The person wants it to end. */
  ended(): boolean
  /** Resolves then. */
  end: Promise<void>
}

const addressIn = (text: string): { host: string; port: number } | null => {
  const found = /^(.+):(\d{1,5})$/u.exec(text)
  return found === null ? null : { host: plainHost(found[1] ?? ''), port: Number(found[2]) }
}

/** All that a name may mean: an id means that one alone, then rooms come before people. */
const meant = (all: readonly KeptConversation[], settings: Settings, name: string): KeptConversation[] => {
  const byId = all.filter(({ id }) => id === name)
  if (byId.length > 0) return byId
  const address = addressIn(name)
  const folded = name.toLowerCase()
  const there = address === null ? [] : roomsAt(settings.rooms, address)
  const saved = settings.rooms
    .filter((room) => there.includes(room) || room.title.toLowerCase() === folded)
    .map(({ id }) => id)
  const rooms = all.filter((one) => one.with === null && (saved.includes(one.id) || one.title.toLowerCase() === folded))
  if (rooms.length > 0) return rooms
  return all.filter((one) => one.with !== null && memberLabel(one.with).toLowerCase() === folded)
}

const printInPieces = async (pipe: Pipe, lines: readonly string[]): Promise<void> => {
  for (let at = 0; at < lines.length; at += PIECE_LINES)
    if (!(await pipe.write(lines.slice(at, at + PIECE_LINES).join('')))) return
}

/** Where it prints, and who ends it. */
export interface LogTerminal {
  pipe: Pipe
  out: Pick<Console, 'complain' | 'progress' | 'flush'>
  /** Calls back once, when the person wants it to end. */
  onEnd(ended: () => void): void
}
const ownTerminal = (): LogTerminal => ({
  pipe: makePipe(process.stdout),
  out: openConsole(() => undefined),
  onEnd: (ended) => onSignals(ended)
})

/** `teahouse log`: reads what is kept, beside whoever writes it. Resolves with the exit code. */
export const log = async (args: LogArguments, terminal = ownTerminal()): Promise<number> => {
  const { pipe, out } = terminal
  const end = Promise.withResolvers<void>()
  let ended = false
  terminal.onEnd(() => {
    ended = true
    end.resolve()
  })
  const fail = async (line: string): Promise<number> => {
    out.complain(line)
    await out.flush()
    return EXIT.failed
  }
  const folder = args.data === null ? profileFolder() : resolve(args.data)
  const opened = openKept(folder)
  if (!opened.ok) return fail(`${WHY[opened.why] ?? `the history cannot be read (${opened.why})`}: ${folder}`)
  const { kept } = opened
  const refuse = (line: string): Promise<number> => {
    kept.close()
    return fail(line)
  }

  const language = args.language ?? systemLanguage()
  const words = makeWords(language, undefined)
  const times = makeTimes(language, undefined)
  const period: Period = { since: args.since, until: args.until }
  const names = makeLogNames(kept, period, words)
  let only: KeptConversation | null = null
  if (args.conversation !== null) {
    const found = meant(names.all, readSettings(folder), args.conversation)
    const [first, second] = found
    if (first === undefined)
      return refuse(`nothing is kept of a conversation ${shown(args.conversation)}; teahouse log lists them`)
    if (second !== undefined) {
      const ids = found.slice(0, MOST_NAMED).map(({ id }) => id)
      return refuse(`${shown(args.conversation)} may be ${ids.join(', ')}: name one of these`)
    }
    only = first
  }

  const stamp = (at: number): string => `${times.day(at)} ${times.clock(at)}`
  const desk: LogDesk = {
    folder,
    kept,
    pipe,
    language,
    period,
    ended: () => ended,
    end: end.promise,
    render: (conversation, line, named) => {
      if (args.json) return `${jsonLine(lineObject(conversation, line, (at) => times.iso(at)))}\n`
      const where = named ? `[${printable(names.title(conversation))}] ` : ''
      return `${stamp(line.at)} ${where}${plainLine(line, words, names.next(conversation, line))}\n`
    }
  }
  const listLine = (one: KeptConversation): string => {
    const last = kept.newest(one.id, period, 1)[0]
    if (args.json) {
      const object = { ...conversationObject(one), last: last === undefined ? null : times.iso(last.at) }
      return `${jsonLine(object)}\n`
    }
    const newest = last === undefined ? '' : `, ${stamp(last.at)}`
    return `${one.id}  ${printable(names.title(one.id))}  (${words.lines(one.lines)}${newest})\n`
  }

  let code: number = EXIT.fine
  if (args.export !== null) {
    const result = await exportKept(desk, args.export, args.format, only?.id ?? null, (line) => out.progress(line))
    if (result !== null) {
      if (result !== 'cancelled') out.complain(`nothing was written: ${result}`)
      code = result === 'cancelled' ? EXIT.interrupted : EXIT.failed
    }
  } else if (args.search !== null) {
    const most = args.lines ?? USUAL_LINES
    const hits = searchKept(folder, args.search, period, only?.id ?? null, most, desk)
    if (hits === null) code = await fail('the history cannot be searched')
    else
      await printInPieces(
        pipe,
        hits.map(({ conversation, line }) => {
          if (!args.json) names.passOverTo(conversation, line)
          return desk.render(conversation, line, only === null)
        })
      )
  } else if (args.follow)
    await followKept(desk, only?.id ?? null, args.lines ?? (args.since === null ? USUAL_LINES : null))
  else if (only === null) await printInPieces(pipe, names.all.map(listLine))
  else if (args.lines === null && args.since !== null) {
    for (const line of kept.lines(only.id, period))
      if (ended || !(await pipe.write(desk.render(only.id, line, false)))) break
  } else {
    const { id } = only
    const lines = kept.newest(id, period, args.lines ?? USUAL_LINES)
    await printInPieces(
      pipe,
      lines.map((line) => desk.render(id, line, false))
    )
  }
  const broken = await pipe.end()
  if (broken !== null) {
    out.complain(`standard output broke off: ${whyNot(broken)}`)
    code = EXIT.failed
  }
  kept.close()
  await out.flush()
  return code
}

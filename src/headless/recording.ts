import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { History } from '../core/history/contract.ts'
import type { Gap, Gate } from '../core/recording/gate.ts'
import { makeGate } from '../core/recording/gate.ts'
import { openHistory } from '../node/history/history.ts'
import { openLog } from '../node/log.ts'
import { openProfile } from '../node/profile.ts'
import type { Clock, Timer } from '../shared/carriers.ts'
import type { Language, Settings } from '../shared/settings.ts'
import { DEFAULT_SETTINGS, settings as settingsSchema } from '../shared/settings.ts'
import type { NoticeBody, RoomId } from '../shared/state.ts'
import { texts } from '../shared/texts/index.ts'

const DAY_MS = 24 * 60 * 60_000
const PRUNE_EVERY_MS = 60 * 60_000

/** What the app keeps in the profile folder; the defaults where there is nothing that can be read. Never written here. */
export const readSettings = (folder: string): Settings => {
  try {
    const kept = settingsSchema.safeParse(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')))
    return kept.data ?? DEFAULT_SETTINGS
  } catch {
    // None, or none that can be read: the app itself sets it aside and tells.
    return DEFAULT_SETTINGS
  }
}

/** `10:42`, on this machine. */
const clockTime = (at: number, language: Language): string =>
  new Intl.DateTimeFormat(language, { timeStyle: 'medium' }).format(at)

/** How a gap stands in the history. */
export const gapWords =
  (language: Language) =>
  ({ lines, from, to }: Gap): string =>
    texts[language].record.gap
      .replace('{{count}}', new Intl.NumberFormat(language).format(lines))
      .replace('{{from}}', clockTime(from, language))
      .replace('{{to}}', clockTime(to, language))

const noticeWords = (notice: NoticeBody): string | null => {
  if (notice.kind === 'history-set-aside')
    return `the history could not be read and was set aside as ${notice.file}; a new one was begun`
  if (notice.kind === 'history-newer') return 'the history was made by a newer Teahouse: nothing is added to it'
  // The others are the app's.
  return null
}

/** The history of a profile, with the gate everything passes on its way to whoever is told. */
export interface Recording {
  settings: Settings
  history: History
  gate: Gate
  /** Removes what is older than so many days, now and from time to time. */
  keepDays(room: RoomId, days: number): void
  /** Tells what still waits, writes what is left; `withinMs`: a disk that stalls is not waited for longer. */
  close(withinMs?: number): Promise<void>
}

export interface RecordingDeps {
  /** The profile folder. */
  folder: string
  clock: Clock
  /** One line on standard error. */
  complain: (line: string) => void
  /** There is room again after a flood. */
  gap: (gap: Gap) => void
}

/** Opens the history beside whoever else writes it. Never throws: what cannot be kept is told, and the chat goes on. */
export const openRecording = async ({ folder, clock, complain, gap }: RecordingDeps): Promise<Recording> => {
  await openProfile(folder)
  const told = (notice: NoticeBody): void => {
    const words = noticeWords(notice)
    if (words !== null) complain(words)
  }
  const { history, notices } = await openHistory({ folder, clock, log: openLog(folder), notice: told })
  notices.forEach(told)
  let paused = false
  const gate = makeGate({
    history,
    clock,
    leavingOut: () => complain('more is said than the disk takes: lines are left out of the history from here'),
    goesOn: (ended) => {
      complain(`the history goes on: ${ended.lines} lines were left out`)
      gap(ended)
    },
    stateChanged: (state, reason) => {
      if (state === 'paused' && !paused)
        complain(`nothing can be written to the history now (${reason}): it goes on by itself as soon as it can`)
      if (state === 'writing' && paused) complain('the history is written again')
      paused = state === 'paused'
    }
  })
  let pruning: Timer | null = null
  return {
    settings: readSettings(folder),
    history,
    gate,
    keepDays: (room, days) => {
      const prune = (): void => {
        void history.prune(room, clock.wall() - days * DAY_MS)
        pruning = clock.after(PRUNE_EVERY_MS, prune)
      }
      pruning?.cancel()
      prune()
    },
    close: async (withinMs) => {
      pruning?.cancel()
      await gate.passed()
      const closing = history.close()
      await (withinMs === undefined
        ? closing
        : Promise.race([closing, new Promise((resolve) => setTimeout(resolve, withinMs))]))
    }
  }
}

import type { Outlet } from './outlet.ts'
import { makeOutlet } from './outlet.ts'
import { jsonLine } from '../shared/json-line.ts'
import { printable } from '../shared/printable.ts'

/** What a verb ends with, as the shell sees it. */
export const EXIT = { fine: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** The program's two streams and its signals, as the verbs use them. */
export interface Console {
  /** An event as a JSON line. */
  json(event: { type: string; ref?: string | undefined }): void
  text(line: string): void
  /** One line on standard error. */
  complain(line: string): void
  /** A line that replaces the one before it, on a terminal only; empty: takes it away. */
  progress(line: string): void
  /** Waits for the readers of both, at most `withinMs`, else 2 s. */
  flush(withinMs?: number): Promise<void>
}

/** `gone`: nobody reads standard output any more. */
export const openConsole = (gone: () => void): Console => {
  // Whoever read our complaints has gone: nothing to tell, nobody to tell it to.
  const complaints = makeOutlet(
    process.stderr,
    () => undefined,
    () => undefined
  )
  const complain = (line: string): void => complaints.line(`teahouse: ${printable(line)}`)
  const outlet: Outlet = makeOutlet(process.stdout, complain, gone)
  return {
    json: (event) => outlet.line(jsonLine(event)),
    text: (line) => outlet.line(line),
    complain,
    progress: (line) => {
      // Back to the margin, and whatever stood there is erased (ECMA-48: EL).
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${printable(line)}`)
    },
    flush: async (withinMs) => {
      await Promise.all([outlet.flush(withinMs), complaints.flush(withinMs)])
    }
  }
}

/** A terminal and npm both pass Ctrl+C on: within this time it is one wish, not two. */
const SAME_WISH_MS = 1_000

const WISHES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Calls `asked` at the first of these signals; a later one ends the program at once. */
export const onSignals = (
  asked: (signal: NodeJS.Signals) => void,
  signals: readonly (typeof WISHES)[number][] = WISHES
): void => {
  let first: number | null = null
  for (const signal of signals) {
    process.on(signal, () => {
      if (first === null) {
        first = performance.now()
        asked(signal)
      } else if (performance.now() - first > SAME_WISH_MS) process.exit(EXIT.interrupted)
    })
  }
}

import type { Outcome } from '../../shared/commands.ts'
import type { Export } from '../../shared/export.ts'
import type { Language } from '../../shared/settings.ts'
import type { AppEvent, ConversationId } from '../../shared/state.ts'
import type { Exporter } from './contract.ts'
import type { Command } from './outcome.ts'
import { done, no } from './outcome.ts'

export interface ExportingDeps {
  exporter: Exporter | null
  tell: (event: AppEvent) => void
  /** What a conversation is called; null: there is none. */
  title: (conversation: ConversationId) => string | null
  language: () => Language
}

/** The export as the views have it: one at a time, and the last one until it is put away. */
export interface Exporting {
  start(command: Command<'export'>): Promise<Outcome>
  /** Cancels the one that runs, forgets the one that is through. */
  end(): Outcome
  show(): Outcome
  /** What is kept is being read: it must not be taken away meanwhile. */
  busy(): boolean
}

export const makeExporting = ({ exporter, tell, title, language }: ExportingDeps): Exporting => {
  let count = 0
  let choosing = false
  let now: Export | null = null

  const become = (next: Export | null): void => {
    now = next
    tell({ type: 'exportChanged', exporting: next })
  }
  const busy = (): boolean => choosing || now?.state === 'running'

  return {
    start: async ({ conversation, format }) => {
      if (exporter === null) return no('not-supported')
      if (busy()) return no('export-busy')
      const named = conversation === null ? '' : title(conversation)
      if (named === null) return no('no-such-conversation')
      count += 1
      const about = { id: count, conversation, format }
      choosing = true
      // What is told before it is known that it began comes after.
      let held: (() => void)[] | null = []
      const told = (next: Export | null): void => {
        if (held === null) become(next)
        else held.push(() => become(next))
      }
      const wish = {
        conversations: conversation === null ? null : [conversation],
        title: named,
        format,
        language: language()
      }
      try {
        const begun = await exporter.start(wish, {
          progress: (lines, total) => told({ ...about, state: 'running', lines, total }),
          done: (lines, place) => told({ ...about, state: 'done', lines, place }),
          failed: (reason) => told({ ...about, state: 'failed', reason }),
          cancelled: () => told(null)
        })
        if (begun === null) return done
        become({ ...about, state: 'running', lines: 0, total: 0 })
        const late = held
        held = null
        for (const one of late) one()
        return begun.download === null ? done : { ok: true, download: begun.download }
      } finally {
        choosing = false
      }
    },
    end: () => {
      if (now?.state === 'running') exporter?.cancel()
      else if (now !== null) become(null)
      return done
    },
    show: () => {
      exporter?.show()
      return done
    },
    busy
  }
}

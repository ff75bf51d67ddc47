import type { AppCommand, Outcome, OutcomeCode } from '../../shared/commands.ts'

export type Command<T extends AppCommand['type']> = Extract<AppCommand, { type: T }>

export const done: Outcome = { ok: true }
export const no = (code: OutcomeCode, detail?: string | number): Extract<Outcome, { ok: false }> =>
  detail === undefined ? { ok: false, code } : { ok: false, code, detail }
/** Null: performed. */
export const outcome = (code: OutcomeCode | null): Outcome => (code === null ? done : no(code))

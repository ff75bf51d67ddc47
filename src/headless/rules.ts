import { z } from 'zod'
import { printable } from '../shared/printable.ts'

/** What the options of all verbs are read with. */

/** `a, b or c`. */
export const oneOf = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`

/** What an option's value must be, and how that is said. */
export interface Rule<T> {
  schema: z.ZodType<T, string>
  expected: string
}
export const rule = <T>(schema: z.ZodType<T, string>, expected: string): Rule<T> => ({ schema, expected })

export const LANGUAGE = rule(z.string().pipe(z.enum(['en', 'zh-CN'])), 'en or zh-CN')
export const FOLDER = rule(z.string().min(1), 'a folder')
export const FILE = rule(z.string().min(1), 'a file')

/** A mistake in the arguments, on its way to becoming the one line. */
export class Mistake extends Error {}

/** As given, cut and made printable. */
export const shown = (value: string): string => `"${printable(value.length > 80 ? `${value.slice(0, 80)}…` : value)}"`

/** `option`: how the place is named in the words, with where it stands. */
export const checked = <T>(option: string, { schema, expected }: Rule<T>, value: string): T => {
  const result = schema.safeParse(value)
  if (!result.success) throw new Mistake(`${option} must be ${expected}, not ${shown(value)}`)
  return result.data
}

/** What was given to one verb. */
export interface Given {
  /** The checked value of an option; null when it is not there. Given twice, the last one counts. */
  value: <T>(option: string, rule: Rule<T>) => T | null
  texts: (option: string) => string[]
  /** How the option is named where it was given: `--port`, or `room.json:3: port`. */
  where: (option: string) => string
  on: (option: string) => boolean
  positionals: string[]
}

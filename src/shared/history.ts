import { z } from 'zod'

/** The longest a number of days may be: ten years, after which "everything" is meant. */
export const MAX_KEPT_DAYS = 3650

/** What is kept of a room: everything, the last N days, or nothing from now on. */
export const retention = z.union([z.literal('keep'), z.literal('never'), z.int().min(1).max(MAX_KEPT_DAYS)])
export type Retention = z.infer<typeof retention>

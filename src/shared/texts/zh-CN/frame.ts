import type { Same } from '../same.ts'
import type { frame as english } from '../en/frame.ts'

export const frame: Same<typeof english> = {}

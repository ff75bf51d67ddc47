import type { Same } from '../same.ts'
import type { shell as english } from '../en/shell.ts'

export const shell: Same<typeof english> = {}

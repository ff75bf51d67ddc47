import type { Same } from '../same.ts'
import type { conversation as english } from '../en/conversation.ts'

export const conversation: Same<typeof english> = {}

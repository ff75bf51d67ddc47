/** The conversation: timeline, people, composer. */
export const conversation = {} as const

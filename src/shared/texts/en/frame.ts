/** The window around the conversation: rooms, first start, dialogs, settings, switcher. */
export const frame = {} as const

/** The app around the page: menu, notifications, native dialogs, the launcher's words. */
export const shell = {} as const

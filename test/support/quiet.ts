import type { Log } from '../../src/node/log.ts'

/** Keeps nothing of what a program tells about itself. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * The line dialects of the tutorial servers, by the names the command line uses.
 * `gopl` is 003 of the dialect notes, `gopl-zh` 000, `iamhere` 001, `im` 002, `relay` 004.
 */
export const HOSTED_DIALECTS = ['gopl', 'gopl-zh', 'iamhere', 'im', 'relay'] as const

/** A dialect a door of ours can speak. */
export type HostedDialect = (typeof HOSTED_DIALECTS)[number]

/** What a client can take a server for: one of the five, or `plain` for anything else. */
export const DIALECTS = [...HOSTED_DIALECTS, 'plain'] as const
export type Dialect = (typeof DIALECTS)[number]

/** What a person chooses for a server: let us listen and guess, or say it. */
export const DIALECT_CHOICES = ['auto', ...DIALECTS] as const
export type DialectChoice = (typeof DIALECT_CHOICES)[number]

/** Character encodings a connection can use. `auto` is UTF-8, with GB18030 for a line that is not UTF-8. */
export const CHARSETS = ['auto', 'utf-8', 'gb18030', 'big5', 'shift_jis', 'latin1'] as const
export type Charset = (typeof CHARSETS)[number]

/** What can be done on a connection, as recognised so far. The view disables what is false, and says why. */
export interface Capabilities {
  /** The server can be asked who is there. */
  who: boolean
  /** People have names, and ours can be changed. */
  rename: boolean
  /** The server has a private verb. */
  whisper: boolean
  /** The server sends our own lines back: an own line can be known as delivered. */
  echo: boolean
}

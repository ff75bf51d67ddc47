/** Limits with their reasons. Options of the hub carry these as defaults; nothing else in the code repeats a number. */

const KiB = 1024
const MiB = 1024 * KiB

/** A line at our doors. Long enough for a paragraph in any script, short enough that a flood costs little. */
export const HOSTED_LINE_BYTES = 8 * KiB
/** Bytes without LF after which a member is not typing any more: told and closed. */
export const HOSTED_UNENDED_BYTES = 64 * KiB
/** A line we read from a foreign server: 004 relays any length, so show at least what one screen could hold. */
export const FOREIGN_LINE_BYTES = 1 * MiB
/** Queue of one member who does not read. The kernel swallows some MiB before this starts to fill. */
export const MEMBER_QUEUE_BYTES = 1 * MiB
/** All queues together: what a small machine can spare for people who do not read. */
export const ALL_QUEUES_BYTES = 256 * MiB
/** No progress for so long with a full queue: the reader is gone or frozen. */
export const WRITE_STALL_MS = 10_000
/** Lines a member may say at once, then the pace; typing people never reach it, a paste of a page does not hurt. */
export const RATE_BURST_LINES = 20
export const RATE_LINES_PER_SECOND = 5
/** Lines waiting for their turn: more is not a paste but a flood. */
export const RATE_WAITING_LINES = 100
/** Connections of one address at once: a family of programs on one machine, or a small NAT. */
export const CONNECTIONS_PER_ADDRESS = 16
export const NEW_CONNECTIONS_PER_MINUTE = 32
/** Members in all, unless the system allows fewer files. */
export const MEMBERS = 5000
/**
 * What a person may set where a room is opened; the command line knows more. Two members: the host is one of them. A
 * hundred lines a second is a program that talks; more would be nobody's reading.
 */
export const HOST_LIMITS = {
  members: { least: 2, most: 100_000 },
  perAddress: { least: 1, most: 100_000 },
  linesPerSecond: { least: 1, most: 100 },
  /** A week at most. */
  idleMinutes: { least: 1, most: 10_080 }
} as const
/** Graphemes and bytes of a name: fits the people list in any script. */
export const NAME_GRAPHEMES = 32
export const NAME_BYTES = 96
/** The port of the 002 family's clients, hence of our rooms. */
export const DEFAULT_PORT = 8888
/** Longest text in one line to a server that reads chunks: one TCP segment on real links (dialects 3.8). */
export const CHUNK_TEXT_BYTES = 1400
/** Longest text in one line to a server that reads lines. */
export const CLIENT_LINE_BYTES = 8 * KiB

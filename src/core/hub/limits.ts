import {
  ALL_QUEUES_BYTES,
  CONNECTIONS_PER_ADDRESS,
  HOSTED_LINE_BYTES,
  HOSTED_UNENDED_BYTES,
  MEMBER_QUEUE_BYTES,
  MEMBERS,
  NEW_CONNECTIONS_PER_MINUTE,
  RATE_BURST_LINES,
  RATE_LINES_PER_SECOND,
  RATE_WAITING_LINES,
  WRITE_STALL_MS
} from '../../shared/limits.ts'
import type { HubLimits } from './contract.ts'

export const DEFAULT_HUB_LIMITS: HubLimits = {
  lineBytes: HOSTED_LINE_BYTES,
  unendedBytes: HOSTED_UNENDED_BYTES,
  memberQueueBytes: MEMBER_QUEUE_BYTES,
  allQueuesBytes: ALL_QUEUES_BYTES,
  writeStallMs: WRITE_STALL_MS,
  rateBurst: RATE_BURST_LINES,
  ratePerSecond: RATE_LINES_PER_SECOND,
  rateWaiting: RATE_WAITING_LINES,
  perAddress: CONNECTIONS_PER_ADDRESS,
  newPerMinute: NEW_CONNECTIONS_PER_MINUTE,
  members: MEMBERS
}

/**
 * For benchmarks on one machine: no limit on rate, connections per address, members. What protects the others from
 * somebody who does not read, or never ends a line, stays.
 */
export const UNLIMITED: HubLimits = {
  ...DEFAULT_HUB_LIMITS,
  rateBurst: Infinity,
  ratePerSecond: Infinity,
  rateWaiting: Infinity,
  perAddress: Infinity,
  newPerMinute: Infinity,
  members: Infinity
}

import type { Knowledge } from '../../src/core/dialects/dialect.ts'

/** What a parser knows on a connection on which nothing was heard or asked yet. */
export const NOTHING_KNOWN: Knowledge = {
  self: null,
  marked: false,
  separator: ':',
  relative: null,
  welcomed: false,
  knows: () => false,
  settled: () => false,
  nameOf: () => null,
  named: () => false,
  nameLengths: () => [],
  asked: { who: false, rename: false, whisper: false }
}

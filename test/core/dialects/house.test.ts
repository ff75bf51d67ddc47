import { describe, expect, test } from 'vitest'
import type { Spoken } from '../../../src/core/dialects/dialect.ts'
import { readHouse, readMark } from '../../../src/core/dialects/house.ts'
import { DEFAULT_HUB_LIMITS } from '../../../src/core/hub/limits.ts'
import type { Reason } from '../../../src/core/hub/voice.ts'
import { voiceIn } from '../../../src/core/hub/voice.ts'
import type { KickReason, RefusalCode } from '../../../src/shared/events.ts'
import { NOTHING_KNOWN } from '../../support/knowledge.ts'

/** Not in round KiB: a host may set its own, and they are part of the words. */
const LIMITS = { ...DEFAULT_HUB_LIMITS, lineBytes: 1000, unendedBytes: 5000 }

/** What the client makes of each reason our host may give; the compiler finds one that is missing. */
const MEANT: Record<Reason, RefusalCode | { kick: KickReason }> = {
  'name-empty': 'bad-name',
  'name-too-long': 'bad-name',
  'name-characters': 'bad-name',
  'name-address': 'bad-name',
  'name-star': 'bad-name',
  'name-reserved': 'bad-name',
  'name-taken': 'name-taken',
  'line-too-long': 'too-long',
  'line-endless': { kick: 'flood' },
  flood: { kick: 'flood' },
  'slow-reader': { kick: 'slow-reader' },
  idle: { kick: 'idle' },
  foreign: { kick: 'unknown' },
  'too-many-at-once': { kick: 'flood' },
  'too-many-a-minute': { kick: 'flood' },
  'room-full': { kick: 'unknown' },
  'bad-format': 'bad-format',
  'no-such-member': 'no-such-member',
  'empty-text': 'empty-text'
}
const REASONS = Object.keys(MEANT).filter((key): key is Reason => key in MEANT)
const known = { ...NOTHING_KNOWN, marked: true, named: (name: string) => name === 'Ann is now known as B' }
const reads = (line: string): Spoken | null => readHouse(line, known)

describe.each(['en', 'zh-CN'] as const)('what our host says in %s, our client understands', (language) => {
  const voice = voiceIn(language, LIMITS)

  test.each(REASONS)('%s', (reason) => {
    const meant = MEANT[reason]
    const text = voice.reason(reason)
    if (typeof meant === 'string') {
      const line = voice.refused(reason)
      expect(reads(line)).toEqual({ kind: 'refused', command: null, code: meant, text, line })
    } else {
      const line = voice.closing(reason)
      expect(reads(line)).toEqual({ kind: 'kicked', reason: meant.kick, text, line })
    }
  })

  test('the mark, a rename, a private text, the end', () => {
    expect(readMark(voice.mark('Tea at four'))).toBe('Tea at four')
    expect(reads(voice.renamed('Ann', 'Ben'))).toEqual({ kind: 'announced', was: 'Ann', name: 'Ben' })
    expect(reads(voice.whispered('Ann', 'psst * x'))).toEqual({ kind: 'whispered', name: 'Ann', text: 'psst * x' })
    expect(reads(voice.roomCloses())).toEqual({ kind: 'line', text: voice.roomCloses() })
  })
})

test('a host that is not marked has no voice', () => {
  expect(readHouse(voiceIn('en', LIMITS).renamed('Ann', 'Ben'), { ...known, marked: false })).toBe(null)
})

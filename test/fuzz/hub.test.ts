import { expect, test } from 'vitest'
import { UNLIMITED } from '../../src/core/hub/hub.ts'
import { HOSTED_DIALECTS } from '../../src/shared/dialect.ts'
import { makeRoom, settled, type FakeGuest } from '../core/hub/fake-room.ts'
import { CORPUS, fuzz, fuzzSeed, makeRandom, mutant } from '../support/fuzz.ts'

const LINES = 100_000
const LINES_PER_LOOK = 20
const LOOKS_PER_ROOM = 100
const ADDRESS = String.raw`10\.0\.0\.\d+:\d+`
/** How every line at a door of these dialects begins, whatever is said. */
const BEGINNING = {
  gopl: new RegExp(String.raw`^(?:\* |${ADDRESS}: |${ADDRESS} has (?:arrived|left)$|You are ${ADDRESS}$)`, 'u'),
  relay: new RegExp(String.raw`^(?:\* |${ADDRESS}:)`, 'u')
} as const
const NOT_IN_A_LINE = /[\0-\x08\v-\x1F\x7F-\x9F\u2028\u2029]/u

const seed = fuzzSeed()
test(`a hundred thousand lines hurt no room (TEAHOUSE_FUZZ_SEED=${seed})`, { timeout: 120_000 }, () => {
  const random = makeRandom(seed)
  let said = 0
  let sent = ''
  const open = () => {
    const room = makeRoom({ limits: { ...UNLIMITED, lineBytes: 300, unendedBytes: 1500 } })
    const talkers: FakeGuest[] = HOSTED_DIALECTS.map((dialect) => settled(room, dialect))
    const gopl = settled(room, 'gopl')
    const relay = settled(room, 'relay')
    room.news()
    for (const guest of [...talkers, gopl]) guest.read()
    return { room, talkers, gopl, relay }
  }
  let stage = open()

  const look = (): void => {
    const { room, gopl, relay, talkers } = stage
    const lines = { gopl: gopl.read(), relay: relay.read() }
    for (const [dialect, text] of Object.entries(lines)) {
      if (text !== '' && !text.endsWith('\n')) throw new Error('half a line')
      if (NOT_IN_A_LINE.test(text)) throw new Error('a control character went out')
      for (const line of text.slice(0, -1).split('\n')) {
        const begins = dialect === 'gopl' ? BEGINNING.gopl : BEGINNING.relay
        if (text !== '' && !begins.test(line)) throw new Error(`a line that nobody may say: ${JSON.stringify(line)}`)
      }
    }
    const news = room.news().filter((event) => event.type === 'said' && event.conversation === 'room').length
    const read = lines.relay.split('\n').filter((line) => line !== '' && !line.startsWith('* ')).length
    if (news !== read) throw new Error(`${news} lines were said and ${read} were read`)
    said += news
    // Whoever was closed for what he sent is followed by somebody else at the same door.
    talkers.forEach((talker, n) => {
      talker.read()
      if (talker.ended()) talkers[n] = settled(room, HOSTED_DIALECTS[n] ?? 'im')
    })
    if (room.hub.members().length !== talkers.length + 2) throw new Error('the members are not who is there')
    if (gopl.ended() || relay.ended()) throw new Error('somebody was closed for what others said')
  }

  fuzz(
    seed,
    LINES / LINES_PER_LOOK,
    (n) => {
      if (n % LOOKS_PER_ROOM === 0) stage = open()
      sent = ''
      for (let line = 0; line < LINES_PER_LOOK; line++) {
        const talker = random.of(stage.talkers)
        // As text, as bytes of another encoding, sometimes without an end, cut anywhere.
        const text = `${mutant(random, CORPUS)}${random.below(20) === 0 ? '' : '\n'}`
        sent += text
        const bytes = Buffer.from(text, random.below(8) === 0 ? 'latin1' : 'utf8')
        const cut = random.below(bytes.length + 1)
        talker.send(bytes.subarray(0, cut))
        if (random.below(3) === 0) stage.room.clock.turn()
        talker.send(bytes.subarray(cut))
      }
      stage.room.clock.turn()
      look()
    },
    () => JSON.stringify(sent)
  )
  expect(said).toBeGreaterThan(LINES / 3)
})

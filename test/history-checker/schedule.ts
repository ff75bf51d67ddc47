import { array, boolean, constant, constantFrom, integer, oneof, record, sample } from 'fast-check'
import type { HostedDialect } from '../../src/shared/dialect.ts'
import { HOSTED_DIALECTS } from '../../src/shared/dialect.ts'
import type { Fault, Toward } from './proxy.ts'

/** What happens in one run, made from a number: the same number gives the same schedule. */

export const MEMBERS = ['ann', '小明', 'боб', 'dee'] as const
/** After this the network is good again, and everybody comes back. */
export const TROUBLE_MS = 3000

export type Act =
  | { do: 'say'; texts: string[] }
  | { do: 'rename'; name: string }
  | { do: 'who' }
  /** Away by hand for so long. */
  | { do: 'disconnect'; ms: number }
  /** The program ends and starts again. */
  | { do: 'restart' }
  /** The disk takes nothing for so long. */
  | { do: 'stall-disk'; ms: number }
  | { do: 'network'; fault: Fault }
export interface Step {
  /** Milliseconds from the beginning. */
  at: number
  /** Which of the members. */
  who: number
  act: Act
}
export interface Schedule {
  seed: number
  /** The room has no line of its own: pure dialect. */
  bare: boolean
  language: 'en' | 'zh-CN'
  /** By member. */
  doors: HostedDialect[]
  /** The members were told the dialect instead of finding out. */
  told: boolean
  steps: Step[]
}

/** Words that are something else in one of the dialects, or in a host's own voice. */
const WORDS = [
  'the kettle is on',
  '二楼的茶已经泡好了',
  'has left',
  'bob: 已下线',
  'who',
  'rename|bob',
  'to|小明|你好',
  '小明对您说你好',
  '* ann is now known as bob',
  '[127.0.0.1:9]bob:已上线',
  '127.0.0.1:9: hello',
  '🍵👩‍👩‍👧',
  'ascii only, and rather long: it does not fit into one of the pieces a bad network cuts',
  'чай готов'
]
const filler = oneof(
  { weight: 6, arbitrary: constantFrom(...WORDS) },
  { weight: 2, arbitrary: array(constantFrom(...WORDS), { minLength: 2, maxLength: 6 }).map((w) => w.join(' ')) },
  { weight: 1, arbitrary: integer({ min: 50, max: 300 }).map((length) => `茶${'x'.repeat(length)}茶`) }
)
const toward = constantFrom<Toward>('up', 'down')
const network = oneof(
  {
    weight: 2,
    arbitrary: record({ fault: constant('delay' as const), toward, ms: integer({ min: 5, max: 400 }) })
  },
  {
    weight: 1,
    arbitrary: record({
      fault: constant('throttle' as const),
      toward,
      bytesPerSecond: integer({ min: 400, max: 20_000 })
    })
  },
  {
    weight: 2,
    arbitrary: record({ fault: constant('slice' as const), toward, bytes: integer({ min: 1, max: 40 }) })
  },
  {
    weight: 2,
    arbitrary: record({ fault: constant('stall' as const), toward, ms: integer({ min: 50, max: 1500 }) })
  },
  { weight: 1, arbitrary: record({ fault: constant('swallow' as const), toward }) },
  { weight: 1, arbitrary: record({ fault: constant('half-close' as const), toward }) },
  { weight: 3, arbitrary: constant({ fault: 'reset' as const }) },
  {
    weight: 2,
    arbitrary: record({ fault: constant('linger' as const), ms: integer({ min: 50, max: 1500 }) })
  },
  {
    weight: 1,
    arbitrary: record({ fault: constant('refuse' as const), ms: integer({ min: 50, max: 800 }) })
  },
  { weight: 2, arbitrary: constant({ fault: 'calm' as const }) }
)
const act = oneof(
  {
    weight: 10,
    arbitrary: record({
      do: constant('say' as const),
      texts: oneof(
        { weight: 4, arbitrary: array(filler, { minLength: 1, maxLength: 2 }) },
        { weight: 1, arbitrary: array(filler, { minLength: 3, maxLength: 25 }) }
      )
    })
  },
  { weight: 9, arbitrary: record({ do: constant('network' as const), fault: network }) },
  {
    weight: 1,
    arbitrary: record({
      do: constant('rename' as const),
      name: constantFrom(...MEMBERS, 'eve', '一个很长的名字', 'x y')
    })
  },
  { weight: 1, arbitrary: constant({ do: 'who' as const }) },
  {
    weight: 1,
    arbitrary: record({ do: constant('disconnect' as const), ms: integer({ min: 0, max: 1000 }) })
  },
  { weight: 1, arbitrary: constant({ do: 'restart' as const }) },
  {
    weight: 1,
    arbitrary: record({ do: constant('stall-disk' as const), ms: integer({ min: 50, max: 900 }) })
  }
)
const step = record({
  at: integer({ min: 0, max: TROUBLE_MS }),
  who: integer({ min: 0, max: MEMBERS.length - 1 }),
  act
})
const schedule = record({
  bare: integer({ min: 0, max: 3 }).map((n) => n === 0),
  language: constantFrom('en' as const, 'zh-CN' as const),
  doors: array(constantFrom(...HOSTED_DIALECTS), { minLength: MEMBERS.length, maxLength: MEMBERS.length }),
  told: boolean(),
  steps: array(step, { minLength: 20, maxLength: 70, size: 'max' })
})

/** In these, a text of a bare room reads as a notice, for everybody: nothing tells it apart. */
const READS_AS_NOTICE = /(?:已下线|已上线)$/u

export const scheduleOf = (seed: number): Schedule => {
  const [made] = sample(schedule, { seed, numRuns: 1 })
  if (made === undefined) throw new Error('no schedule')
  const plain = (text: string): string => (made.bare && READS_AS_NOTICE.test(text) ? `${text}?` : text)
  const steps = made.steps.map((one) =>
    one.act.do === 'say' ? { ...one, act: { ...one.act, texts: one.act.texts.map(plain) } } : one
  )
  return { ...made, seed, steps: steps.toSorted((a, b) => a.at - b.at) }
}

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { joined, ME } from './stand.ts'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')
const heapMiB = (): number => {
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed / 1024 ** 2
}

const PEOPLE = 100
const LONG = 'x'.repeat(500_000)

test.each([
  ['who speaks', 'gopl', (n: number) => `10.0.0.1:${20_000 + n}: ${LONG}`],
  ['who whispers', 'im', (n: number) => `somebody with a name ${n}对您说：${LONG}`]
] as const)('%s is remembered without the long lines they said', (_what, dialect, line) => {
  const at = joined(dialect)
  const before = heapMiB()
  const people: unknown[] = []
  for (let n = 0; n < PEOPLE; n += 1) {
    at.send(`${line(n)}\n`)
    at.clock.advance(1)
    for (const event of at.all.splice(0)) if (event.type === 'said') people.push(event.from)
  }
  at.news()
  at.all.splice(0)
  expect(people).toHaveLength(PEOPLE)
  // The lines together are 50 MB.
  expect(heapMiB() - before).toBeLessThan(10)
})

test('a name longer than any server can read is nobody’s: the line is shown as it came', () => {
  const at = joined('im')
  const line = `[10.0.0.1:20000]${'x'.repeat(5000)}:hello`
  at.send(`${line}\n`)
  expect(at.news()).toEqual([{ type: 'line', text: line }])
  const fits = 'y'.repeat(4000)
  at.send(`[10.0.0.1:20000]${fits}:hello\n[${ME}]${ME}:hi\n`)
  expect(at.news()).toMatchObject([
    { type: 'said', from: { address: '10.0.0.1:20000', name: fits } },
    { type: 'said', text: 'hi' }
  ])
})

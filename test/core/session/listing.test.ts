import { expect, test } from 'vitest'
import { makeListing } from '../../../src/core/session/listing.ts'
import { makeHandClock } from '../../support/clock.ts'

test('a list of any length costs one look at each row', () => {
  const clock = makeHandClock()
  const people = 5000
  let looks = 0
  let listed = 0
  const listing = makeListing({
    clock,
    begun: () => undefined,
    heard: () => undefined,
    selfKnown: () => true,
    halfLine: () => false,
    isSelf: ({ name }) => {
      looks += 1
      return name === `n${people - 1}`
    },
    done: (rows) => {
      listed = rows.length
    }
  })
  listing.ask('us')
  for (let n = 0; n < people; n += 1) listing.row({ address: `127.0.0.1:${n}`, name: `n${n}` })
  expect(looks).toBe(people)
  clock.advance(299)
  expect(listed).toBe(0)
  clock.advance(1)
  expect(listed).toBe(people)
})

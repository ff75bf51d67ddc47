import { expect, test } from 'vitest'
import { findAddressee } from '../../../src/core/switchboard/addressee.ts'

const member = (n: number, name: string | null) => ({ address: `10.0.0.${n}:1`, name })
const members = [
  member(1, 'Anna'),
  member(2, 'Anna Lee'),
  member(3, ''),
  member(4, null),
  member(5, 'Ben'),
  member(6, 'Ben'),
  member(7, 'Carl Lee'),
  member(8, 'Carl Lee Ann')
]

test.each([
  ['Anna', 'hello', '10.0.0.1:1', 'hello'],
  ['Anna', 'Lee hello you', '10.0.0.1:1', 'Lee hello you'],
  ['Carl', 'Lee hello you', '10.0.0.7:1', 'hello you'],
  ['Carl', 'Lee Ann hello', '10.0.0.8:1', 'hello'],
  ['Anna Lee', 'hello', '10.0.0.2:1', 'hello'],
  ['Anna', 'Leeway', '10.0.0.1:1', 'Leeway'],
  ['Ben', 'x', '10.0.0.5:1', 'x'],
  ['10.0.0.4:1', ' kept', '10.0.0.4:1', ' kept']
])('/to %s %s', (to, text, address, rest) => {
  expect(findAddressee(members, to, text)).toMatchObject({ member: { address }, text: rest })
})

test('nobody of that name, and nobody without a name', () => {
  expect(findAddressee(members, 'Carl', 'x')).toBe(null)
  expect(findAddressee(members, '', 'x')).toBe(null)
})

test('nobody takes over an address by calling himself so', () => {
  const liar = { address: '10.0.0.9:1', name: '10.0.0.1:1' }
  expect(findAddressee([liar, ...members], '10.0.0.1:1', 'x')?.member.name).toBe('Anna')
})

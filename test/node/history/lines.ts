import type { History, StoredConversation } from '../../../src/core/history/contract.ts'
import type { Line } from '../../../src/shared/state.ts'

export const room = (id = 'r1', more: Partial<StoredConversation> = {}): StoredConversation => ({
  id,
  room: id.split('/')[0] ?? id,
  title: 'Tea',
  hosted: false,
  with: null,
  unverified: false,
  closed: false,
  readUpTo: 0,
  draft: '',
  ...more
})

const ANNA = { address: '10.0.0.2:2000', name: 'Anna' }
export const saidLine = (history: History, text: string, more: object = {}): Line => ({
  id: history.nextLine(Date.now()),
  at: Date.now(),
  kind: 'said',
  from: ANNA,
  text,
  own: false,
  state: 'delivered',
  failure: null,
  mention: false,
  ...more
})

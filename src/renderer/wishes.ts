import type { Wish } from '../shared/state.ts'
import { openDialog } from './store.ts'

/** Fulfils what comes from outside the page. */
export const fulfil = (wish: Wish): void => {
  if (wish.wish === 'host') openDialog({ dialog: 'host', again: null })
}

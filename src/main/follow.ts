import type { ViewMessage } from '../shared/bridge.ts'
import { type AppEvent, type AppState, applyEvent } from '../shared/state.ts'

/** Lines are for people to read: the shell needs none of them, and copying a long conversation costs. */
const isOfLines = (event: AppEvent): boolean =>
  event.type === 'linesAdded' || event.type === 'linesChanged' || event.type === 'linesRemoved'

/** Follows the app's state like any other view, without the lines; tells after each batch that changed something. */
export const follow = (
  attach: (listener: (message: ViewMessage) => void) => () => void,
  changed: (state: AppState) => void
): (() => void) => {
  let state: AppState | null = null
  return attach((message) => {
    const before = state
    if (message.type === 'snapshot') state = { ...message.state, timelines: {} }
    else if (state) for (const event of message.events) if (!isOfLines(event)) state = applyEvent(state, event)
    if (state && state !== before) changed(state)
  })
}

import { Notification } from 'electron'
import type { Notification as Told } from '../core/switchboard/contract.ts'

/** Systems keep old notifications in a list; more of ours than this help nobody. */
const KEPT = 20

export interface Notifier {
  show(told: Told): void
  /** The person looks at this conversation: what is told about it is old. */
  seen(conversation: string): void
  close(): void
}

/** System notifications: text only. A click shows the conversation. */
export const makeNotifier = (clicked: (conversation: string) => void): Notifier => {
  // Held here: one that is collected as garbage no longer hears its click.
  const shown = new Map<Notification, string>()
  const closeWhere = (match: (conversation: string) => boolean): void => {
    for (const [notification, conversation] of shown)
      if (match(conversation)) {
        shown.delete(notification)
        notification.close()
      }
  }
  return {
    show: ({ title, body, conversation }) => {
      if (!Notification.isSupported()) return
      const notification = new Notification({ title, body })
      shown.set(notification, conversation)
      const [oldest] = shown.keys()
      if (oldest && shown.size > KEPT) {
        shown.delete(oldest)
        oldest.close()
      }
      notification.on('click', () => clicked(conversation))
      notification.on('close', () => shown.delete(notification))
      notification.show()
    },
    seen: (conversation) => closeWhere((one) => one === conversation),
    close: () => closeWhere(() => true)
  }
}

import { PAGE_ORIGIN } from './page-scheme.ts'

/** What of an invoke event tells who asks. */
export interface Sender {
  sender: object
  senderFrame: { origin: string } | null
}

/** Only our window's main frame, and only while it shows our page, may ask for anything. */
export const isOurPage = (event: Sender, window: { mainFrame: object } | null): boolean =>
  window !== null &&
  event.sender === window &&
  event.senderFrame !== null &&
  event.senderFrame === window.mainFrame &&
  event.senderFrame.origin === PAGE_ORIGIN

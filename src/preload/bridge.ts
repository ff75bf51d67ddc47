import { contextBridge, ipcRenderer } from 'electron'
import type { Bridge, ViewMessage } from '../shared/bridge.ts'
import { CHANNELS } from '../shared/bridge.ts'

let feeds = 0
const listeners = new Map<number, (message: ViewMessage) => void>()

ipcRenderer.on(CHANNELS.feed, (_event, { feed, message }: { feed: number; message: ViewMessage }) =>
  listeners.get(feed)?.(message)
)

/** All the page ever sees of the app: three functions over plain data. */
const bridge: Bridge = {
  send: (command) => ipcRenderer.invoke(CHANNELS.send, command),
  ask: (question) => ipcRenderer.invoke(CHANNELS.ask, question),
  attach: (listener) => {
    const feed = ++feeds
    listeners.set(feed, listener)
    void ipcRenderer.invoke(CHANNELS.attach, { feed, on: true })
    return () => {
      if (listeners.delete(feed)) void ipcRenderer.invoke(CHANNELS.attach, { feed, on: false })
    }
  }
}

contextBridge.exposeInMainWorld('teahouse', bridge)

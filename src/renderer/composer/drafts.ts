import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { ConversationId } from '../../shared/state.ts'
import { appNow, conversationOf, send, useApp } from '../store.ts'

/** What stands in the composers of this window. */
interface Drafts {
  /** Only what was typed here; before that counts the draft the app remembers. */
  texts: Readonly<Record<ConversationId, string>>
}
/** A piece of text another part of the window puts into a composer. */
export interface Insertion {
  text: string
  /** At the start, instead of a command that stands there; else at the caret. */
  start: boolean
}

/** The app is told of a draft at most so often while somebody types: what a crash costs is less than a word. */
const KEEP_EVERY_MS = 400
/** Where the app cannot be told now, it is tried again so often: a tab comes back by itself. */
const KEEP_AGAIN_MS = 2000

const drafts = createStore<Drafts>(() => ({ texts: {} }))
const waiting = new Map<ConversationId, ReturnType<typeof setTimeout>>()
/** What the app was told last, which its own word may not follow yet. */
const told = new Map<ConversationId, string>()

const remembered = (conversation: ConversationId): string => {
  const app = appNow()
  return (app && conversationOf(app, conversation)?.draft) ?? ''
}

export const draftNow = (conversation: ConversationId): string =>
  drafts.getState().texts[conversation] ?? remembered(conversation)

/** Tells the app what was typed into a composer since it was told last. What it knows beyond that is its own. */
export const keepDraft = (conversation: ConversationId): void => {
  clearTimeout(waiting.get(conversation))
  if (!waiting.delete(conversation)) return
  const app = appNow()
  const text = draftNow(conversation)
  if (app && conversationOf(app, conversation) && text !== (told.get(conversation) ?? remembered(conversation))) {
    told.set(conversation, text)
    send({ type: 'draft', conversation, text }).catch(() => {
      told.delete(conversation)
      keepIn(conversation, KEEP_AGAIN_MS)
    })
  }
}
const keepIn = (conversation: ConversationId, ms: number): void => {
  if (waiting.has(conversation)) return
  waiting.set(
    conversation,
    setTimeout(() => keepDraft(conversation), ms)
  )
}

export const setDraft = (conversation: ConversationId, text: string): void => {
  drafts.setState((state) => ({ texts: { ...state.texts, [conversation]: text } }))
  keepIn(conversation, KEEP_EVERY_MS)
}

/** The text of a conversation's composer: each conversation has its own. */
export const useDraft = (conversation: ConversationId): string => {
  const typed = useStore(drafts, (state) => state.texts[conversation])
  const known = useApp((state) => conversationOf(state, conversation)?.draft ?? '')
  return typed ?? known
}

const composers = new Map<ConversationId, (insertion: Insertion) => void>()

/** Puts a piece into a composer, if it is on the screen, and the caret behind it. */
export const insertDraft = (conversation: ConversationId, text: string, start = false): void =>
  composers.get(conversation)?.({ text, start })

/** The composer on the screen takes pieces until the returned function is called. */
export const takeInsertions = (conversation: ConversationId, take: (insertion: Insertion) => void): (() => void) => {
  composers.set(conversation, take)
  return () => {
    if (composers.get(conversation) === take) composers.delete(conversation)
  }
}

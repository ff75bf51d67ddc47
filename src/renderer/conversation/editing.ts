import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { LineId } from '../../shared/state.ts'

/** The waiting line that is being changed in place, in this window. Outside the list: rows come and go with scrolling. */
interface Editing {
  line: LineId | null
  text: string
}

const store = createStore<Editing>(() => ({ line: null, text: '' }))

export const startEditing = (line: LineId, text: string): void => store.setState({ line, text })
export const writeEdit = (text: string): void => store.setState({ text })
export const stopEditing = (): void => store.setState({ line: null, text: '' })
export const editingNow = (): Editing => store.getState()

export const useIsEdited = (line: LineId): boolean => useStore(store, (state) => state.line === line)
export const useEdit = (): string => useStore(store, (state) => state.text)

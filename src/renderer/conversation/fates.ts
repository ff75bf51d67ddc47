import type { Line, LineId } from '../../shared/state.ts'
import { indexOfLine } from '../../shared/state.ts'
import { useWords } from '../words.ts'
import type { SaidLine } from './rows.ts'

/** Why an own message was not sent, in words. */
export const useFailure = (): ((line: SaidLine) => string) => {
  const t = useWords('conversation')
  const terms = useWords('terms')
  return ({ failure }) =>
    failure === null || failure.code === 'connection-lost' ? t('line.connectionLost') : terms(`refusal.${failure.code}`)
}

const isOpen = (line: Line): boolean =>
  line.kind === 'said' && line.own && (line.state === 'queued' || line.state === 'written' || line.state === 'waiting')

/** Watches the own messages of one conversation whose fate is open, without looking through all lines at each change. */
export interface Fates {
  /** Own messages that were open when looked at last, and came to nothing or cannot be known. */
  look(lines: readonly Line[]): SaidLine[]
}

export const makeFates = (): Fates => {
  const open = new Set<LineId>()
  let newest = 0
  return {
    look: (lines) => {
      const troubled: SaidLine[] = []
      for (const id of open) {
        const line = lines[indexOfLine(lines, id)]
        const isHere = line?.id === id
        if (isHere && isOpen(line)) continue
        open.delete(id)
        if (isHere && line.kind === 'said' && (line.state === 'failed' || line.state === 'unconfirmed'))
          troubled.push(line)
      }
      for (let index = lines.length - 1; index >= 0; index--) {
        const line = lines[index]
        if (!line || line.id <= newest) break
        if (isOpen(line)) open.add(line.id)
      }
      newest = Math.max(newest, lines.at(-1)?.id ?? 0)
      return troubled
    }
  }
}

import { reasonOf } from '../node/history/reasons.ts'

/** Standard output for what must arrive whole: nothing is left out, whoever reads slowly is waited for. */
export interface Pipe {
  /** Resolves when there is room for more; false: nobody reads any more. */
  write(text: string): Promise<boolean>
  /**
   * Everything has gone to the reader, or the reader is gone: null. Else the system's word, such as ENOSPC, for why the
   * rest could not be written.
   */
  end(): Promise<string | null>
}

/** The reader has what he wanted, as `head` does: no trouble. */
const READER_GONE = 'EPIPE'

export const makePipe = (stream: NodeJS.WriteStream): Pipe => {
  let gone = false
  let trouble: string | null = null
  let wake: (() => void) | null = null
  stream.on('error', (error) => {
    const reason = reasonOf(error)
    if (!gone && reason !== READER_GONE) trouble = reason
    gone = true
    wake?.()
  })
  stream.on('drain', () => wake?.())
  return {
    write: async (text) => {
      if (!gone && !stream.write(text))
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      return !gone
    },
    end: async () => {
      if (!gone)
        await new Promise<void>((resolve) => {
          wake = resolve
          stream.write('', () => resolve())
        })
      return trouble
    }
  }
}

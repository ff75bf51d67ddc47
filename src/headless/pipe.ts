/** Standard output for what must arrive whole: nothing is left out, whoever reads slowly is waited for. */
export interface Pipe {
  /** Resolves when there is room for more; false: nobody reads any more. */
  write(text: string): Promise<boolean>
  /** Everything has gone to the reader, or the reader is gone. */
  end(): Promise<void>
}

export const makePipe = (stream: NodeJS.WriteStream): Pipe => {
  let gone = false
  let wake: (() => void) | null = null
  stream.on('error', () => {
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
    end: () =>
      new Promise((resolve) => {
        if (gone) {
          resolve()
          return
        }
        wake = resolve
        stream.write('', () => resolve())
      })
  }
}

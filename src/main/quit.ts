/** How a question to the person is put. Handed in, so that the rules below need no desktop to be tested. */
export interface LeavingDeps {
  hosting: () => boolean
  /** Asks with the number of people in the hosted rooms; true: go. */
  ask: () => Promise<boolean>
  /** Tells the members, leaves every room, writes the settings. */
  close: () => Promise<void>
  /** Ends the program; nothing is open any more. */
  end: () => void
  failed: (error: unknown) => void
}

export interface Leaving {
  /** The person wants to go: closes at once, or asks first while hosting. A second wish while asking changes nothing. */
  wish(): void
  /** The system ends us (a signal, the end of the session): nobody is asked, everybody is told. */
  now(): void
  /** Everything is closed: windows may go. */
  gone(): boolean
}

/** The one way out of the program. */
export const makeLeaving = (deps: LeavingDeps): Leaving => {
  let state: 'here' | 'asking' | 'closing' | 'gone' = 'here'
  const close = async (): Promise<void> => {
    if (state === 'closing' || state === 'gone') return
    state = 'closing'
    try {
      await deps.close()
    } catch (error) {
      // Whatever failed, the person wants to leave: it is written down and the program ends.
      deps.failed(error)
    }
    state = 'gone'
    deps.end()
  }
  const asking = async (): Promise<void> => {
    state = 'asking'
    let go = false
    try {
      go = await deps.ask()
    } catch (error) {
      deps.failed(error)
    }
    // A signal may have come while the question stood.
    if (state !== 'asking') return
    state = 'here'
    if (go) await close()
  }
  return {
    wish: () => {
      if (state === 'here') void (deps.hosting() ? asking() : close())
    },
    now: () => void close(),
    gone: () => state === 'gone'
  }
}

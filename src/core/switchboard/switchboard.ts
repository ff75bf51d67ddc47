import { makeSession } from '../session/session.ts'
import { makeSwitchboardWith } from './board.ts'
import type { MakeSwitchboard } from './contract.ts'

/** Holds rooms and state, performs commands, feeds attached views. */
export const makeSwitchboard: MakeSwitchboard = makeSwitchboardWith(makeSession)

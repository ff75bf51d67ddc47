import type { SettingsChange } from '../../shared/settings.ts'
import { perform } from '../actions.ts'

/** Applies a change at once; the app answers with the new preferences. */
export const changeSettings = (change: SettingsChange): void => void perform({ type: 'changeSettings', change })

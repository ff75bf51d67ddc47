import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './theme/tokens.css'
import './theme/base.css'
import { App } from './app.tsx'
import { openBridge } from './bridge.ts'
import { attachTo, setCarrier } from './store.ts'
import { fulfil } from './wishes.ts'
import { startWords } from './words.ts'

const start = async (): Promise<void> => {
  const place = document.querySelector('#root')
  if (!place) throw new Error('index.html has no place for the window')
  await startWords()
  attachTo(openBridge(setCarrier), fulfil)
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>
  )
}

void start()

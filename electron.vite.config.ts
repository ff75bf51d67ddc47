import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const here = import.meta.dirname

export default defineConfig({
  main: {
    build: {
      rollupOptions: {
        input: {
          index: resolve(here, 'src/main/index.ts'),
          // The same core without Electron: command line and browser view.
          headless: resolve(here, 'src/headless/index.ts'),
          // A thread of its own: whoever keeps history starts it by its name.
          'history-worker': resolve(here, 'src/node/history/worker.ts'),
          // And one for whoever writes history out.
          'export-worker': resolve(here, 'src/node/export/worker.ts')
        }
      }
    }
  },
  preload: {
    build: {
      rollupOptions: {
        input: { bridge: resolve(here, 'src/preload/bridge.ts') },
        // A sandboxed preload must be one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' }
      }
    }
  },
  renderer: {
    root: resolve(here, 'src/renderer'),
    plugins: [react()],
    build: {
      minify: true,
      // One file on purpose: the page is drawn whole from this machine's disk, so parts that come later would only cost.
      chunkSizeWarningLimit: 900,
      rollupOptions: { input: resolve(here, 'src/renderer/index.html') }
    }
  }
})

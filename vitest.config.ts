import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/e2e/**'],
    // Real sockets and processes: two cores carry two files at a time without starving their timers.
    maxWorkers: 2
  }
})

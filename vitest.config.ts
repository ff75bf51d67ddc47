import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/e2e/**'],
    // Real sockets and processes: two cores carry two files at a time without starving their timers.
    maxWorkers: 2,
    // Every wait has its own, shorter limit and tells what it waited for; this one only ends what hangs.
    testTimeout: 20_000,
    hookTimeout: 20_000
  }
})

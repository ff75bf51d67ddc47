import { defineConfig } from '@playwright/test'
import { host } from './test/e2e/host.ts'

// The specs are the same for both hosts; the report names the one that ran, in front of every test.
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  workers: 2,
  fullyParallel: true,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  // A test takes about a second; this is for a machine that does ten other things.
  timeout: 30_000,
  expect: { timeout: 7_000 },
  reporter: [['list']],
  projects: [{ name: host }],
  use: { trace: 'retain-on-failure', actionTimeout: 7_000 }
})

import { defineConfig } from '@playwright/test'
import { host } from '../../test/e2e/host.ts'

// `npm run screenshot`: takes the pictures of the README from the built app. Not a test of anything.
export default defineConfig({
  testDir: import.meta.dirname,
  testMatch: 'picture.spec.ts',
  workers: 1,
  timeout: 60_000,
  reporter: [['list']],
  projects: [{ name: host }],
  use: { trace: 'off' }
})

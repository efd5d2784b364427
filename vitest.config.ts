// One project for each part; `vitest --project backend` runs one of them. Suites and sums: scripts/test.ts.
import { defineConfig } from 'vitest/config'

const FAKE_BROWSER = 'happy-dom'

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { name: 'contracts', root: 'contracts', include: ['src/**/*.test.ts'] } },
      {
        test: {
          name: 'scripts',
          root: '.',
          include: ['scripts/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { extends: './backend/vitest.config.ts', test: { name: 'backend', root: 'backend' } },
      {
        test: {
          name: 'frontend',
          root: 'frontend',
          include: ['src/**/*.test.{ts,tsx}'],
          environment: FAKE_BROWSER,
        },
      },
    ],
  },
})

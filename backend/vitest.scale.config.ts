/** `make test-scale`: what needs programs that `make test` does without. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/scale/*.scale.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
})

/** `make test-monitoring`: what needs the real Prometheus. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/monitoring/*.prometheus.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
})

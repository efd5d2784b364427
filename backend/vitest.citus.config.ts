/** `make test-citus`: the product's own tests of its main work on a cluster, and what a cluster alone can break. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'test/citus/*.citus.ts',
      'test/row-security.test.ts',
      'test/tenancy.test.ts',
      'test/visibility.test.ts',
      'src/modules/plans/plans.service.test.ts',
      'src/modules/*/*.routes.test.ts',
    ],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    maxWorkers: 1,
  },
})

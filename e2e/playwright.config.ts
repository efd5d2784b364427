import { defineConfig, devices } from '@playwright/test'
import { CHROMIUM_FLAGS } from './support/chromium.ts'
import { settings } from './support/settings.ts'

const SAO_PAULO = { locale: 'pt-BR', timezoneId: 'America/Sao_Paulo' } as const

export default defineConfig({
  testDir: 'flows',
  outputDir: 'results',
  fullyParallel: true,
  workers: 2,
  // A test that passes only at times is a broken test, and is to be mended; it does not hold up a landing, though.
  retries: process.env['CI'] === undefined ? 0 : 1,
  forbidOnly: true,
  // Generous: a loaded machine is slow, and a wait that is not needed costs nothing.
  timeout: 240_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    ...SAO_PAULO,
    baseURL: settings.webUrl,
    // `make test-journey`: the edge of this machine, perhaps with a certificate of its own.
    ignoreHTTPSErrors: settings.webUrl.startsWith('https://localhost'),
    actionTimeout: 20_000,
    navigationTimeout: 45_000,
    contextOptions: { reducedMotion: 'reduce' },
    // Writing down every step of every test took half of all the time. A failure that a retry repeats is written down;
    // `--trace on` does it for the one flow that is looked at.
    trace: 'on-first-retry',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: settings.chromiumPath, args: CHROMIUM_FLAGS },
  },
  projects: [
    {
      name: 'desktop',
      testIgnore: 'phone.spec.ts',
      use: { ...devices['Desktop Chrome'], ...SAO_PAULO, viewport: { width: 1280, height: 800 } },
    },
    {
      name: 'phone',
      testMatch: ['pages.spec.ts', 'phone.spec.ts'],
      use: { ...devices['Pixel 7'], ...SAO_PAULO },
    },
  ],
})

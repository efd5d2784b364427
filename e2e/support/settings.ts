/** Where the product under test answers. `make test-e2e` starts one and sets these. */
function required(name: string): string {
  const value = process.env[name]
  if (value) return value
  throw new Error(
    `${name} is not set. make test-e2e runs these tests against a freshly started product; ` +
      'scripts/browser-stack.ts starts one to write tests against.',
  )
}

export const settings = {
  webUrl: required('E2E_WEB_URL'),
  apiUrl: required('E2E_API_URL'),
  mailUrl: required('E2E_MAIL_URL'),
  whatsappUrl: required('E2E_WHATSAPP_URL'),
  chromiumPath: required('CHROMIUM_PATH'),
  /** A folder that takes what of the web ran (`make test-coverage`); undefined where nobody asks. */
  coverage: process.env['E2E_COVERAGE'],
}

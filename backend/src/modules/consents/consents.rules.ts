import type { Consent } from '@chronos/contracts/privacy'

/**
 * The version of each text that is in force: the day it was published. A new text gets a new day here, and whoever
 * agreed to an older one is asked again.
 */
export const CONSENT_VERSIONS: Readonly<Record<Consent['kind'], string>> = {
  terms: '2026-11-01',
  privacy: '2026-11-01',
  whatsapp_processing: '2026-11-01',
  product_mail: '2026-11-01',
}

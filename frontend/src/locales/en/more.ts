/** Texts of pages that are not in the first load: history, settings, people, operators. */
import audit from './audit.json' with { type: 'json' }

export default {
  audit,
}

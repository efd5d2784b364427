/** Texts of pages that are not in the first load: history, settings, people, operators. */
import audit from './audit.json' with { type: 'json' }
import workspace from './workspace.json' with { type: 'json' }
import members from './members.json' with { type: 'json' }
import exports from './exports.json' with { type: 'json' }
import operator from './operator.json' with { type: 'json' }
import access from './access.json' with { type: 'json' }
import person from './person.json' with { type: 'json' }
import security from './security.json' with { type: 'json' }
import tokens from './tokens.json' with { type: 'json' }
import privacy from './privacy.json' with { type: 'json' }

export default {
  audit,
  workspace,
  members,
  exports,
  operator,
  access,
  person,
  security,
  tokens,
  privacy,
}

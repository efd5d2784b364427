/** Texts of pages that are not in the first load: history, settings, people, operators. */
import audit from './audit.json' with { type: 'json' }
import workspace from './workspace.json' with { type: 'json' }
import members from './members.json' with { type: 'json' }
import exports from './exports.json' with { type: 'json' }
import operator from './operator.json' with { type: 'json' }

export default {
  audit,
  workspace,
  members,
  exports,
  operator,
}

import common from './common.json' with { type: 'json' }
import nav from './nav.json' with { type: 'json' }
import settings from './settings.json' with { type: 'json' }
import session from './session.json' with { type: 'json' }
import errors from './errors.json' with { type: 'json' }
import amount from './amount.json' with { type: 'json' }
import palette from './palette.json' with { type: 'json' }
import dashboard from './dashboard.json' with { type: 'json' }
import accounts from './accounts.json' with { type: 'json' }
import transactions from './transactions.json' with { type: 'json' }
import categories from './categories.json' with { type: 'json' }
import budgets from './budgets.json' with { type: 'json' }
import imports from './import.json' with { type: 'json' }
import whatsapp from './whatsapp.json' with { type: 'json' }

export default {
  common,
  nav,
  settings,
  session,
  errors,
  amount,
  palette,
  dashboard,
  accounts,
  transactions,
  categories,
  budgets,
  import: imports,
  whatsapp,
}

// The WhatsApp simulator of `make dev`: the double of Meta's Graph API with its chat page, pointed at the
// local API. The product's own client talks to it as it would to Meta.
import { startGraphDouble } from '../backend/src/integrations/whatsapp/graph-double.ts'
import { readEnvironment } from './env-file.ts'
import { reachableHost, readPorts } from './settings.ts'

const env = readEnvironment()
const ports = readPorts(env)
const bind = env['BIND'] || '127.0.0.1'

const double = await startGraphDouble({
  host: bind,
  port: ports.whatsapp,
  webhookUrl: `http://${reachableHost(bind)}:${ports.api}/api/v1/webhooks/whatsapp`,
  appSecret: env['WHATSAPP_WEBHOOK_SECRET'] ?? '',
  phoneNumberId: env['WHATSAPP_PHONE_NUMBER_ID'] ?? '',
  token: env['WHATSAPP_API_TOKEN'] ?? '',
  // The chat page reads what it shows; nobody else does.
  statuses: 'delivered',
  statusDelayMs: 150,
  ...(env['WHATSAPP_DISPLAY_NUMBER'] ? { displayPhone: env['WHATSAPP_DISPLAY_NUMBER'] } : {}),
})
console.log(`chat page and Graph API on http://localhost:${ports.whatsapp}`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void double.close().then(() => process.exit(0)))
}

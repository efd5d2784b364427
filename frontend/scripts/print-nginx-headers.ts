// Writes the headers of the web's files as Nginx includes them: `node frontend/scripts/print-nginx-headers.ts [file]`. With
// SENTRY_DSN and ASSET_BASE_URL, as the build of an image has them, pages may send to Sentry and load files from there.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { assetOriginOf } from '../asset-base.ts'
import { nginxSecurityHeaders } from '../security-headers.ts'

const kept = path.join(import.meta.dirname, '../../deploy/nginx/snippets/web-security-headers.conf')
const sentryDsn = process.env['SENTRY_DSN'] || undefined
const assetOrigin = assetOriginOf(process.env['ASSET_BASE_URL'])
writeFileSync(process.argv[2] ?? kept, nginxSecurityHeaders({ sentryDsn, assetOrigin }))

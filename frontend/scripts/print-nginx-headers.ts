// Writes the headers of the web's files as Nginx includes them: `node frontend/scripts/print-nginx-headers.ts [file]`. With
// SENTRY_DSN, as the build of an image has it, pages may send to Sentry.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { nginxSecurityHeaders } from '../security-headers.ts'

const kept = path.join(import.meta.dirname, '../../deploy/nginx/snippets/web-security-headers.conf')
writeFileSync(process.argv[2] ?? kept, nginxSecurityHeaders(process.env['SENTRY_DSN'] || undefined))

// Writes the headers of the web's files as Nginx includes them: `node frontend/scripts/print-nginx-headers.ts`.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { nginxSecurityHeaders } from '../security-headers.ts'

const file = path.join(import.meta.dirname, '../../deploy/nginx/snippets/web-security-headers.conf')
writeFileSync(file, nginxSecurityHeaders())

// Prisma's configuration for Studio alone: which database it shows. See studio.ts.
import { defineConfig } from 'prisma/config'

export default defineConfig({
  schema: '../backend/prisma/schema.prisma',
  datasource: { url: process.env['STUDIO_DATABASE_URL'] ?? '' },
})

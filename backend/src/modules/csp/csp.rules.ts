/** What is kept of a browser's report for the log: where and what, cut short, without the query of any address. */
import { z } from 'zod'

const short = z.string().transform((text) => text.replace(/[?#].*$/s, '').slice(0, 200))
const Legacy = z.object({
  'csp-report': z.object({
    'document-uri': short.optional(),
    'effective-directive': short.optional(),
    'violated-directive': short.optional(),
    'blocked-uri': short.optional(),
    'source-file': short.optional(),
    'line-number': z.number().optional(),
  }),
})
const Reports = z.array(
  z.object({
    type: z.string(),
    body: z.object({
      documentURL: short.optional(),
      effectiveDirective: short.optional(),
      blockedURL: short.optional(),
      sourceFile: short.nullish(),
      lineNumber: z.number().nullish(),
    }),
  }),
)

export interface CspViolation {
  page: string | null
  directive: string | null
  blocked: string | null
  source: string | null
  line: number | null
}

/** A browser sends few at once; whoever sends more is none. */
const MOST = 10

/** @returns null where it is no report */
export function violationsOf(bytes: Buffer): CspViolation[] | null {
  let body: unknown
  try {
    body = JSON.parse(bytes.toString('utf8'))
  } catch {
    return null
  }
  const legacy = Legacy.safeParse(body)
  if (legacy.success) {
    const report = legacy.data['csp-report']
    return [
      {
        page: report['document-uri'] ?? null,
        directive: report['effective-directive'] ?? report['violated-directive'] ?? null,
        blocked: report['blocked-uri'] ?? null,
        source: report['source-file'] ?? null,
        line: report['line-number'] ?? null,
      },
    ]
  }
  const reports = Reports.safeParse(body)
  if (!reports.success) return null
  return reports.data
    .filter(({ type }) => type === 'csp-violation')
    .slice(0, MOST)
    .map((report) => ({
      page: report.body.documentURL ?? null,
      directive: report.body.effectiveDirective ?? null,
      blocked: report.body.blockedURL ?? null,
      source: report.body.sourceFile ?? null,
      line: report.body.lineNumber ?? null,
    }))
}

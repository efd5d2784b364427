// squawk over the migrations that no release has yet: locks that would stop a table in use.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { ROOT } from './env-file.ts'

const SQUAWK = path.join(ROOT, 'node_modules', 'squawk-cli', 'js', 'bin', 'squawk')
/** Each with its reason. */
const LEFT_OUT = {
  'require-concurrent-index-creation': 'impossible inside a transaction',
  'require-timeout-settings': 'the runner waits under its own lock',
  'require-lock-timeout': 'the runner waits under its own lock',
  'require-statement-timeout': 'the runner waits under its own lock',
  'prefer-bigint-over-int': 'versions and counts of a page, which stay small',
  'prefer-bigint-over-smallint': 'months and days',
}

/** @returns what squawk says; empty when all is well */
export function squawk(files: readonly string[]): string {
  if (files.length === 0) return ''
  const options = ['--reporter', 'gcc', '--pg-version', '15.0', '--assume-in-transaction']
  const excluded = Object.keys(LEFT_OUT).flatMap((rule) => ['--exclude', rule])
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [SQUAWK, ...options, ...excluded, ...files],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  )
  return status === 0 ? '' : `${stdout}${stderr}`.trim() || `squawk ended with ${status}`
}

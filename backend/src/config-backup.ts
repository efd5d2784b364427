/** What config.ts reads of backups and of the nightly maintenance: where, when, and under which key. */
import { z } from 'zod'

const optional = z
  .string()
  .trim()
  .optional()
  .transform((value) => (value === '' ? undefined : value))

/** Hour and minute in UTC, of what happens every night. */
function timeOfDay(fallback: string) {
  return z
    .string()
    .trim()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: `is a time of the day in UTC, as ${fallback}` })
    .default(fallback)
}

export const BACKUP_VARIABLES = {
  BACKUP_DIR: z.string().trim().default('.data/backups'),
  BACKUP_KEY: optional,
  BACKUP_RECIPIENTS: optional,
  BACKUP_AT: timeOfDay('03:15'),
  BACKUP_DATA_DIR: optional,
  BACKUP_WAL_DIR: optional,
  BACKUP_S3_ENDPOINT: optional,
  BACKUP_S3_BUCKET: optional,
  BACKUP_S3_REGION: z.string().trim().default('us-east-1'),
  BACKUP_S3_ACCESS_KEY: optional,
  BACKUP_S3_SECRET_KEY: optional,
}

export interface BackupConfig {
  backupUrl: string
  folder: string
  key: string | undefined
  /** Public keys of those who can open backups as well. */
  recipients: string | undefined
  /** Hour and minute of the day in UTC, as 03:15. */
  at: string
  /** The server's data folder and its archived WAL, where base copies are made of them. */
  points: { dataDir: string; walDir: string } | undefined
  /** Where copies go as well; undefined where no bucket is named. */
  s3: { endpoint: string; bucket: string; region: string; accessKey: string; secretKey: string } | undefined
}

const Variables = z.object(BACKUP_VARIABLES)

/** @throws Error for a bucket without its keys */
export function backupOf(env: z.infer<typeof Variables>): Omit<BackupConfig, 'backupUrl'> {
  const { BACKUP_S3_BUCKET: bucket, BACKUP_S3_ACCESS_KEY: accessKey, BACKUP_S3_SECRET_KEY: secretKey } = env
  const endpoint = env.BACKUP_S3_ENDPOINT ?? `https://s3.${env.BACKUP_S3_REGION}.amazonaws.com`
  if (bucket !== undefined && (accessKey === undefined || secretKey === undefined))
    throw new Error('BACKUP_S3_BUCKET needs BACKUP_S3_ACCESS_KEY and BACKUP_S3_SECRET_KEY.')
  return {
    folder: env.BACKUP_DIR,
    key: env.BACKUP_KEY,
    recipients: env.BACKUP_RECIPIENTS,
    at: env.BACKUP_AT,
    points:
      env.BACKUP_DATA_DIR === undefined || env.BACKUP_WAL_DIR === undefined
        ? undefined
        : { dataDir: env.BACKUP_DATA_DIR, walDir: env.BACKUP_WAL_DIR },
    s3:
      bucket === undefined || accessKey === undefined || secretKey === undefined
        ? undefined
        : { endpoint, bucket, region: env.BACKUP_S3_REGION, accessKey, secretKey },
  }
}

/** What the nightly maintenance needs. */
export interface MaintenanceConfig {
  url: string
  /** Hour and minute of the day in UTC, as 02:30. */
  at: string
  /** Touched while the program lives and its last run did not fail. */
  heartbeatFile: string | undefined
}

export const MAINTENANCE_VARIABLES = { MAINTENANCE_AT: timeOfDay('02:30'), HEARTBEAT_FILE: optional }

export function maintenanceOf(
  env: z.infer<z.ZodObject<typeof MAINTENANCE_VARIABLES>>,
): Omit<MaintenanceConfig, 'url'> {
  return { at: env.MAINTENANCE_AT, heartbeatFile: env.HEARTBEAT_FILE }
}

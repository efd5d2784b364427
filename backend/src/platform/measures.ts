/**
 * What this process has done since it started: counts alone, a few nanoseconds each, kept whether anybody asks or not.
 * No label names a workspace or a person, and each takes one of a handful of values.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { QUEUES, type QueueName } from './queues.ts'

/** Of the process, not of one application in it. */
export const processMeasures = new Registry()
const registers = [processMeasures]

const jobs = new Counter({
  name: 'chronos_jobs_total',
  help: 'Jobs by how they ended: done, retried (it comes again), gave_up (it does not)',
  labelNames: ['queue', 'result'],
  registers,
})
const jobWaits = new Histogram({
  name: 'chronos_job_wait_seconds',
  help: 'From when a job could start until it did; whatsapp.inbound is the lag of the webhook',
  labelNames: ['queue'],
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900],
  registers,
})
const jobDurations = new Histogram({
  name: 'chronos_job_duration_seconds',
  help: 'How long a job ran',
  labelNames: ['queue'],
  buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 900],
  registers,
})
const sends = new Counter({
  name: 'chronos_sends_total',
  help: 'What left by channel and result',
  labelNames: ['channel', 'result'],
  registers,
})
const deliveries = new Counter({
  name: 'chronos_webhook_deliveries_total',
  help: 'Deliveries of the WhatsApp webhook: accepted, bad_signature, no_json, refused',
  labelNames: ['result'],
  registers,
})
const brokenChains = new Gauge({
  name: 'chronos_audit_chains_broken',
  help: 'Workspaces whose audit log did not hold when this process last verified them all',
  aggregator: 'max',
  registers,
})
const booked = new Counter({
  name: 'chronos_transactions_booked_total',
  help: 'Transactions that were booked, by where they come from',
  labelNames: ['source'],
  registers,
})
const signIns = new Counter({
  name: 'chronos_sign_ins_total',
  help: 'Sign-ins with a password: accepted, refused',
  labelNames: ['result'],
  registers,
})
const registrations = new Counter({
  name: 'chronos_registrations_total',
  help: 'Persons who registered',
  registers,
})

const JOB_RESULTS = ['done', 'retried', 'gave_up'] as const
const CHANNELS = ['whatsapp', 'mail'] as const
const SEND_RESULTS = ['sent', 'unknown', 'failed', 'later'] as const
const DELIVERY_RESULTS = ['accepted', 'bad_signature', 'no_json', 'refused'] as const
const SOURCES = ['manual', 'transfer', 'whatsapp', 'import'] as const
const SIGN_IN_RESULTS = ['accepted', 'refused'] as const

// A series that begins with its first event shows no increase by it: all begin at 0.
for (const { name } of Object.values(QUEUES))
  for (const result of JOB_RESULTS) jobs.inc({ queue: name, result }, 0)
jobWaits.zero({ queue: QUEUES.whatsappInbound.name })
for (const channel of CHANNELS) for (const result of SEND_RESULTS) sends.inc({ channel, result }, 0)
for (const result of DELIVERY_RESULTS) deliveries.inc({ result }, 0)
for (const source of SOURCES) booked.inc({ source }, 0)
for (const result of SIGN_IN_RESULTS) signIns.inc({ result }, 0)

export interface EndedJob {
  queue: QueueName
  result: (typeof JOB_RESULTS)[number]
  waitedMs: number
  ranMs: number
}

export function countJob({ queue, result, waitedMs, ranMs }: EndedJob): void {
  jobs.inc({ queue, result })
  jobWaits.observe({ queue }, Math.max(0, waitedMs) / 1000)
  jobDurations.observe({ queue }, ranMs / 1000)
}

/** `unknown`: no answer came, and it may have left; `later`: it is tried again. */
export function countSend(channel: (typeof CHANNELS)[number], result: (typeof SEND_RESULTS)[number]): void {
  sends.inc({ channel, result })
}

export function countDelivery(result: (typeof DELIVERY_RESULTS)[number]): void {
  deliveries.inc({ result })
  if (result === 'bad_signature') refusedDeliveries += 1
}

let refusedDeliveries = 0

/** Of this process since it started. */
export function badSignatures(): number {
  return refusedDeliveries
}

export function noteBrokenChains(count: number): void {
  brokenChains.set(count)
}

/** After the commit. A transfer is two transactions. */
export function countBooked(source: (typeof SOURCES)[number], count: number): void {
  if (count > 0) booked.inc({ source }, count)
}

export function countSignIn(result: (typeof SIGN_IN_RESULTS)[number]): void {
  signIns.inc({ result })
}

export function countRegistration(): void {
  registrations.inc()
}

// The commands of the seed, the specification that this product began from, block by block in its order. scripts/docs/run.ts
// types them: `make test-docs ONLY=seed` without a container engine, `make test-compose` in containers.
import { dockerTargets } from './make-targets.ts'

export type Mode = 'embedded' | 'docker'

export interface Block {
  commands: readonly string[]
  /** What has to be so before it; it is typed where it is not. */
  dev?: 'runs' | 'stopped'
  /** Why it is not typed in a mode. */
  exempt?: Partial<Record<Mode, string>>
}

const inBoth = (reason: string): Required<Block>['exempt'] => ({ embedded: reason, docker: reason })

const EMBEDDED_ALONE = 'acts on the embedded database in either mode, and is typed in the other'
const FILES_ALONE = 'looks at files, of which containers change nothing, and is typed in the other mode'
const NEEDS_ENGINE = 'is a command of the container engine, and none answers in this mode'
const NO_BACKUP = 'is refused, since development in containers has no service backup; typed in the other mode'
const PRODUCTION = 'needs values of a real server: make build-prod and prod-up precede make test-deploy'
const LONG = 'takes the minutes of a whole suite, and has a job of its own in the workflow'

export const SEED_BLOCKS: readonly Block[] = [
  { commands: ['git clone <repository-url>', 'cd chronos-financial', 'make install'] },
  { commands: ['make dev'] },
  { commands: ['make setup-docker'], dev: 'runs' },
  { commands: ['cp .env.example .env.production'] },
  { commands: ['make build-prod', 'make prod-up'], exempt: inBoth(PRODUCTION) },
  { commands: ['make db-migrate'], dev: 'runs' },
  { commands: ['make db-migrate-dev'], exempt: { docker: EMBEDDED_ALONE } },
  // It refuses to take a database away from under a running product.
  { commands: ['make db-reset'], dev: 'stopped', exempt: { docker: EMBEDDED_ALONE } },
  { commands: ['make db-seed'], exempt: { docker: EMBEDDED_ALONE } },
  { commands: ['make db-backup'], dev: 'runs', exempt: { docker: NO_BACKUP } },
  { commands: ['make health'], dev: 'runs' },
  { commands: ['make logs', 'make logs-backend', 'make logs-frontend'] },
  { commands: ['make db-studio', 'make shell-postgres', 'make shell-redis'] },
  { commands: ['make restart', 'make stop', 'make clean', 'make clean-all'] },
  {
    commands: ['docker-compose ps postgres', 'docker-compose logs postgres'],
    dev: 'runs',
    exempt: { embedded: NEEDS_ENGINE },
  },
  { commands: ['make shell-postgres'] },
  { commands: ['docker-compose ps redis'], exempt: { embedded: NEEDS_ENGINE } },
  { commands: ['make shell-redis'] },
  { commands: ['make logs-backend', 'make env-check'], dev: 'runs' },
  { commands: ['make lint', 'make format', 'make type-check'], exempt: { docker: FILES_ALONE } },
  {
    commands: ['make security-audit'],
    exempt: inBoth('fails by what became known today, and has the job security of the workflow'),
  },
  {
    commands: ['make test', 'make test-backend', 'make test-frontend', 'make test-e2e', 'make test-coverage'],
    exempt: inBoth(LONG),
  },
]

/** As it is typed in a mode: what knows MODE gets it. */
export function asTyped(command: string, mode: Mode, makefile: string): string {
  const target = targetOf(command)
  const isModed = mode === 'docker' && target !== undefined && dockerTargets(makefile).has(target)
  return isModed ? `${command} MODE=docker` : command
}

export const targetOf = (command: string): string | undefined => /^make ([a-z0-9-]+)$/.exec(command)?.[1]

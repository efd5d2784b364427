/** Kubernetes' and Swarm's files hold to the code, and to each other: roles, secrets, settings, and what hardens them. */
import { randomBytes } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { CONFIG_VARIABLES, readBackupConfig, readConfig } from '../backend/src/config.ts'
import { PROCESS_ROLES } from '../backend/src/process-roles.ts'
import { deploymentSecrets, type SecretFiles } from '../backend/src/deployment-secrets.ts'
import { SECRET_VARIABLES } from '../backend/src/secrets.ts'
import { ROOT } from './env-file.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- manifests are looked into as what they are
type Manifest = any

const KUBERNETES = path.join(ROOT, 'deploy', 'kubernetes')
const read = (file: string): string => readFileSync(file, 'utf8')
const documents = globSync('{base,migrate,overlays/*}/*.yaml', { cwd: KUBERNETES })
  .filter((file) => !file.endsWith('kustomization.yaml'))
  .flatMap((file) =>
    parseAllDocuments(read(path.join(KUBERNETES, file))).map((each): Manifest => ({ file, ...each.toJS() })),
  )
const ofKind = (kind: string): Manifest[] => documents.filter((each) => each.kind === kind)
const nightly: Manifest[] = ofKind('CronJob').map(({ metadata, spec }) => ({
  ...{ metadata, schedule: spec.schedule, timeZone: spec.timeZone, spec: spec.jobTemplate.spec },
}))
const pods: Manifest[] = [...ofKind('Deployment'), ...ofKind('Job'), ...nightly]
const swarm: Manifest = parse(read(path.join(ROOT, 'deploy', 'swarm', 'stack.yml')), { merge: true })

const random = (): string => randomBytes(32).toString('hex')
/** Without one of these production does not start. */
const FULL: Record<string, string> = {
  NODE_ENV: 'production',
  DATABASE_URL: `postgresql://chronos_app:${random()}@db/chronos`,
  DATABASE_CONTROL_URL: `postgresql://chronos_control:${random()}@db/chronos`,
  REDIS_URL: `redis://:${random()}@redis:6379`,
  JWT_SECRET: random(),
  SESSION_SECRET: random(),
  ENCRYPTION_KEY: random(),
}
const READERS = ['app', 'owner', 'backup', 'postgres', 'redis', 'monitoring', 'maintenance', 'logs'] as const
const NOTHING_KEPT = Object.fromEntries(READERS.map((reader) => [reader, {}])) as SecretFiles
const REQUIRED = Object.keys(FULL).filter((name) => {
  try {
    readConfig({ ...FULL, [name]: '' })
    return false
  } catch {
    return true
  }
})

function settings(name = 'settings.env'): Record<string, string> {
  const lines = read(path.join(KUBERNETES, 'base', name))
    .split('\n')
    .filter(Boolean)
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)))
}

it('production starts with what these tests call required', () => {
  expect(() => readConfig(FULL)).not.toThrow()
  expect(REQUIRED).toEqual(
    expect.arrayContaining(['DATABASE_URL', 'REDIS_URL', 'JWT_SECRET', 'ENCRYPTION_KEY']),
  )
})

describe('deploy/kubernetes', () => {
  it('has one deployment for each role, and no role twice', () => {
    const roles = ofKind('Deployment').flatMap(({ spec }) =>
      (spec.template.spec.containers[0].env ?? [])
        .filter(({ name }: Manifest) => name === 'CHRONOS_ROLES')
        .map(({ value }: Manifest) => value),
    )
    expect(roles.toSorted()).toEqual(PROCESS_ROLES.toSorted())
  })

  it('gives each role every secret without which production does not start', () => {
    for (const { metadata, spec } of ofKind('Deployment').filter(
      ({ metadata: { name } }) => name !== 'web',
    )) {
      const { sources } = spec.template.spec.volumes.find(
        ({ name }: Manifest) => name === 'secrets',
      ).projected
      const keys = sources[0].secret.items.map(({ key }: Manifest) => key)
      expect(keys.toSorted(), metadata.name).toEqual(REQUIRED.toSorted())
    }
  })

  it('has no secret in its settings, and nothing that config.ts does not read', () => {
    const names = Object.keys(settings())
    expect(names.filter((name) => (SECRET_VARIABLES as readonly string[]).includes(name))).toEqual([])
    expect(names.filter((name) => !CONFIG_VARIABLES.includes(name) && name !== 'SECRETS_FOLDER')).toEqual([])
    expect(() => readConfig({ ...FULL, ...settings(), SECRETS_FOLDER: '' })).not.toThrow()
  })

  it('runs no pod as root, with a writable root, a capability, a token of the cluster, or without limits', () => {
    for (const { metadata, spec } of pods) {
      const { securityContext, automountServiceAccountToken, containers } = spec.template.spec
      expect(securityContext, metadata.name).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(automountServiceAccountToken, metadata.name).toBe(false)
      for (const container of containers) {
        expect(container.securityContext, metadata.name).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
        expect(container.resources.limits.memory, metadata.name).toBeDefined()
      }
    }
  })

  it('gives whoever has secrets the authorities too, at one place that addresses of all can name', () => {
    const withSecrets = pods.filter(({ spec }) =>
      spec.template.spec.volumes.some(({ name }: Manifest) => name === 'secrets'),
    )
    expect(withSecrets).toHaveLength(PROCESS_ROLES.length + ['migrate', 'maintain', 'backup'].length)
    for (const { metadata, spec } of withSecrets) {
      const { volumes, containers } = spec.template.spec
      expect(volumes, metadata.name).toContainEqual({
        name: 'authorities',
        configMap: { name: 'chronos-authorities', optional: true },
      })
      expect(containers[0].volumeMounts, metadata.name).toContainEqual({
        name: 'authorities',
        mountPath: '/run/chronos/authorities',
        readOnly: true,
      })
    }
  })

  it('vacuums and backs up each night, at the hour of compose, with what is made for that alone', () => {
    const example = parseEnv(read(path.join(ROOT, '.env.example')))
    const wanted = new Map([
      ['maintain', { at: example['MAINTENANCE_AT'], image: 'chronos-backend', reader: 'maintenance' }],
      ['backup', { at: example['BACKUP_AT'], image: 'chronos-backup', reader: 'backup' }],
    ])
    expect(nightly.map(({ metadata }) => metadata.name).toSorted()).toEqual([...wanted.keys()].toSorted())
    for (const { metadata, schedule, timeZone, spec } of nightly) {
      const { at, image, reader } = wanted.get(metadata.name) ?? {}
      const [hour, minute] = (at ?? '').split(':').map(Number)
      expect([schedule, timeZone], metadata.name).toEqual([`${minute} ${hour} * * *`, 'Etc/UTC'])
      const { containers, volumes } = spec.template.spec
      const { env, args, ...container } = containers[0]
      expect(container.image, metadata.name).toBe(image)
      expect(
        args.filter((each: string) => each.endsWith('.ts') && !existsSync(path.join(ROOT, each))),
      ).toEqual([])
      const folder = `/run/chronos/${reader}`
      expect(env, metadata.name).toContainEqual({ name: 'SECRETS_FOLDER', value: folder })
      expect(container.volumeMounts, metadata.name).toContainEqual({
        ...{ name: 'secrets', mountPath: folder, readOnly: true },
      })
      const { secret } = volumes.find(({ name }: Manifest) => name === 'secrets')
      expect(secret.secretName, metadata.name).toBe(`chronos-${reader}`)
      expect(spec.template.metadata.labels['chronos/data'], metadata.name).toBe('true')
    }
  })

  it('keeps backups on a claim that is there, and takes each of their secrets from its file', () => {
    const [{ spec }] = nightly.filter(({ metadata }) => metadata.name === 'backup')
    const { containers, volumes } = spec.template.spec
    const claim = volumes.find(({ name }: Manifest) => name === 'backups').persistentVolumeClaim.claimName
    expect(ofKind('PersistentVolumeClaim').map(({ metadata }) => metadata.name)).toEqual([claim])
    const env = Object.fromEntries(containers[0].env.map(({ name, value }: Manifest) => [name, value]))
    expect(containers[0].volumeMounts).toContainEqual({ name: 'backups', mountPath: env['BACKUP_DIR'] })
    const given = { ...FULL, BACKUP_S3_SECRET_KEY: random(), POSTGRES_PASSWORD: random() }
    const { files } = deploymentSecrets(given, NOTHING_KEPT, random)
    // What the image's example names would stand before the files.
    for (const name of Object.keys(files.backup)) expect(env[name], name).toBe('')
    const names = Object.keys(settings('backup.env'))
    expect(names.filter((name) => !CONFIG_VARIABLES.includes(name))).toEqual([])
    const bucket = { BACKUP_S3_BUCKET: 'copies', BACKUP_S3_ACCESS_KEY: 'key' }
    expect(names).toEqual(expect.arrayContaining(Object.keys(bucket)))
    const config = readBackupConfig({ ...settings('backup.env'), ...bucket, ...env, ...files.backup })
    expect(config).toMatchObject({ folder: env['BACKUP_DIR'], s3: { bucket: 'copies' } })
    expect(Object.keys(settings())).toContain('BACKUP_MAX_AGE_HOURS')
  })

  it('lets the backup out to its bucket, and the maintenance nowhere but to the database', () => {
    const policy = ofKind('NetworkPolicy').find(({ metadata }) => metadata.name === 'to-outside')
    const { values } = policy?.spec.podSelector.matchExpressions[0] ?? {}
    for (const { metadata, spec } of nightly)
      expect(spec.template.metadata.labels['app.kubernetes.io/component']).toBe(metadata.name)
    expect(values).toContain('backup')
    expect(values).not.toContain('maintain')
  })

  it('says in each overlay where every image comes from', () => {
    const used = new Set(pods.map(({ spec }) => spec.template.spec.containers[0].image))
    const overlays = globSync('overlays/*/kustomization.yaml', { cwd: KUBERNETES })
    expect(overlays.length).toBeGreaterThan(1)
    for (const file of overlays) {
      const { images } = parse(read(path.join(KUBERNETES, file))) as { images: { name: string }[] }
      expect(new Set(images.map(({ name }) => name)), file).toEqual(used)
    }
  })

  it('derives addresses of every login that ask for TLS as the one that was given', () => {
    const asks = '?sslmode=verify-full&sslrootcert=/run/chronos/authorities/postgres.pem'
    const { files } = deploymentSecrets(
      { ...FULL, DATABASE_URL: `${FULL['DATABASE_URL']}${asks}`, DATABASE_CONTROL_URL: '' },
      NOTHING_KEPT,
      random,
    )
    const addresses = [files.app, files.owner, files.backup, files.maintenance].flatMap((values) =>
      Object.entries(values).filter(([name]) => name.startsWith('DATABASE_')),
    )
    expect(addresses.length).toBeGreaterThan(8)
    for (const [name, address] of addresses) expect([name, address.endsWith(asks)]).toEqual([name, true])
  })

  it('probes each process where it listens', () => {
    const { API_PORT, WORKER_PORT } = settings()
    const ports: Record<string, string | undefined> = { http: API_PORT, health: WORKER_PORT }
    for (const { metadata, spec } of ofKind('Deployment')) {
      const [container] = spec.template.spec.containers
      const [{ name, containerPort }] = container.ports
      if (metadata.name !== 'web') expect(String(containerPort), metadata.name).toBe(ports[name])
      for (const probe of [container.readinessProbe, container.livenessProbe])
        expect(probe?.httpGet.port, metadata.name).toBe(name)
    }
  })

  it('points services, budgets, autoscalers and the ingress at what there is', () => {
    const names = new Set(ofKind('Deployment').map(({ metadata }) => metadata.name))
    const labels = ofKind('Deployment').map(({ spec }) => JSON.stringify(spec.selector.matchLabels))
    for (const { spec } of ofKind('Service')) expect(labels).toContain(JSON.stringify(spec.selector))
    for (const { spec } of ofKind('PodDisruptionBudget'))
      expect(labels).toContain(JSON.stringify(spec.selector.matchLabels))
    for (const { spec } of ofKind('HorizontalPodAutoscaler'))
      expect(names).toContain(spec.scaleTargetRef.name)
    const services = new Set(ofKind('Service').map(({ metadata }) => metadata.name))
    const behind = ofKind('Ingress').flatMap(({ spec }) =>
      spec.rules[0].http.paths.map((each: Manifest) => each.backend.service.name),
    )
    expect(new Set(behind)).toEqual(services)
    expect(ofKind('PodDisruptionBudget')).toHaveLength(names.size)
  })

  it('lets nobody talk to anybody unless it is said', () => {
    expect(ofKind('NetworkPolicy').find(({ metadata }) => metadata.name === 'default-deny')?.spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    })
  })

  it('names files that exist, in every kustomization', () => {
    const missing = globSync('**/kustomization.yaml', { cwd: KUBERNETES }).flatMap((file) => {
      const folder = path.dirname(path.join(KUBERNETES, file))
      const { resources } = parse(read(path.join(KUBERNETES, file))) as { resources: string[] }
      return resources.filter(
        (each) => globSync([each, `${each}/kustomization.yaml`], { cwd: folder }).length === 0,
      )
    })
    expect(missing).toEqual([])
  })
})

describe('deploy/swarm/stack.yml', () => {
  const services: [string, Manifest][] = Object.entries(swarm.services)
  const withRoles = services.filter(([, { environment }]) => environment?.CHRONOS_ROLES !== undefined)

  it('has one service for each role', () => {
    expect(withRoles.map(([, { environment }]) => environment.CHRONOS_ROLES).toSorted()).toEqual(
      PROCESS_ROLES.toSorted(),
    )
  })

  it('gives each role every secret without which production does not start, and declares every one', () => {
    // REDIS_URL need not carry the password that its own Redis is started with.
    const wanted = [...REQUIRED, 'REDIS_PASSWORD'].toSorted()
    for (const [name, { secrets }] of withRoles) expect(secrets.toSorted(), name).toEqual(wanted)
    const used = new Set(services.flatMap(([, { secrets }]) => secrets ?? []))
    expect(new Set(Object.keys(swarm.secrets))).toEqual(used)
  })

  it('has no short tmpfs, which Swarm does not heed, and a place to write on each read-only file system', () => {
    for (const [name, service] of services) {
      expect(service.tmpfs, name).toBeUndefined()
      expect(service.read_only, name).toBe(true)
      const mounts = (service.volumes as Manifest[]).filter(({ type }) => type === 'tmpfs')
      expect(mounts.length, name).toBeGreaterThan(0)
    }
  })

  it('has no address of Swarm’s in front of what processes hold connections to', () => {
    for (const name of ['postgres', 'redis', 'backend', 'webhook', 'events', 'frontend'])
      expect(swarm.services[name].deploy.endpoint_mode, name).toBe('dnsrr')
  })

  it('encrypts what passes between nodes', () => {
    for (const name of ['data', 'web'])
      expect(swarm.networks[name], name).toEqual({
        ...{ internal: true, driver: 'overlay', driver_opts: { encrypted: 'true' } },
      })
  })

  it('has no secret in an environment, and nothing there that config.ts does not read', () => {
    for (const [, { environment }] of withRoles) {
      const names = Object.keys(environment)
      expect(names.filter((name) => (SECRET_VARIABLES as readonly string[]).includes(name))).toEqual([])
      expect(names.filter((name) => !CONFIG_VARIABLES.includes(name) && name !== 'SECRETS_FOLDER')).toEqual(
        [],
      )
    }
  })

  it('runs the database and its backups as compose does: settings, archived WAL, folders, secrets', () => {
    const compose: Manifest = parse(read(path.join(ROOT, 'docker-compose.prod.yml')), { merge: true })
    const named = ({ volumes }: Manifest): string[] =>
      volumes.filter((each: Manifest) => typeof each === 'string' && !each.startsWith('secrets-')).toSorted()
    for (const name of ['postgres', 'backup'])
      expect(named(swarm.services[name]), name).toEqual(named(compose.services[name]))
    const settings = '-cconfig_file=/etc/postgresql/postgresql.conf'
    for (const { services } of [compose, swarm]) expect(services.postgres.command).toContain(settings)
    const [here, there] = [swarm.services.backup.environment, compose.services.backup.environment]
    for (const name of ['BACKUP_DIR', 'BACKUP_DATA_DIR', 'BACKUP_WAL_DIR'])
      expect(here[name], name).toBe(there[name])
    // What the image's example names would stand before the files.
    for (const name of swarm.services.backup.secrets) expect(here[name], name).toBe('')
    expect(swarm.services.backup.deploy.placement).toEqual(swarm.services.postgres.deploy.placement)
    const { files } = deploymentSecrets({ ...FULL, POSTGRES_PASSWORD: random() }, NOTHING_KEPT, random)
    expect(swarm.services.backup.secrets.toSorted()).toEqual(Object.keys(files.backup).toSorted())
  })

  it('publishes ports of Nginx alone, and keeps root file systems read-only', () => {
    expect(services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(['nginx'])
    expect(
      services
        .filter(([, each]) => each.read_only !== true || each.cap_drop?.[0] !== 'ALL')
        .map(([name]) => name),
    ).toEqual([])
  })

  it('knows the same settings as Kubernetes', () => {
    const here = Object.keys(swarm.services.backend.environment)
    expect(Object.keys(settings()).filter((name) => !here.includes(name))).toEqual([])
  })
})

/** Values for a JSON Schema as our OpenAPI document has them: such as fit, and such as break one part of it. */
import { fc } from '../fast-check.ts'

export type Schema = Readonly<Record<string, unknown>>

export interface World {
  /** Ids of things of one's own, by the name of the property or parameter that takes one. */
  ids: Readonly<Record<string, readonly string[]>>
  /** Ids of somebody else. */
  foreign: readonly string[]
  schemas: Readonly<Record<string, Schema>>
}

/** What no contract takes anywhere. */
export const BROKEN: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  null,
  true,
  '',
  '\u0000',
  'a\u0000b',
  '\uD800',
  '\u202Egnp.exe',
  'x'.repeat(5000),
  '💸'.repeat(200),
  -1,
  0.1,
  1e308,
  2 ** 53,
  -(2 ** 60),
  '2026-02-30',
  '9999999999999999999999',
  "'; drop table app.accounts; --",
  '${7*7}',
  '../../etc/passwd',
  [],
  {},
  [[[[]]]],
  { toString: 1, constructor: { prototype: {} } },
)

const TEXTS = [
  'Mercado',
  'Aluguel de novembro',
  'Ação & Cia',
  'a',
  '日本',
  '=1+1',
  '<b>x</b>',
  'orgulho tranquilo 71',
]
const IS_ID = /[iI]ds?$/

/** A value that fits the schema, as far as a schema can say. */
export function fitting(schema: Schema, world: World, name = ''): fc.Arbitrary<unknown> {
  const resolved = resolve(schema, world)
  const choices = (resolved['anyOf'] ?? resolved['oneOf']) as Schema[] | undefined
  if (choices) return fc.oneof(...choices.map((choice) => fitting(choice, world, name)))
  if (resolved['const'] !== undefined) return fc.constant(resolved['const'])
  const values = resolved['enum'] as unknown[] | undefined
  if (values) return fc.constantFrom(...values)
  const examples = resolved['examples'] as unknown[] | undefined
  switch (resolved['type']) {
    case 'object':
      return objectOf(resolved, world)
    case 'array': {
      const least = Number(resolved['minItems'] ?? 0)
      const items = fitting((resolved['items'] ?? {}) as Schema, world, name)
      return fc.array(items, {
        minLength: least,
        maxLength: Math.min(Number(resolved['maxItems'] ?? 4), least + 3),
      })
    }
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'integer':
    case 'number': {
      const least = Number(resolved['minimum'] ?? Number(resolved['exclusiveMinimum'] ?? -1001) + 1)
      const most = Number(resolved['maximum'] ?? least + 100_000)
      return fc.integer({ min: Math.max(least, -(10 ** 12)), max: Math.min(most, 10 ** 12) })
    }
    case 'string':
      return textOf(resolved, world, name, examples)
    default:
      return examples ? fc.constantFrom(...examples) : BROKEN
  }
}

/** A fitting value of which one part is broken, or that has a part too many. */
export function breaking(schema: Schema, world: World): fc.Arbitrary<unknown> {
  return fc
    .tuple(
      fitting(schema, world),
      BROKEN,
      fc.nat(20),
      fc.constantFrom('replace', 'add', 'remove', 'foreign'),
      fc.nat(),
    )
    .map(([value, broken, which, how, pick]) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return broken
      const keys = Object.keys(value)
      const key = keys[which % Math.max(1, keys.length)] ?? 'unknown'
      const copy: Record<string, unknown> = { ...value }
      if (how === 'add') copy['surplus'] = broken
      else if (how === 'remove') delete copy[key]
      // Where an id belongs and nowhere else: what is stored as somebody's name comes back as their name.
      else
        copy[key] = how === 'foreign' && IS_ID.test(key) ? world.foreign[pick % world.foreign.length] : broken
      return copy
    })
}

function resolve(schema: Schema, world: World): Schema {
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    return resolve(world.schemas[reference.replace('#/components/schemas/', '')] ?? {}, world)
  }
  const all = schema['allOf'] as Schema[] | undefined
  return all
    ? Object.assign({}, ...all.map((part) => resolve(part, world)), without(schema, 'allOf'))
    : schema
}

function without(schema: Schema, key: string): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key))
}

function objectOf(schema: Schema, world: World): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)
  const required = (schema['required'] ?? []) as string[]
  const model = Object.fromEntries(properties.map(([key, part]) => [key, fitting(part, world, key)]))
  return fc.record(model, { requiredKeys: required.filter((key) => key in model) })
}

function textOf(
  schema: Schema,
  world: World,
  name: string,
  examples: unknown[] | undefined,
): fc.Arbitrary<unknown> {
  const own = world.ids[name]
  const isId = schema['format'] === 'uuid' || IS_ID.test(name)
  if (isId) {
    return fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...(own ?? Object.values(world.ids).flat())) },
      { weight: 1, arbitrary: fc.constantFrom(...world.foreign) },
    )
  }
  if (examples) return fc.constantFrom(...examples)
  if (schema['format'] === 'email') return fc.emailAddress({ size: 'small' })
  const pattern = schema['pattern']
  if (typeof pattern === 'string' && pattern.length < 60) return fc.stringMatching(new RegExp(pattern, 'u'))
  const least = Number(schema['minLength'] ?? 0)
  const most = Math.min(Number(schema['maxLength'] ?? 60), 60)
  const texts = TEXTS.filter(({ length }) => length >= least && length <= most)
  const any = fc.string({
    unit: 'grapheme-ascii',
    minLength: Math.max(1, least),
    maxLength: Math.max(most, least),
  })
  return texts.length === 0 ? any : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...texts) }, any)
}

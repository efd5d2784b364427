/** JSON Schemas made from contracts: for the compiled serialiser of answers, and for OpenAPI. */
import { z } from 'zod'

type Schema = Record<string, unknown>

/**
 * The schema that `fast-json-stringify` compiles: everything inline, and `T or null` as a type list, since its
 * `anyOf` validates each value while it writes it.
 */
export function serializerSchema(type: z.ZodType): Schema {
  const schema = z.toJSONSchema(type, { target: 'draft-7', io: 'output', unrepresentable: 'any' }) as Schema
  const definitions = (schema['definitions'] ?? {}) as Record<string, Schema>
  return simplify(schema, definitions)
}

function simplify(schema: Schema, definitions: Record<string, Schema>): Schema {
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    return simplify(definitions[reference.replace('#/definitions/', '')] ?? {}, definitions)
  }
  // A named type that got a description of its own where it is used.
  const all = schema['allOf'] as Schema[] | undefined
  if (all) return Object.assign({}, ...all.map((part) => simplify(part, definitions))) as Schema
  const plain: Schema = {}
  for (const [key, value] of Object.entries(schema)) {
    // Bounds and formats guard what comes in; on the way out they only cost.
    if (
      [
        'definitions',
        '$schema',
        'id',
        'description',
        'examples',
        'default',
        'minimum',
        'maximum',
        'format',
        'pattern',
      ].includes(key)
    )
      continue
    plain[key] = value
  }
  const choices = plain['anyOf'] as Schema[] | undefined
  if (choices) {
    const others = choices
      .map((choice) => simplify(choice, definitions))
      .filter((choice) => choice['type'] !== 'null')
    const [only] = others
    if (others.length === 1 && only && choices.length === 2) return { ...only, nullable: true }
    plain['anyOf'] = choices.map((choice) => simplify(choice, definitions))
  }
  if (isSchema(plain['items'])) plain['items'] = simplify(plain['items'], definitions)
  if (isSchema(plain['additionalProperties']))
    plain['additionalProperties'] = simplify(plain['additionalProperties'], definitions)
  const properties = plain['properties'] as Record<string, Schema> | undefined
  if (properties) {
    plain['properties'] = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, simplify(value, definitions)]),
    )
  }
  if (plain['enum'] !== undefined) return { type: plain['type'] ?? 'string' }
  if (plain['const'] !== undefined) return plain['const'] === true ? { type: 'boolean' } : plain
  return plain
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null
}

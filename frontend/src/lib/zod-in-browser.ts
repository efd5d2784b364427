/**
 * Stands in for zod in the browser's bundle (vite.config.ts). The web takes paths, methods and types from the
 * contracts; the server alone judges values, and zod itself would be a tenth of the first load. Every schema is this
 * one object, whose makers give it back; asking it to judge a value is a mistake of the caller, and thrown as one.
 */
const JUDGES = new Set<string | symbol>(['parse', 'parseAsync', 'safeParse', 'safeParseAsync'])

const schema: object = new Proxy(() => schema, {
  get: (_target, name) => {
    if (JUDGES.has(name)) throw new Error('The browser does not validate with the contracts: the server does')
    return schema
  },
})

export const z = schema

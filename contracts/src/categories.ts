import { z } from 'zod'
import { Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { IdParams, Version } from './ids.ts'
import { page, PageQuery } from './pagination.ts'
import { lineOf } from './text.ts'

export const CategoryKind = z.enum(['expense', 'income'])
export type CategoryKind = z.infer<typeof CategoryKind>

export const Category = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: CategoryKind,
    parentId: z.string().nullable(),
    key: z
      .string()
      .nullable()
      .meta({ description: 'Stable name of a category of the first tree, as food.groceries' }),
    icon: z.string().nullable(),
    color: z.string().nullable(),
    createdAt: Instant,
    updatedAt: Instant,
    version: Version,
  })
  .meta({ id: 'Category' })
export type Category = z.infer<typeof Category>

const Icon = z.string().regex(/^[a-z0-9-]{1,40}$/, { error: 'Lower-case letters, digits and hyphens' })
const Color = z.string().regex(/^([a-z]{3,12}|#[0-9a-fA-F]{6})$/, { error: 'A colour name or #rrggbb' })

export const CategoryCreate = z.strictObject({
  name: lineOf(1, 80),
  kind: CategoryKind.optional().meta({ description: "The parent's kind; expense where there is no parent" }),
  parentId: z.guid().nullish(),
  icon: Icon.nullish(),
  color: Color.nullish(),
})
export type CategoryCreate = z.infer<typeof CategoryCreate>

export const CategoryUpdate = z.strictObject({
  name: lineOf(1, 80).optional(),
  parentId: z.guid().nullish(),
  icon: Icon.nullish(),
  color: Color.nullish(),
})
export type CategoryUpdate = z.infer<typeof CategoryUpdate>

const base = { tag: 'Categories', auth: 'session' } as const

export const createCategory = endpoint({
  ...base,
  id: 'createCategory',
  method: 'POST',
  path: '/categories',
  permission: 'ledger.write',
  summary: 'Add a category',
  body: CategoryCreate,
  status: 201,
  response: Category,
  idempotent: true,
  errors: ['name_taken', 'unknown_reference'],
})

export const listCategories = endpoint({
  ...base,
  id: 'listCategories',
  method: 'GET',
  path: '/categories',
  permission: 'ledger.read',
  summary: 'The tree of categories as a flat list, by name',
  query: z.strictObject({ ...PageQuery, limit: z.coerce.number().int().min(1).max(500).default(500) }),
  status: 200,
  response: page(Category),
})

export const getCategory = endpoint({
  ...base,
  id: 'getCategory',
  method: 'GET',
  path: '/categories/{id}',
  permission: 'ledger.read',
  summary: 'One category',
  params: IdParams,
  status: 200,
  response: Category,
})

export const updateCategory = endpoint({
  ...base,
  id: 'updateCategory',
  method: 'PATCH',
  path: '/categories/{id}',
  permission: 'ledger.write',
  summary: 'Rename or move a category',
  params: IdParams,
  body: CategoryUpdate,
  status: 200,
  response: Category,
  ifMatch: 'required',
  errors: ['name_taken', 'category_cycle', 'unknown_reference'],
})

export const deleteCategory = endpoint({
  ...base,
  id: 'deleteCategory',
  method: 'DELETE',
  path: '/categories/{id}',
  permission: 'ledger.write',
  summary: 'Delete a category that nothing uses',
  params: IdParams,
  status: 204,
  response: null,
  ifMatch: 'optional',
  errors: ['in_use'],
})

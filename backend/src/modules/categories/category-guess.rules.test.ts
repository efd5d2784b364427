import fc from 'fast-check'
import { CategoryCreate } from '@chronos/contracts/categories'
import { describe, expect, it } from 'vitest'
import { guessCategoryKey, keywordsFor } from './category-guess.rules.ts'
import { INCOME_KEYWORDS, KEYWORDS } from './category-keywords.ts'
import { defaultTree, treeCategory, treeLanguage } from './default-tree.ts'

describe('the first tree of categories', () => {
  it('has unique keys, parents before their children and of their kind', () => {
    const seen = new Map<string, string>()
    for (const category of defaultTree) {
      expect(seen.has(category.key)).toBe(false)
      if (category.parentKey !== null) expect(seen.get(category.parentKey)).toBe(category.kind)
      seen.set(category.key, category.kind)
    }
    expect(defaultTree.filter((category) => category.parentKey === null).length).toBeGreaterThanOrEqual(12)
  })

  it.each(['pt', 'en', 'es'] as const)(
    'has in %s names, icons and colours that the API accepts, unique per parent',
    (language) => {
      const names = new Set<string>()
      for (const { names: translated, kind, icon, color, parentKey } of defaultTree) {
        expect(CategoryCreate.parse({ name: translated[language], kind, icon, color }).name).toBe(
          translated[language],
        )
        names.add(`${parentKey} ${translated[language]}`)
      }
      expect(names.size).toBe(defaultTree.length)
    },
  )

  it('falls back to English', () => {
    expect(['pt-BR', 'es-CL', 'en-GB', 'fr'].map(treeLanguage)).toEqual(['pt', 'es', 'en', 'en'])
  })
})

describe('keywords', () => {
  it('belong to existing leaves of the right kind and are in the compared form', () => {
    const tables = [['expense', KEYWORDS] as const, ['income', INCOME_KEYWORDS] as const]
    for (const [kind, table] of tables)
      for (const key of Object.keys(table)) {
        expect(treeCategory(key)?.kind, key).toBe(kind)
        for (const word of keywordsFor(key)) expect(word).toMatch(/^[a-z0-9]+( [a-z0-9]+)*$/)
      }
  })
})

describe('guessing a category', () => {
  it.each([
    ['PGTO SUPERMERCADO EXTRA 1234', -1, 'food.groceries'],
    ['UBER *TRIP HELP.UBER.COM', -1, 'transport.rides'],
    ['Uber Eats pedido 77', -1, 'food.delivery'],
    ['IFOOD *RESTAURANTE', -1, 'food.delivery'],
    ['MERCADOLIVRE*VENDEDOR', -1, 'personal.shopping'],
    ['Mercado Libre compra', -1, 'personal.shopping'],
    ['Conta de luz ENEL', -1, 'bills.electricity'],
    ['Farmácia São João', -1, 'health.pharmacy'],
    ['compras no shopping: presentes', -1, 'personal.gifts'],
    ['FARMACIAS GUADALAJARA', -1, 'health.pharmacy'],
    ['café da manhã na padaria', -1, 'food.restaurants'],
    ['TARIFA PACOTE DE SERVICOS', -1, 'finance.fees'],
    ['IPVA 2026', -1, 'finance.taxes'],
    ['SAQUE 24H', -1, 'other.cash'],
    ['salário', 1, 'income.salary'],
    ['salário da Maria', -1, 'business.staff'],
    ['Aluguel', 1, 'income.rent'],
    ['aluguel', -1, 'housing.rent'],
    ['ESTORNO UBER', 1, 'income.refunds'],
    ['PIX ENVIADO JOAO', -1, null],
    ['', -1, null],
    ['zzz', 0, null],
  ])('%j (%i) -> %s', (text, sign, key) => {
    expect(guessCategoryKey(text, sign)).toBe(key)
  })

  it('answers any text without throwing, with a key of the tree or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer(), (text, amount) => {
        const key = guessCategoryKey(text, amount)
        expect(key === null || treeCategory(key) !== undefined).toBe(true)
      }),
    )
  })
})

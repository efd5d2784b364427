/** Somebody else's household, in Mexico: whoever signs in to the demo must never see a row of it. */
import type { Story } from './story.ts'

export const NEIGHBOURS: Story = {
  seed: 5,
  months: 6,
  accounts: {
    bank: { name: 'Cuenta de nómina', type: 'checking', currency: 'MXN', openingBalanceMinor: 12_300_00 },
    cash: { name: 'Efectivo', type: 'cash', currency: 'MXN', openingBalanceMinor: 900_00 },
  },
  bills: [
    {
      day: 1,
      account: 'bank',
      purpose: 'income.salary',
      payees: ['Grupo Altamira'],
      text: 'Sueldo',
      amount: [24_500_00, 24_500_00],
      income: true,
    },
    {
      day: 3,
      account: 'bank',
      purpose: 'housing.rent',
      payees: ['Inmobiliaria Roma'],
      text: 'Alquiler',
      amount: [9_800_00, 9_800_00],
    },
    {
      day: 9,
      account: 'bank',
      purpose: 'bills.electricity',
      payees: ['CFE'],
      text: 'Luz',
      amount: [420_00, 760_00],
    },
    { day: 11, account: 'bank', purpose: 'bills.internet', payees: ['Telmex'], amount: [549_00, 549_00] },
  ],
  habits: [
    {
      perWeek: 2,
      account: 'bank',
      payees: ['Walmart', 'Soriana', 'Chedraui'],
      amount: [320_00, 1_480_00],
      purpose: 'food.groceries',
    },
    {
      perWeek: 2,
      account: 'cash',
      payees: ['Tacos El Güero'],
      amount: [90_00, 260_00],
      purpose: 'food.restaurants',
      byWhatsapp: true,
    },
    {
      perWeek: 1.5,
      account: 'bank',
      payees: ['Uber', 'DiDi'],
      amount: [62_00, 240_00],
      purpose: 'transport.rides',
    },
  ],
  occasions: [],
  moves: [{ from: 'bank', to: 'cash', day: 2, amount: [2_000_00, 2_000_00], text: 'Retiro' }],
  budgets: [['food', 9_000_00]],
}

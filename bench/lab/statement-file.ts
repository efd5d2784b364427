/** A bank statement as CSV: two years, some two hundred shops, amounts with a comma, as a Brazilian bank prints it. */

const SHOPS = [
  'MERCADO',
  'PADARIA',
  'FARMACIA',
  'POSTO',
  'UBER TRIP',
  'IFOOD',
  'NETFLIX.COM',
  'ALUGUEL',
  'PIX ENVIADO',
  'LIVRARIA',
]

export function statementCsv(rows: number): Uint8Array<ArrayBuffer> {
  const start = Date.UTC(2024, 0, 1)
  const lines = ['Data;Descrição;Valor']
  for (let n = 0; n < rows; n += 1) {
    const [year, month, day] = new Date(start + Math.floor((n * 730) / rows) * 86_400_000)
      .toISOString()
      .slice(0, 10)
      .split('-')
    const minor = n % 11 === 0 ? 150_000 + ((n * 37) % 400_000) : -(((n * 7919) % 90_000) + 100)
    const amount = `${minor < 0 ? '-' : ''}${Math.floor(Math.abs(minor) / 100)},${String(Math.abs(minor) % 100).padStart(2, '0')}`
    const shop = minor > 0 ? 'SALARIO EMPRESA' : SHOPS[n % SHOPS.length]
    lines.push(`${day}/${month}/${year};${shop} ${(n * 31) % 199} compra ${n % 9973};${amount}`)
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`)
}

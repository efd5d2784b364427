/** Every sentence of a reply in Portuguese, English and Spanish: short, warm, and saying what to do next. */
import type { UnknownReason } from './message.rules.ts'
import type { Language } from './vocabulary.rules.ts'

export interface Texts {
  readonly undo: string
  readonly undoTitle: string
  readonly recorded: (count: number) => string
  readonly monthIn: (category: string, amount: string) => string
  readonly noCategory: string
  readonly balance: string
  readonly total: string
  readonly noAccounts: string
  readonly spent: (period: string, category: string | null) => string
  readonly earned: (period: string, category: string | null) => string
  readonly nothingSpent: (period: string, category: string | null) => string
  readonly nothingEarned: (period: string) => string
  readonly week: string
  readonly uncategorised: string
  readonly help: string
  readonly greeting: (name: string) => string
  readonly thanks: string
  readonly notLinked: string
  readonly linked: (name: string, workspace: string) => string
  readonly linkExpired: string
  readonly notAllowed: string
  readonly planOff: string
  readonly planFull: string
  readonly undone: (what: string) => string
  readonly nothingToUndo: string
  readonly otherCurrency: (currency: string) => string
  readonly unsupported: string
  readonly meant: (options: string) => string
  readonly unknown: Readonly<Record<UnknownReason, string>>
}

const PT: Texts = {
  undo: 'Desfeito',
  undoTitle: 'Desfazer',
  recorded: (count) => `✅ ${count} lançamentos:`,
  monthIn: (category, amount) => `Em ${category} neste mês: ${amount}`,
  noCategory: 'sem categoria',
  balance: '💰 Seus saldos',
  total: 'Total',
  noAccounts: 'Você ainda não tem contas. Crie uma no CHRONOS, na página Contas, e me escreva de novo.',
  spent: (period, category) => `📊 Gastos ${period}${category ? ` em ${category}` : ''}`,
  earned: (period, category) => `📊 Receitas ${period}${category ? ` em ${category}` : ''}`,
  nothingSpent: (period, category) => `Nenhum gasto ${period}${category ? ` em ${category}` : ''}. 👌`,
  nothingEarned: (period) => `Nenhuma receita ${period} ainda.`,
  week: 'na semana',
  uncategorised: 'Sem categoria',
  help: `Escreva como falaria com um amigo:
• mercado 52,90
• paguei 1.234,56 no aluguel ontem
• recebi 5000 de salário
• uber 23,50 e almoço 40

E pergunte: saldo, gastos do mês, quanto gastei com mercado.
Errou? Escreva desfazer.`,
  greeting: (name) =>
    `Oi, ${name}! 👋 Me conte um gasto, como "mercado 52,90", ou pergunte "saldo". Para ver tudo: ajuda.`,
  thanks: 'De nada! 😊',
  notLinked:
    'Oi! 👋 Aqui é o CHRONOS. Ainda não sei quem você é: entre na sua conta, abra a página WhatsApp e me envie o código que aparece lá.',
  linked: (name, workspace) =>
    `Pronto, ${name}! 🎉 Esta conversa agora é de ${workspace}. Experimente: padaria 8,50`,
  linkExpired:
    'Esse código não vale mais. Gere outro na página WhatsApp do CHRONOS e me envie em até 15 minutos.',
  notAllowed: 'Seu acesso a este espaço é só de leitura. Peça a quem administra para mudar seu papel.',
  planOff: 'O plano deste espaço não inclui o WhatsApp. Nada foi registrado; fale com quem o administra.',
  planFull:
    'O limite do plano deste espaço para este mês foi atingido. Nada foi registrado; fale com quem o administra.',
  undone: (what) => `↩️ Desfeito: ${what}`,
  nothingToUndo: 'Não há nada para desfazer nesta conversa.',
  otherCurrency: (currency) =>
    `Você não tem conta em ${currency}. Crie uma no CHRONOS, ou escreva o valor na moeda da sua conta.`,
  unsupported: 'Por enquanto só entendo texto. Escreva, por exemplo: mercado 52,90',
  meant: (options) => `O valor ficou ambíguo. Quis dizer ${options}? Escreva de novo, sem ponto de milhar.`,
  unknown: {
    empty: 'Não entendi. Escreva, por exemplo: mercado 52,90',
    no_amount: 'Não achei um valor. Escreva, por exemplo: mercado 52,90 — ou ajuda.',
    several_amounts: 'Vi mais de um valor e não quero errar. Um por linha, por favor:\nmercado 50\nuber 20',
    ambiguous_amount: 'O valor ficou ambíguo. Escreva com vírgula só nos centavos: 1234,00',
    no_description: 'Foi em quê? Escreva, por exemplo: mercado 50',
    zero: 'O valor é zero, então não lancei nada.',
    too_large: 'Esse valor é grande demais para eu lançar. Confira os dígitos, por favor.',
    too_precise: 'Esse valor tem casas decimais demais. Confira, por favor.',
    negative: 'Não precisa de sinal: escreva "mercado 50" para gasto e "recebi 50" para entrada.',
    future_date: 'Essa data ainda não chegou. Me escreva quando acontecer.',
    future: 'Parece algo que ainda vai acontecer: não lancei nada. Me escreva depois de pagar.',
    negated: 'Entendi que isso não aconteceu: não lancei nada.',
    question: 'Ainda não sei responder isso. Pergunte: saldo, gastos do mês, quanto gastei com mercado.',
    transfer:
      'Parece movimento entre suas contas, e contaria duas vezes como gasto: não lancei. Registre em Transferências, no CHRONOS.',
    unclear_currency: 'De que moeda é esse valor? Escreva o código, por exemplo: 50 ARS.',
  },
}

const EN: Texts = {
  undo: 'Undone',
  undoTitle: 'Undo',
  recorded: (count) => `✅ ${count} entries:`,
  monthIn: (category, amount) => `${category} this month: ${amount}`,
  noCategory: 'no category',
  balance: '💰 Your balances',
  total: 'Total',
  noAccounts: 'You have no accounts yet. Create one in CHRONOS, on the Accounts page, and write to me again.',
  spent: (period, category) => `📊 Spending${category ? ` on ${category}` : ''} ${period}`,
  earned: (period, category) => `📊 Income${category ? ` from ${category}` : ''} ${period}`,
  nothingSpent: (period, category) => `Nothing spent${category ? ` on ${category}` : ''} ${period}. 👌`,
  nothingEarned: (period) => `No income ${period} yet.`,
  week: 'in the week',
  uncategorised: 'No category',
  help: `Write as you would to a friend:
• groceries 52.90
• paid 1,234.56 rent yesterday
• received 5000 salary
• uber 23.50 and lunch 40

And ask: balance, spending this month, how much on groceries.
A mistake? Write undo.`,
  greeting: (name) =>
    `Hi, ${name}! 👋 Tell me an expense, like "groceries 52.90", or ask "balance". To see everything: help.`,
  thanks: "You're welcome! 😊",
  notLinked:
    "Hi! 👋 This is CHRONOS. I don't know who you are yet: sign in, open the WhatsApp page and send me the code that it shows.",
  linked: (name, workspace) => `Done, ${name}! 🎉 This chat now belongs to ${workspace}. Try: coffee 8.50`,
  linkExpired:
    'That code is no longer valid. Make a new one on the WhatsApp page of CHRONOS and send it within 15 minutes.',
  notAllowed: 'Your access to this workspace is read-only. Ask whoever runs it to change your role.',
  planOff: 'The plan of this workspace has no WhatsApp. Nothing was recorded; ask whoever runs it.',
  planFull:
    'The plan of this workspace has no room left for this month. Nothing was recorded; ask whoever runs it.',
  undone: (what) => `↩️ Undone: ${what}`,
  nothingToUndo: 'There is nothing to undo in this chat.',
  otherCurrency: (currency) =>
    `You have no account in ${currency}. Create one in CHRONOS, or write the amount in your account's currency.`,
  unsupported: 'I only understand text for now. Write, for example: groceries 52.90',
  meant: (options) =>
    `That amount can be read in two ways. Did you mean ${options}? Write it again without a thousands mark.`,
  unknown: {
    empty: "I didn't get that. Write, for example: groceries 52.90",
    no_amount: "I couldn't find an amount. Write, for example: groceries 52.90, or help.",
    several_amounts:
      "I saw several amounts and don't want to get it wrong. One per line, please:\ngroceries 50\nuber 20",
    ambiguous_amount: 'That amount can be read in two ways. Write it without a thousands mark: 1234.00',
    no_description: 'What was it for? Write, for example: groceries 50',
    zero: 'The amount is zero, so I recorded nothing.',
    too_large: 'That amount is too large for me to record. Please check its digits.',
    too_precise: 'That amount has too many decimals. Please check it.',
    negative: 'No sign needed: write "groceries 50" for money out and "received 50" for money in.',
    future_date: "That day hasn't come yet. Write to me when it has.",
    future: "That sounds like something still to come: I recorded nothing. Write to me once it's paid.",
    negated: "I understood that it didn't happen: I recorded nothing.",
    question: "I can't answer that yet. Ask: balance, spending this month, how much on groceries.",
    transfer:
      'That looks like money between your own accounts, and would count twice as spending: I recorded nothing. Enter it under Transfers in CHRONOS.',
    unclear_currency: 'Which currency is that? Write its code, for example: 50 ARS.',
  },
}

const ES: Texts = {
  undo: 'Deshecho',
  undoTitle: 'Deshacer',
  recorded: (count) => `✅ ${count} movimientos:`,
  monthIn: (category, amount) => `En ${category} este mes: ${amount}`,
  noCategory: 'sin categoría',
  balance: '💰 Tus saldos',
  total: 'Total',
  noAccounts: 'Todavía no tienes cuentas. Crea una en CHRONOS, en la página Cuentas, y escríbeme de nuevo.',
  spent: (period, category) => `📊 Gastos ${period}${category ? ` en ${category}` : ''}`,
  earned: (period, category) => `📊 Ingresos ${period}${category ? ` en ${category}` : ''}`,
  nothingSpent: (period, category) => `Ningún gasto ${period}${category ? ` en ${category}` : ''}. 👌`,
  nothingEarned: (period) => `Ningún ingreso ${period} todavía.`,
  week: 'en la semana',
  uncategorised: 'Sin categoría',
  help: `Escribe como a un amigo:
• súper 52,90
• pagué 350 de luz ayer
• cobré 5000 de sueldo
• taxi 23,50 y almuerzo 40

Y pregunta: saldo, gastos del mes, cuánto gasté en súper.
¿Te equivocaste? Escribe deshacer.`,
  greeting: (name) =>
    `¡Hola, ${name}! 👋 Cuéntame un gasto, como "súper 52,90", o pregunta "saldo". Para ver todo: ayuda.`,
  thanks: '¡De nada! 😊',
  notLinked:
    '¡Hola! 👋 Soy CHRONOS. Todavía no sé quién eres: entra en tu cuenta, abre la página WhatsApp y envíame el código que aparece ahí.',
  linked: (name, workspace) => `¡Listo, ${name}! 🎉 Este chat ahora es de ${workspace}. Prueba: café 8,50`,
  linkExpired:
    'Ese código ya no es válido. Genera otro en la página WhatsApp de CHRONOS y envíamelo en 15 minutos.',
  notAllowed: 'Tu acceso a este espacio es solo de lectura. Pide a quien lo administra que cambie tu rol.',
  planOff: 'El plan de este espacio no incluye WhatsApp. No se registró nada; habla con quien lo administra.',
  planFull:
    'El plan de este espacio no tiene más lugar este mes. No se registró nada; habla con quien lo administra.',
  undone: (what) => `↩️ Deshecho: ${what}`,
  nothingToUndo: 'No hay nada que deshacer en este chat.',
  otherCurrency: (currency) =>
    `No tienes ninguna cuenta en ${currency}. Crea una en CHRONOS, o escribe el monto en la moneda de tu cuenta.`,
  unsupported: 'Por ahora solo entiendo texto. Escribe, por ejemplo: súper 52,90',
  meant: (options) =>
    `El monto se puede leer de dos formas. ¿Quisiste decir ${options}? Escríbelo de nuevo sin separador de miles.`,
  unknown: {
    empty: 'No entendí. Escribe, por ejemplo: súper 52,90',
    no_amount: 'No encontré un monto. Escribe, por ejemplo: súper 52,90, o ayuda.',
    several_amounts: 'Vi varios montos y no quiero equivocarme. Uno por línea, por favor:\nsúper 50\ntaxi 20',
    ambiguous_amount: 'El monto se puede leer de dos formas. Escríbelo sin separador de miles: 1234',
    no_description: '¿En qué fue? Escribe, por ejemplo: súper 50',
    zero: 'El monto es cero, así que no anoté nada.',
    too_large: 'Ese monto es demasiado grande para anotarlo. Revisa los dígitos, por favor.',
    too_precise: 'Ese monto tiene demasiados decimales. Revísalo, por favor.',
    negative: 'No hace falta signo: escribe "súper 50" para un gasto y "cobré 50" para un ingreso.',
    future_date: 'Ese día todavía no llegó. Escríbeme cuando pase.',
    future: 'Parece algo que todavía no pasó: no anoté nada. Escríbeme cuando lo pagues.',
    negated: 'Entendí que eso no pasó: no anoté nada.',
    question: 'Todavía no sé responder eso. Pregunta: saldo, gastos del mes, cuánto gasté en súper.',
    transfer:
      'Parece un movimiento entre tus cuentas, y contaría dos veces como gasto: no lo anoté. Regístralo en Transferencias, en CHRONOS.',
    unclear_currency: '¿De qué moneda es ese monto? Escribe el código, por ejemplo: 50 ARS.',
  },
}

export const TEXTS: Readonly<Record<Language, Texts>> = { pt: PT, en: EN, es: ES }

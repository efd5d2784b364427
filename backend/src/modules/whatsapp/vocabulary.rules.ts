/** The words that rules look for, folded (lower case, no accents), in Portuguese, English and Spanish. */
export type Language = 'pt' | 'en' | 'es'

export function languageOf(locale: string): Language {
  const language = locale.slice(0, 2).toLowerCase()
  return language === 'pt' || language === 'es' ? language : 'en'
}

export function wordSet(...lists: string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(/\s+/)).filter((word) => word !== ''))
}

/** Verbs of money out. They are no part of a description. */
export const EXPENSE_VERBS = wordSet(
  `paguei pagamos pago pagou paga pagado pagando gastei gastamos gastou gasto gastando comprei compramos comprou comprando custou
   custaram saiu ficou deu torrei coloquei botei assinei doei quitei debitou debitaram cobraram contratei pedi pague gaste compre
   costo costaron salio cargue cargamos eche puse abone done saco cobro cobraron debitaron
   paid spent bought cost costs paying spending buying purchased gave donated ordered charged grabbed payed`,
)
/** The same as nouns: money out, but kept in the description. */
export const EXPENSE_NOUNS = wordSet('compra compras despesa gasto purchase expense pagamento')

/** Verbs of money in. */
export const INCOME_VERBS = wordSet(
  `recebi recebido recebida recebidos recebemos recebeu recebendo ganhei ganhamos ganhou entrou entraram caiu cairam depositaram transferiram vendi vendemos vendeu
   faturei faturamos devolveram reembolsaram pingou rendeu renderam
   cobre cobramos cobrado cobrada recibi recibido recibimos gane ganamos vendimos vendio ingreso ingresaron entro entraron
   facture devolvieron reembolsaron acreditaron rindio depositaron transfirieron
   received earned sold refunded receiving reimbursed`,
)
/** These decide even beside a verb of money out: "pago recebido". */
export const RECEIVED = wordSet(
  'recebi recebido recebida recebemos recebeu recibi recibido recibimos received refunded reimbursed',
)

/** With "me" before them these are money in: "me pagaram", "me dieron". */
export const PAID_BY_OTHERS = wordSet(
  `pagaram pagou pagaron pago pagaran deram deu dieron dio transferiram transferiu transfirieron transfirio mandaram mandou mandaron
   mando depositaram depositou depositaron deposito devolveu devolvio enviaron enviou envio
   prestaron presto emprestaram emprestou paid sent gave lent`,
)

export const INCOME_NOUNS = wordSet(
  `salario decimo freela freelance freelancer venda vendas rendimento rendimentos reembolso estorno aposentadoria bonus dividendo dividendos
   cashback restituicao decimo-terceiro proventos comissao bico holerite adiantamento
   sueldo nomina aguinaldo quincena venta ventas reintegro jubilacion dividendos honorarios comision ingresos
   salary paycheck refund dividend dividends payday income wages wage sale sales commission reimbursement`,
)

/** After an income noun these make it somebody else's: the salary of the cleaner is an expense. */
export const STAFF = wordSet(
  `diarista faxineira funcionario funcionaria empregada baba caseiro jardineiro funcionarios empleada empleado ninera
   jardinero empleados nanny maid employee employees cleaner staff cozinheira motorista estagiario equipe`,
)

/** Between one's own accounts, or unclear: asked, never recorded, since an expense would be counted twice. */
export const TRANSFER_WORDS = wordSet(
  `saque saques retiro withdrawal extraccion transferi transferir transferencia transferimos transfere depositei guardei poupei apliquei investi aplicacao resgatei saquei
   transferencias transferiu transfirio transferido deposite ahorre inverti retire transfiero transfer transferred transfers saved invested deposited
   withdrew moved`,
)

/** Not yet, or only thought of: nothing has been paid. */
export const FUTURE_WORDS = wordSet(
  `vou vamos irei preciso precisamos devo devemos quero queria queremos pretendo pretendemos amanha deve deveria lembra lembrar lembre
   lembrete agendar orcamento planejo poderia pagarei comprarei pagaria compraria gastaria receberei
   voy quiero quisiera necesito debo debemos debe tendria pagare recuerda recordar recuerdame recordame presupuesto planeo recibire
   cobrare will gonna should need needs want wants wanna must tomorrow remind reminder schedule budget owe owes planning would`,
)
/** An order or a plan where the message begins with them: "pagar luz 300". */
export const FUTURE_STARTS = wordSet('pagar comprar receber cobrar gastar recibir pay buy spend')

export const QUESTION_WORDS = wordSet(
  `quanto quanta quantos quantas qual quais posso podemos consigo porque por-que quando onde cuanto cuanta cuantos cuantas cual cuales
   puedo podemos cuando donde how what which can could when where why is are does`,
)

export const GREETINGS = wordSet(
  `oi oie oii oiii ola opa eae eai salve alo hola holi buenas buenos buen saludos hi hello hey heya yo hiya morning afternoon evening
   bom boa dia tarde noite dias tardes noches good que tal tudo bem beleza blz como vai voce esta estas bien are you how there chronos
   bot amigo e ai a todos galera pessoal the what s up all`,
)
export const GREETING_STARTS = wordSet(
  `oi oie oii oiii ola opa eae eai salve alo hola holi buenas buenos buen saludos hi hello hey heya hiya good bom boa`,
)
export const THANKS = wordSet(
  `obg brigadao gratidao obrigado obrigada valeu vlw brigado brigada gracias muchas thanks thank thx ty show perfeito perfecto perfect great muito you so much
   mil de nada blz beleza ok okay certo joia legal dale genial bien bueno listo nice cool top tks amigo chronos bot a ah por tudo`,
)
export const THANKS_STARTS = wordSet(
  `obg brigadao gratidao obrigado obrigada valeu vlw brigado brigada gracias thanks thank thx ty muito muchas mil show perfeito perfecto perfect great ok okay
   certo joia legal dale genial listo nice cool top tks beleza blz`,
)

/** Left off both ends of a description. */
export const FILLERS = wordSet(
  `de do da dos das no na nos nas em com por pra pro para pras pros pelo pela o a os as um uma e ao aos eu me meu minha meus minhas
   que foi fui la hoje so mais ja ai tambem num numa neste nesta nesse nessa gente nois
   el la lo los las en con al del un una unos y yo mi mis fue fueron se le que ya por es
   the an on at for in of to my i we our and it was is were some with from as us just also about`,
)
export const PLAIN_MARKS = wordSet(`, . ; : - – — + / | ( ) ! ? = * " ' “ ” _ ~ > < [ ] { } \\`)

/** Between two things bought. */
export const SEPARATORS = wordSet(`, ; + e y and mais mas plus | & tambem tambien also`)

/** A price follows. */
export const PRICE_CUES = wordSet(
  'por total totalizando = deu ficou custou saiu for costo salio cost costs valor totaling',
)

export const LANGUAGE_MARKERS: Readonly<Record<Language, ReadonlySet<string>>> = {
  pt: wordSet(
    `paguei gastei comprei recebi ganhei vendi no na nos nas do da dos das em com uma um e ontem hoje anteontem reais conto contos pila
     aluguel mercado padaria farmacia salario eu minha meu pra pro cartao dinheiro foi deu mil reais dia`,
  ),
  es: wordSet(
    `pague gaste compre recibi cobre gane vendi el la los las en con una un y ayer hoy anteayer pesos lucas alquiler renta super sueldo
     yo mi del al tarjeta efectivo fue costo mil dia`,
  ),
  en: wordSet(
    `paid spent bought received earned sold the on at for in of with my from yesterday today dollars bucks rent groceries and cash card
     last ago salary was cost got a`,
  ),
}

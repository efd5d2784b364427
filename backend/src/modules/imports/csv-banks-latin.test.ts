/** Layouts of Brazilian and Latin American banks, cards and wallets: each is read without being asked how. */
import { describe, expect, it } from 'vitest'
import { readLayout } from './bank-layout.fixture.ts'
import type { Layout } from './bank-layout.fixture.ts'

const BRAZIL: Layout[] = [
  {
    name: 'Nubank account',
    text: `Data,Valor,Identificador,Descrição
02/01/2026,-52.90,65930b2c-aaaa-4000-8000-000000000001,Compra no débito - PADARIA DO ZE
02/01/2026,1500.00,65930b2c-aaaa-4000-8000-000000000002,Transferência recebida pelo Pix - MARIA
03/01/2026,-300.00,65930b2c-aaaa-4000-8000-000000000003,Pagamento de fatura
`,
    rows: [
      '2026-01-02 -5290 Compra no débito - PADARIA DO ZE',
      '2026-01-02 150000 Transferência recebida pelo Pix - MARIA',
      '2026-01-03 -30000 Pagamento de fatura',
    ],
  },
  {
    name: 'Nubank card',
    text: `date,title,amount
2026-01-05,Mercado Bom,210.35
2026-01-06,Uber *Trip,18.9
2026-01-07,Pagamento recebido,-900
`,
    rows: [
      '2026-01-05 -21035 Mercado Bom',
      '2026-01-06 -1890 Uber *Trip',
      '2026-01-07 90000 Pagamento recebido',
    ],
  },
  {
    name: 'Nubank card with charges only',
    text: 'date,category,title,amount\n2026-01-05,outros,Loja,10.00\n2026-01-06,outros,Loja 2,20.00\n2026-01-07,casa,Loja 3,5.55\n',
    rows: ['2026-01-05 -1000 Loja', '2026-01-06 -2000 Loja 2', '2026-01-07 -555 Loja 3'],
  },
  {
    name: 'Inter account, preamble and balance',
    text: ` Extrato Conta Corrente
Conta ;123456789
Período ;01/01/2026 a 31/01/2026
Saldo ;1.234,56

Data Lançamento;Histórico;Descrição;Valor;Saldo
05/01/2026;Pix enviado ;Fulano De Tal;-120,50;1.114,06
06/01/2026;Pix recebido;Beltrana;2.000,00;3.114,06
`,
    rows: ['2026-01-05 -12050 Pix enviado Fulano De Tal', '2026-01-06 200000 Pix recebido Beltrana'],
  },
  {
    name: 'Inter card',
    text: `"Data","Lançamento","Categoria","Tipo","Valor"
"05/01/2026","PADARIA REAL","RESTAURANTES","Compra à vista","R$ 12,34"
"06/01/2026","LOJA GRANDE","COMPRAS","Parcela 1/3","R$ 1.100,00"
"10/01/2026","PAGAMENTO ON LINE","OUTROS","Pagamento","-R$ 500,00"
`,
    rows: [
      '2026-01-05 -1234 PADARIA REAL',
      '2026-01-06 -110000 LOJA GRANDE',
      '2026-01-10 50000 PAGAMENTO ON LINE',
    ],
    currency: 'BRL',
  },
  {
    name: 'C6 account',
    text: `EXTRATO DE CONTA CORRENTE C6 BANK

Agência: 1 / Conta: 1234567
Extrato gerado em 01/02/2026 - as 10:00:00

Data Lançamento,Data Contábil,Título,Descrição,Entrada(R$),Saída(R$),Saldo do Dia(R$)
02/01/2026,02/01/2026,TRANSF ENVIADA PIX,Pix enviado para Joana,0.00,80.00,920.00
03/01/2026,05/01/2026,RECEBIMENTO SALARIO,Empresa X,3500.00,0.00,4420.00
`,
    rows: [
      '2026-01-02 -8000 TRANSF ENVIADA PIX Pix enviado para Joana',
      '2026-01-03 350000 RECEBIMENTO SALARIO Empresa X',
    ],
    currency: 'BRL',
  },
  {
    name: 'C6 card in three currencies of columns',
    text: `Data de Compra;Nome no Cartão;Final do Cartão;Categoria;Descrição;Parcela;Valor (em US$);Cotação (em R$);Valor (em R$)
01/12/2025;FULANO;1234;Supermercados;MERCADO A;Única;0;0;45,90
02/12/2025;FULANO;1234;Serviços;APP STORE;Única;9,99;5,40;53,95
05/12/2025;FULANO;1234;-;Inclusao de Pagamento;Única;0;0;-1.200,00
`,
    rows: [
      '2025-12-01 -4590 MERCADO A',
      '2025-12-02 -5395 APP STORE',
      '2025-12-05 120000 Inclusao de Pagamento',
    ],
    currency: 'BRL',
  },
  {
    name: 'Bradesco, credit and debit columns, opening balance, total and a second table',
    text: `Extrato de: Ag: 123 | Conta: 45678-9;
Data;Histórico;Docto.;Crédito (R$);Débito (R$);Saldo (R$);
31/12/2025;SALDO ANTERIOR;;;;1.000,00;
02/01/2026;TRANSFERENCIA PIX;0012345;;-100,00;900,00;
05/01/2026;TED RECEBIDA;0012346;2.500,50;;3.400,50;
;Total;;2.500,50;-100,00;3.400,50;
Saldos Invest Fácil;
Data;Histórico;Valor (R$);
05/01/2026;SALDO INVEST FACIL;10,00;
`,
    rows: ['2026-01-02 -10000 TRANSFERENCIA PIX', '2026-01-05 250050 TED RECEBIDA'],
  },
  {
    name: 'Banco do Brasil with balance lines and impossible zero dates',
    text: `"Data","Lançamento","Detalhes","N° documento","Valor","Tipo Lançamento"
"31/12/2025","Saldo Anterior","","","1.000,00",""
"02/01/2026","Pix - Enviado","02/01 10:00 JOAO","10201","-50,00","Saída"
"05/01/2026","Pix - Recebido","05/01 PEDRO","10501","75,25","Entrada"
"00/00/0000","Saldo do dia","","","1.025,25",""
"31/01/2026","S A L D O","","","1.025,25",""
`,
    rows: ['2026-01-02 -5000 Pix - Enviado 02/01 10:00 JOAO', '2026-01-05 7525 Pix - Recebido 05/01 PEDRO'],
  },
  {
    name: 'Caixa, compact dates and a D/C column',
    text: `"Conta";"Data_Mov";"Nr_Doc";"Historico";"Valor";"Deb_Cred"
"0123001000123456";"20260102";"000001";"COMPRA ELO";"1234.56";"D"
"0123001000123456";"20260105";"000002";"CRED PIX";"200.00";"C"
`,
    rows: ['2026-01-02 -123456 COMPRA ELO', '2026-01-05 20000 CRED PIX'],
    account: '0123001000123456',
  },
  {
    name: 'Itaú, no heading at all',
    text: '02/01/2026;PIX TRANSF MARIA02/01;-50,00\n05/01/2026;SALARIO ACME;3.210,00\n',
    rows: ['2026-01-02 -5000 PIX TRANSF MARIA02/01', '2026-01-05 321000 SALARIO ACME'],
  },
  {
    name: 'Itaú card',
    text: 'data,lançamento,valor\n2026-01-02,LOJA UM,35.00\n2026-01-03,LOJA DOIS,12.5\n2026-01-09,PAGAMENTO EFETUADO,-800.00\n',
    rows: ['2026-01-02 -3500 LOJA UM', '2026-01-03 -1250 LOJA DOIS', '2026-01-09 80000 PAGAMENTO EFETUADO'],
  },
  {
    name: 'XP card',
    text: `Data;Estabelecimento;Portador;Valor;Parcela
02/01/2026;LOJA TAL;FULANO;R$ 99,90;-
03/01/2026;OUTRA LOJA;FULANO;R$ 1.250,00;1 de 5
10/01/2026;Pagamentos Validos Normais;FULANO;R$ -2.000,00;-
`,
    rows: [
      '2026-01-02 -9990 LOJA TAL',
      '2026-01-03 -125000 OUTRA LOJA',
      '2026-01-10 200000 Pagamentos Validos Normais',
    ],
    currency: 'BRL',
  },
  {
    name: 'Mercado Pago, a small table of totals above',
    text: `INITIAL_BALANCE;CREDITS;DEBITS;FINAL_BALANCE
1.000,00;500,00;-100,00;1.400,00

RELEASE_DATE;TRANSACTION_TYPE;REFERENCE_ID;TRANSACTION_NET_AMOUNT;PARTIAL_BALANCE
02-01-2026;Pix enviado;123456789012;-100,00;900,00
05-01-2026;Pagamento recebido;123456789013;500,00;1.400,00
`,
    rows: ['2026-01-02 -10000 Pix enviado', '2026-01-05 50000 Pagamento recebido'],
  },
  {
    name: 'Sicredi',
    text: `Associado: FULANO
Conta: 12345-6

Data;Descrição;Documento;Valor (R$);Saldo (R$)
02/01/2026;PAGAMENTO PIX;PIX_DEB;-45,00;955,00
03/01/2026;RECEBIMENTO PIX;PIX_CRED;145,00;1.100,00
`,
    rows: ['2026-01-02 -4500 PAGAMENTO PIX', '2026-01-03 14500 RECEBIMENTO PIX'],
    currency: 'BRL',
  },
]

const LATIN_AMERICA: Layout[] = [
  {
    name: 'BBVA México, cargo and abono',
    text: 'Fecha,Descripción,Cargo,Abono,Saldo\n02/01/2026,OXXO CENTRO,"1,250.50",,"8,749.50"\n03/01/2026,NOMINA,,"15,000.00","23,749.50"\n',
    rows: ['2026-01-02 -125050 OXXO CENTRO', '2026-01-03 1500000 NOMINA'],
    options: { currency: 'MXN' },
  },
  {
    name: 'Banorte, dollar signs and dashes for nothing',
    text: `Cuenta,Fecha De Operación,Fecha,Referencia,Descripción,Cod. Transac,Sucursal,Depósitos,Retiros,Saldo,Movimiento,Descripción Detallada
'0123456789,02/01/2026,02/01/2026,0000000001,COMPRA TIENDA,001,0001,-,"$1,234.56","$8,765.44",1,COMPRA TIENDA SUC 1
'0123456789,05/01/2026,05/01/2026,0000000002,DEPOSITO,002,0001,"$500.00",-,"$9,265.44",2,DEPOSITO EN EFECTIVO
`,
    rows: [
      '2026-01-02 -123456 COMPRA TIENDA COMPRA TIENDA SUC 1',
      '2026-01-05 50000 DEPOSITO DEPOSITO EN EFECTIVO',
    ],
    options: { currency: 'MXN' },
  },
  {
    name: 'Galicia, débitos and créditos',
    text: `Fecha;Descripción;Origen;Débitos;Créditos;Grupo de Conceptos;Concepto;Saldo
02/01/2026;COMPRA DEBITO;SUPER;1.500,75;0,00;Compras;;98.499,25
03/01/2026;TRANSFERENCIA;BANCO;0,00;50.000,00;Transf;;148.499,25
`,
    rows: ['2026-01-02 -150075 COMPRA DEBITO', '2026-01-03 5000000 TRANSFERENCIA'],
    options: { currency: 'ARS' },
  },
  {
    name: 'a Chilean account without decimals',
    text: 'Fecha;Detalle;Cargo ($);Abono ($);Saldo ($)\n02-01-2026;COMPRA LIDER;$15.990;;$484.010\n05-01-2026;REMUNERACION;;$1.200.000;$1.684.010\n',
    rows: ['2026-01-02 -15990 COMPRA LIDER', '2026-01-05 1200000 REMUNERACION'],
    options: { currency: 'CLP' },
  },
  {
    name: 'Bancolombia, thousands with commas',
    text: 'FECHA\tDESCRIPCIÓN\tSUCURSAL\tDCTO.\tVALOR\tSALDO\n2026/01/02\tCOMPRA EXITO\tMEDELLIN\t\t-150,000.00\t1,850,000.00\n2026/01/05\tPAGO NOMINA\tBOGOTA\t\t3,000,000.00\t4,850,000.00\n',
    rows: ['2026-01-02 -15000000 COMPRA EXITO', '2026-01-05 300000000 PAGO NOMINA'],
    options: { currency: 'COP' },
  },
  {
    name: 'a Peruvian account',
    text: 'Fecha,Fecha valuta,Descripción operación,Monto,Saldo,Sucursal - agencia\n15/01/2026,15/01/2026,PAGO YAPE,-25.50,974.50,111-023\n16/01/2026,16/01/2026,ABONO TRANSF,100.00,"1,074.50",111-023\n',
    rows: ['2026-01-15 -2550 PAGO YAPE', '2026-01-16 10000 ABONO TRANSF'],
    options: { currency: 'PEN' },
  },
]

describe('CSV of Brazilian banks', () => {
  it.each(BRAZIL)('reads $name', async (layout) => {
    const { actual, expected } = await readLayout(layout)
    expect(actual).toEqual(expected)
  })
})

describe('CSV of Latin American banks', () => {
  it.each(LATIN_AMERICA)('reads $name', async (layout) => {
    const { actual, expected } = await readLayout(layout)
    expect(actual).toEqual(expected)
  })
})

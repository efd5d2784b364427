/** Layouts of English-speaking and European banks, cards and wallets: each is read without being asked how. */
import { describe, expect, it } from 'vitest'
import { readLayout } from './bank-layout.fixture.ts'
import type { Layout } from './bank-layout.fixture.ts'

const ENGLISH: Layout[] = [
  {
    name: 'Chase checking, American dates, trailing comma',
    text: `Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #
DEBIT,01/15/2026,"COFFEE SHOP",-4.75,DEBIT_CARD,995.25,,
CREDIT,01/14/2026,"PAYROLL",1000.00,ACH_CREDIT,1000.00,,
`,
    rows: ['2026-01-15 -475 DEBIT COFFEE SHOP', '2026-01-14 100000 CREDIT PAYROLL'],
    options: { currency: 'USD' },
  },
  {
    name: 'Chase card, two dates',
    text: `Transaction Date,Post Date,Description,Category,Type,Amount,Memo
01/13/2026,01/14/2026,AMAZON,Shopping,Sale,-25.00,
01/20/2026,01/20/2026,Payment Thank You-Mobile,,Payment,300.00,
`,
    rows: ['2026-01-13 -2500 AMAZON', '2026-01-20 30000 Payment Thank You-Mobile'],
    options: { currency: 'USD' },
  },
  {
    name: 'American Express, charges positive',
    text: `Date,Description,Amount
01/15/2026,RESTAURANT NYC,84.20
01/16/2026,AIRLINE TICKET,"1,250.00"
01/20/2026,ONLINE PAYMENT - THANK YOU,-500.00
`,
    rows: [
      '2026-01-15 -8420 RESTAURANT NYC',
      '2026-01-16 -125000 AIRLINE TICKET',
      '2026-01-20 50000 ONLINE PAYMENT - THANK YOU',
    ],
    options: { currency: 'USD' },
  },
  {
    name: 'Capital One, card number and two columns',
    text: `Transaction Date,Posted Date,Card No.,Description,Category,Debit,Credit
2026-01-15,2026-01-16,1234,GROCER,Merchandise,55.10,
2026-01-18,2026-01-18,1234,PAYMENT,Payment/Credit,,100.00
`,
    rows: ['2026-01-15 -5510 GROCER', '2026-01-18 10000 PAYMENT'],
    options: { currency: 'USD' },
  },
  {
    name: 'Citi card, credits printed as negative',
    text: `Status,Date,Description,Debit,Credit
Cleared,01/15/2026,"STORE A",20.00,
Cleared,01/16/2026,"STORE B",30.00,
Cleared,01/18/2026,"PAYMENT",,-45.00
`,
    rows: ['2026-01-15 -2000 STORE A', '2026-01-16 -3000 STORE B', '2026-01-18 4500 PAYMENT'],
    options: { currency: 'USD' },
  },
  {
    name: 'Bank of America, summary above and an opening balance',
    text: `Description,,Summary Amt.
Beginning balance as of 01/01/2026,,"1,000.00"
Total credits,,"50.00"
Total debits,,"-20.00"
Ending balance as of 01/31/2026,,"1,030.00"

Date,Description,Amount,Running Bal.
01/01/2026,Beginning balance as of 01/01/2026,,"1,000.00"
01/15/2026,"CHECK 101","-20.00","980.00"
01/20/2026,"DEPOSIT","50.00","1,030.00"
`,
    rows: ['2026-01-15 -2000 CHECK 101', '2026-01-20 5000 DEPOSIT'],
    options: { currency: 'USD' },
  },
  {
    name: 'Apple Card',
    text: `Transaction Date,Clearing Date,Description,Merchant,Category,Type,Amount (USD),Purchased By
01/15/2026,01/16/2026,APPLE.COM/BILL,Apple Services,Other,Purchase,9.99,Someone
01/16/2026,01/17/2026,DELI 42,Deli,Restaurants,Purchase,15.00,Someone
01/20/2026,01/20/2026,ACH DEPOSIT INTERNET TRANSFER,Ach Deposit,Payment,Payment,-200.00,Someone
`,
    rows: [
      '2026-01-15 -999 APPLE.COM/BILL',
      '2026-01-16 -1500 DELI 42',
      '2026-01-20 20000 ACH DEPOSIT INTERNET TRANSFER',
    ],
    currency: 'USD',
  },
  {
    name: 'Wells Fargo, no heading',
    text: '"01/15/2026","-25.00","*","","GROCERY OUTLET"\n"01/14/2026","1200.00","*","","EMPLOYER PAYROLL"\n',
    rows: ['2026-01-15 -2500 GROCERY OUTLET', '2026-01-14 120000 EMPLOYER PAYROLL'],
    options: { currency: 'USD' },
  },
  {
    name: 'Commonwealth, no heading, amount and balance',
    text: '15/01/2026,"-12.50","WOOLWORTHS 1234","+87.50"\n14/01/2026,"+50.00","TRANSFER FROM X","+100.00"\n13/01/2026,"-5.00","CAFE","+50.00"\n',
    rows: ['2026-01-15 -1250 WOOLWORTHS 1234', '2026-01-14 5000 TRANSFER FROM X', '2026-01-13 -500 CAFE'],
    options: { currency: 'AUD' },
  },
  {
    name: 'Monzo',
    text: `Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,Local currency,Notes and #tags,Address,Receipt,Description,Category split,Money Out,Money In
tx_0001,15/01/2026,10:00:00,Card payment,Tesco,,Groceries,-10.50,GBP,-10.50,GBP,,,,TESCO STORES,,-10.50,
tx_0002,16/01/2026,11:00:00,Faster payment,J Smith,,Transfers,100.00,GBP,100.00,GBP,,,,RENT SHARE,,,100.00
`,
    rows: ['2026-01-15 -1050 TESCO STORES', '2026-01-16 10000 RENT SHARE'],
    currency: 'GBP',
  },
  {
    name: 'Revolut, fees apart and rows that never happened',
    text: `Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance
CARD_PAYMENT,Current,2026-01-15 10:00:00,2026-01-16 11:00:00,Shop,-10.00,0.00,EUR,COMPLETED,90.00
EXCHANGE,Current,2026-01-17 10:00:00,2026-01-17 10:00:01,Exchanged to USD,-20.00,0.50,EUR,COMPLETED,69.50
TOPUP,Current,2026-01-18 10:00:00,2026-01-18 10:00:01,Top-up,30.00,0.00,EUR,COMPLETED,99.50
CARD_PAYMENT,Current,2026-01-19 10:00:00,,Hotel,-80.00,0.00,EUR,PENDING,
CARD_PAYMENT,Current,2026-01-19 12:00:00,2026-01-19 12:00:00,Mistake,-5.00,0.00,EUR,REVERTED,99.50
`,
    rows: ['2026-01-15 -1000 Shop', '2026-01-17 -2050 Exchanged to USD', '2026-01-18 3000 Top-up'],
    currency: 'EUR',
    refused: ['5:pending', '6:not_booked'],
  },
  {
    name: 'Wise statement',
    text: `"TransferWise ID",Date,Amount,Currency,Description,"Payment Reference","Running Balance","Exchange From","Exchange To","Exchange Rate","Payer Name","Payee Name","Payee Account Number",Merchant,"Card Last Four Digits","Card Holder Full Name",Attachment,Note,"Total fees"
CARD-1,16-01-2026,-12.34,EUR,"Card transaction of 12.34 EUR issued by Shop",,87.66,,,,,,,Shop,1234,Someone,,,0.00
TRANSFER-2,15-01-2026,100.00,EUR,"Received money from Someone",ref,100.00,,,,Someone,,,,,,,,0.00
`,
    rows: [
      '2026-01-16 -1234 Card transaction of 12.34 EUR issued by Shop',
      '2026-01-15 10000 Received money from Someone',
    ],
    currency: 'EUR',
  },
  {
    name: 'PayPal, gross, fee and net',
    text: `"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","Transaction ID","Balance"
"15/01/2026","10:00:00","BRT","Client A","Payment","Completed","BRL","100,00","-5,39","94,61","a@example.com","1AB","94,61"
"16/01/2026","10:00:00","BRT","Shop","Payment","Completed","BRL","-40,00","0,00","-40,00","b@example.com","2AB","54,61"
"17/01/2026","10:00:00","BRT","Shop","General Authorization","Pending","BRL","-10,00","0,00","-10,00","b@example.com","3AB","54,61"
`,
    rows: ['2026-01-15 9461 Client A', '2026-01-16 -4000 Shop'],
    currency: 'BRL',
    refused: ['4:pending'],
  },
  {
    name: 'Mint, unsigned with a type',
    text: `"Date","Description","Original Description","Amount","Transaction Type","Category","Account Name","Labels","Notes"
"1/15/2026","Coffee","COFFEE 123","4.50","debit","Coffee Shops","Checking","",""
"1/14/2026","Paycheck","ACME","1500.00","credit","Paycheck","Checking","",""
`,
    rows: ['2026-01-15 -450 Coffee COFFEE 123', '2026-01-14 150000 Paycheck ACME'],
    account: 'Checking',
    options: { currency: 'USD' },
  },
  {
    name: 'an English card statement that marks credits only',
    text: 'Date,Details,Amount\n15 Jan 2026,SHOP ONE,12.00\n16 Jan 2026,SHOP TWO,8.50\n20 Jan 2026,DIRECT DEBIT RECEIVED,150.00CR\n',
    rows: ['2026-01-15 -1200 SHOP ONE', '2026-01-16 -850 SHOP TWO', '2026-01-20 15000 DIRECT DEBIT RECEIVED'],
    options: { currency: 'GBP' },
  },
]

const EUROPE: Layout[] = [
  {
    name: 'ING Netherlands, Af and Bij',
    text: `"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";"Mededelingen"
"20260115";"Albert Heijn";"NL01INGB0001234567";"";"BA";"Af";"23,45";"Betaalautomaat";"Pasvolgnr: 001"
"20260116";"Werkgever BV";"NL01INGB0001234567";"NL02RABO0001234567";"OV";"Bij";"2.500,00";"Overschrijving";"Salaris"
`,
    rows: ['2026-01-15 -2345 Pasvolgnr: 001', '2026-01-16 250000 Salaris'],
    account: 'NL01INGB0001234567',
    currency: 'EUR',
  },
  {
    name: 'DKB, preamble and the other side as IBAN',
    text: `"Girokonto";"DE12500000000000000001"
"Zeitraum:";"01.01.2026 - 31.01.2026"
"Kontostand vom 31.01.2026:";"1.000,00 €"
""
"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID"
"15.01.26";"15.01.26";"Gebucht";"ICH";"Stadtwerke";"Abschlag Januar";"Ausgang";"DE99500000000000000009";"-85,00";"DE98ZZZ"
"16.01.26";"16.01.26";"Vorgemerkt";"ICH";"Laden";"Karte";"Ausgang";"DE88500000000000000008";"-10,00";""
`,
    rows: ['2026-01-15 -8500 Abschlag Januar'],
    currency: 'EUR',
    refused: ['7:pending'],
  },
  {
    name: 'Volksbank, S and H and a footer of balances',
    text: `Volksbank;;;;;;
Kontonummer:;123456;;;;;

Buchungstag;Valuta;Auftraggeber/Zahlungsempfänger;Verwendungszweck;Währung;Umsatz;S/H
15.01.2026;15.01.2026;Supermarkt;EINKAUF;EUR;1.234,56;S
16.01.2026;16.01.2026;Arbeitgeber;LOHN;EUR;2.000,00;H

01.01.2026;;;Anfangssaldo;EUR;500,00;H
31.01.2026;;;Endsaldo;EUR;1.265,44;H
`,
    rows: ['2026-01-15 -123456 EINKAUF', '2026-01-16 200000 LOHN'],
    currency: 'EUR',
  },
  {
    name: 'N26',
    text: `"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name","Amount (EUR)","Original Amount","Original Currency","Exchange Rate"
2026-01-15,2026-01-15,"REWE","",Presentment,"","Main Account",-23.10,-23.10,EUR,1
2026-01-16,2026-01-16,"ACME","DE00",Income,"Salary","Main Account",2000.00,,,
`,
    rows: ['2026-01-15 -2310 REWE', '2026-01-16 200000 ACME'],
    currency: 'EUR',
  },
  {
    name: 'a French account, débit and crédit',
    text: 'Date;Libellé;Débit euros;Crédit euros;\n15/01/2026;CARTE SUPERMARCHE;45,20;;\n16/01/2026;VIREMENT SALAIRE;;1 850,00;\n',
    rows: ['2026-01-15 -4520 CARTE SUPERMARCHE', '2026-01-16 185000 VIREMENT SALAIRE'],
    options: { currency: 'EUR' },
  },
  {
    name: 'Boursorama, grouped with blanks, quoted',
    text: 'dateOp;dateVal;label;category;amount;accountNum;accountLabel;accountbalance\n2026-01-15;2026-01-15;"CARTE 14/01 MONOPRIX";Alimentation;-1 234,56;00040123456;Mon compte;1000.00\n2026-01-16;2026-01-16;"VIR SALAIRE";Revenus;"2 000,00";00040123456;Mon compte;3000.00\n',
    rows: ['2026-01-15 -123456 CARTE 14/01 MONOPRIX', '2026-01-16 200000 VIR SALAIRE'],
    options: { currency: 'EUR' },
  },
  {
    name: 'a Spanish account',
    text: 'F. Operación;F. Valor;Concepto;Importe;Saldo\n15/01/2026;15/01/2026;RECIBO LUZ;-60,10;939,90\n16/01/2026;16/01/2026;NOMINA;1.500,00;2.439,90\n',
    rows: ['2026-01-15 -6010 RECIBO LUZ', '2026-01-16 150000 NOMINA'],
    options: { currency: 'EUR' },
  },
  {
    name: 'mBank, zloty in the cell',
    text: '#Data operacji;#Data księgowania;#Opis operacji;#Tytuł;#Nadawca/Odbiorca;#Numer konta;#Kwota;#Saldo po operacji;\n2026-01-15;2026-01-15;ZAKUP KARTĄ;ŻABKA;;;-12,99 PLN;1 087,01 PLN;\n2026-01-16;2026-01-16;PRZELEW;PENSJA;FIRMA;;4 000,00 PLN;5 087,01 PLN;\n',
    rows: ['2026-01-15 -1299 ZAKUP KARTĄ ŻABKA', '2026-01-16 400000 PRZELEW PENSJA'],
    currency: 'PLN',
  },
  {
    name: 'Swedbank, commas and blanks',
    text: 'Bokföringsdag;Transaktionsdag;Beskrivning;Belopp;Bokfört saldo\n2026-01-15;2026-01-14;ICA NÄRA;-250,00;24 207,40\n2026-01-16;2026-01-16;LÖN;30 000,00;54 207,40\n',
    rows: ['2026-01-14 -25000 ICA NÄRA', '2026-01-16 3000000 LÖN'],
    options: { currency: 'SEK' },
  },
  {
    name: 'UBS, apostrophes',
    text: "Buchungsdatum;Valutadatum;Beschreibung;Belastung;Gutschrift;Saldo\n15.01.2026;15.01.2026;MIETE;-1'850.00;;8'150.00\n25.01.2026;25.01.2026;LOHN;;6'500.00;14'650.00\n",
    rows: ['2026-01-15 -185000 MIETE', '2026-01-25 650000 LOHN'],
    options: { currency: 'CHF' },
  },
]

describe('CSV of English-speaking banks and wallets', () => {
  it.each(ENGLISH)('reads $name', async (layout) => {
    const { actual, expected } = await readLayout(layout)
    expect(actual).toEqual(expected)
  })
})

describe('CSV of European banks', () => {
  it.each(EUROPE)('reads $name', async (layout) => {
    const { actual, expected } = await readLayout(layout)
    expect(actual).toEqual(expected)
  })
})

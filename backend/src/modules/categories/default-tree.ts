/**
 * The tree of categories that a new workspace gets, in its language. Keys are stable: guesses, imports and reports
 * refer to them, whatever a person later calls the category. Small enough to be read at a glance, for a household and
 * a small business alike.
 */
export type TreeLanguage = 'pt' | 'en' | 'es'

export interface TreeCategory {
  /** Stable, as `food.groceries`; a group has no dot. */
  readonly key: string
  readonly parentKey: string | null
  readonly kind: 'expense' | 'income'
  /** Name of a Tabler icon. */
  readonly icon: string
  /** Name of a Mantine colour; leaves have that of their group. */
  readonly color: string
  readonly names: Readonly<Record<TreeLanguage, string>>
}

type Row = readonly [key: string, icon: string, pt: string, en: string, es: string]
interface Group {
  readonly kind: TreeCategory['kind']
  readonly color: string
  readonly group: Row
  readonly leaves: readonly Row[]
}

const GROUPS: readonly Group[] = [
  {
    kind: 'expense',
    color: 'orange',
    group: ['food', 'tools-kitchen-2', 'Alimentação', 'Food', 'Alimentación'],
    leaves: [
      ['groceries', 'shopping-cart', 'Mercado', 'Groceries', 'Supermercado'],
      ['restaurants', 'pizza', 'Restaurantes', 'Restaurants', 'Restaurantes'],
      ['delivery', 'moped', 'Entrega de comida', 'Food delivery', 'Comida a domicilio'],
      ['cafe', 'coffee', 'Café e lanches', 'Coffee and snacks', 'Café y meriendas'],
      ['bakery', 'bread', 'Padaria', 'Bakery', 'Panadería'],
      ['bars', 'beer', 'Bares e bebidas', 'Bars and drinks', 'Bares y bebidas'],
    ],
  },
  {
    kind: 'expense',
    color: 'blue',
    group: ['housing', 'home', 'Moradia', 'Housing', 'Vivienda'],
    leaves: [
      ['rent', 'key', 'Aluguel', 'Rent', 'Alquiler'],
      ['mortgage', 'home-dollar', 'Financiamento imobiliário', 'Mortgage', 'Hipoteca'],
      ['condo', 'building', 'Condomínio', 'Condo and HOA fees', 'Expensas y administración'],
      [
        'maintenance',
        'tools',
        'Reparos e manutenção',
        'Repairs and maintenance',
        'Reparaciones y mantenimiento',
      ],
      [
        'furniture',
        'sofa',
        'Móveis e eletrodomésticos',
        'Furniture and appliances',
        'Muebles y electrodomésticos',
      ],
      ['cleaning', 'wash', 'Limpeza e ajuda em casa', 'Cleaning and home help', 'Limpieza y ayuda en casa'],
    ],
  },
  {
    kind: 'expense',
    color: 'cyan',
    group: ['bills', 'receipt', 'Contas da casa', 'Household bills', 'Cuentas y servicios'],
    leaves: [
      ['electricity', 'bolt', 'Luz', 'Electricity', 'Luz'],
      ['water', 'droplet', 'Água e esgoto', 'Water', 'Agua'],
      ['gas', 'flame', 'Gás', 'Gas', 'Gas'],
      ['internet', 'wifi', 'Internet e TV', 'Internet and TV', 'Internet y TV'],
      ['phone', 'phone', 'Celular e telefone', 'Phone', 'Celular y teléfono'],
    ],
  },
  {
    kind: 'expense',
    color: 'indigo',
    group: ['transport', 'car', 'Transporte', 'Transport', 'Transporte'],
    leaves: [
      ['rides', 'steering-wheel', 'Táxi e aplicativos', 'Taxi and ride apps', 'Taxi y aplicaciones'],
      ['fuel', 'gas-station', 'Combustível', 'Fuel', 'Combustible'],
      ['public', 'bus', 'Transporte público', 'Public transport', 'Transporte público'],
      ['parking', 'parking', 'Estacionamento e pedágio', 'Parking and tolls', 'Estacionamiento y peajes'],
      ['car_care', 'car-garage', 'Oficina e manutenção', 'Car care', 'Taller y mantenimiento'],
      ['car_insurance', 'shield-check', 'Seguro do veículo', 'Car insurance', 'Seguro del vehículo'],
    ],
  },
  {
    kind: 'expense',
    color: 'red',
    group: ['health', 'heart', 'Saúde', 'Health', 'Salud'],
    leaves: [
      ['pharmacy', 'pill', 'Farmácia', 'Pharmacy', 'Farmacia'],
      ['doctors', 'stethoscope', 'Médicos e exames', 'Doctors and tests', 'Médicos y exámenes'],
      ['dentist', 'dental', 'Dentista', 'Dentist', 'Dentista'],
      ['insurance', 'heart-handshake', 'Plano de saúde', 'Health insurance', 'Seguro de salud'],
      ['fitness', 'barbell', 'Academia e esporte', 'Gym and sports', 'Gimnasio y deporte'],
      ['therapy', 'brain', 'Terapia', 'Therapy', 'Terapia'],
    ],
  },
  {
    kind: 'expense',
    color: 'grape',
    group: ['personal', 'user', 'Pessoal e compras', 'Personal and shopping', 'Personal y compras'],
    leaves: [
      ['clothing', 'shirt', 'Roupas e calçados', 'Clothes and shoes', 'Ropa y calzado'],
      ['beauty', 'scissors', 'Beleza e cuidados', 'Beauty and care', 'Belleza y cuidado'],
      ['electronics', 'device-laptop', 'Eletrônicos', 'Electronics', 'Electrónica'],
      ['shopping', 'shopping-bag', 'Compras em geral', 'General shopping', 'Compras en general'],
      ['gifts', 'gift', 'Presentes', 'Gifts', 'Regalos'],
      ['donations', 'heart-plus', 'Doações', 'Donations', 'Donaciones'],
    ],
  },
  {
    kind: 'expense',
    color: 'pink',
    group: ['leisure', 'confetti', 'Lazer', 'Leisure', 'Ocio'],
    leaves: [
      [
        'streaming',
        'device-tv',
        'Assinaturas e streaming',
        'Subscriptions and streaming',
        'Suscripciones y streaming',
      ],
      ['outings', 'ticket', 'Passeios e eventos', 'Outings and events', 'Salidas y eventos'],
      ['games', 'device-gamepad-2', 'Jogos e hobbies', 'Games and hobbies', 'Juegos y pasatiempos'],
      ['travel', 'plane', 'Viagens', 'Travel', 'Viajes'],
      ['books', 'book', 'Livros e cultura', 'Books and culture', 'Libros y cultura'],
    ],
  },
  {
    kind: 'expense',
    color: 'yellow',
    group: ['education', 'school', 'Educação', 'Education', 'Educación'],
    leaves: [
      ['tuition', 'backpack', 'Escola e faculdade', 'School and tuition', 'Colegio y universidad'],
      ['courses', 'certificate', 'Cursos', 'Courses', 'Cursos'],
      ['supplies', 'pencil', 'Material escolar', 'School supplies', 'Útiles escolares'],
    ],
  },
  {
    kind: 'expense',
    color: 'lime',
    group: ['family', 'users', 'Família e animais', 'Family and pets', 'Familia y mascotas'],
    leaves: [
      ['children', 'baby-carriage', 'Filhos', 'Children', 'Hijos'],
      ['pets', 'paw', 'Animais de estimação', 'Pets', 'Mascotas'],
      [
        'support',
        'users-group',
        'Pensão e ajuda a familiares',
        'Family support',
        'Manutención y ayuda familiar',
      ],
    ],
  },
  {
    kind: 'expense',
    color: 'gray',
    group: ['finance', 'building-bank', 'Financeiro e impostos', 'Finance and taxes', 'Finanzas e impuestos'],
    leaves: [
      ['fees', 'receipt-2', 'Tarifas bancárias', 'Bank fees', 'Comisiones bancarias'],
      ['interest', 'percentage', 'Juros e multas', 'Interest and fines', 'Intereses y multas'],
      ['loans', 'credit-card', 'Empréstimos', 'Loans', 'Préstamos'],
      ['insurance', 'shield', 'Seguros', 'Insurance', 'Seguros'],
      ['taxes', 'receipt-tax', 'Impostos e taxas', 'Taxes', 'Impuestos'],
    ],
  },
  {
    kind: 'expense',
    color: 'teal',
    group: ['business', 'briefcase', 'Negócio', 'Business', 'Negocio'],
    leaves: [
      ['suppliers', 'package', 'Fornecedores e estoque', 'Suppliers and stock', 'Proveedores e inventario'],
      ['staff', 'users', 'Salários e encargos', 'Staff and payroll', 'Sueldos y cargas'],
      ['services', 'file-invoice', 'Contador e serviços', 'Accounting and services', 'Contador y servicios'],
      ['marketing', 'speakerphone', 'Marketing e anúncios', 'Marketing and ads', 'Publicidad'],
      ['software', 'cloud', 'Software e hospedagem', 'Software and hosting', 'Software y hosting'],
      ['office', 'printer', 'Escritório e equipamentos', 'Office and equipment', 'Oficina y equipos'],
      ['shipping', 'truck', 'Frete e correios', 'Shipping', 'Envíos y correo'],
    ],
  },
  {
    kind: 'expense',
    color: 'dark',
    group: ['other', 'dots', 'Outras despesas', 'Other expenses', 'Otros gastos'],
    leaves: [['cash', 'cash', 'Saques em dinheiro', 'Cash withdrawals', 'Retiros de efectivo']],
  },
  {
    kind: 'income',
    color: 'green',
    group: ['income', 'cash', 'Receitas', 'Income', 'Ingresos'],
    leaves: [
      ['salary', 'wallet', 'Salário', 'Salary', 'Sueldo'],
      ['freelance', 'user-dollar', 'Trabalhos avulsos', 'Freelance', 'Trabajos independientes'],
      ['sales', 'building-store', 'Vendas e serviços', 'Sales and services', 'Ventas y servicios'],
      ['interest', 'chart-line', 'Rendimentos', 'Interest and dividends', 'Intereses y dividendos'],
      ['rent', 'home-dollar', 'Aluguel recebido', 'Rent received', 'Alquiler cobrado'],
      [
        'benefits',
        'heart-handshake',
        'Benefícios e aposentadoria',
        'Benefits and pension',
        'Beneficios y jubilación',
      ],
      ['refunds', 'receipt-refund', 'Reembolsos', 'Refunds', 'Reembolsos'],
      ['gifts', 'gift', 'Presentes recebidos', 'Gifts received', 'Regalos recibidos'],
      ['other', 'dots', 'Outras receitas', 'Other income', 'Otros ingresos'],
    ],
  },
]

function categoryOf(row: Row, parentKey: string | null, { kind, color }: Group): TreeCategory {
  const [key, icon, pt, en, es] = row
  return {
    key: parentKey === null ? key : `${parentKey}.${key}`,
    parentKey,
    kind,
    icon,
    color,
    names: { pt, en, es },
  }
}

/** Every category of a new workspace; a group comes before its leaves. */
export const defaultTree: readonly TreeCategory[] = GROUPS.flatMap((group) => {
  const root = categoryOf(group.group, null, group)
  return [root, ...group.leaves.map((leaf) => categoryOf(leaf, root.key, group))]
})

const BY_KEY = new Map(defaultTree.map((category) => [category.key, category]))

/** @returns the category of the first tree with this key, undefined where there is none. */
export function treeCategory(key: string): TreeCategory | undefined {
  return BY_KEY.get(key)
}

/** The language of the tree for a BCP 47 tag; English where there is no translation. */
export function treeLanguage(locale: string): TreeLanguage {
  const language = locale.slice(0, 2).toLowerCase()
  return language === 'pt' || language === 'es' ? language : 'en'
}

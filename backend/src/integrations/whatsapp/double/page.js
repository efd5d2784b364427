// The chat page of the double. Everything that people typed goes into the page as text, never as HTML.
const TEXTS = {
  pt: {
    people: 'Pessoas',
    add: 'Nova pessoa',
    note: 'Simulador: escreva ao CHRONOS como qualquer pessoa faria. Nada sai deste computador.',
    back: 'Voltar',
    attach: 'Anexar arquivo',
    write: 'Mensagem',
    send: 'Enviar',
    name: 'Nome',
    phone: 'Telefone com código do país',
    cancel: 'Cancelar',
    create: 'Criar',
    as: 'você é',
    typing: 'digitando…',
    empty: 'Diga oi, ou envie o código que o CHRONOS mostrou na página WhatsApp.',
    hints: [
      'oi',
      'mercado 52,90',
      'paguei 1.234,56 no aluguel ontem',
      'recebi 5000 de salário',
      'saldo',
      'gastos do mês',
      'desfazer',
      'ajuda',
    ],
    person: ['Ana Souza', '+55 11 98765-4321'],
    other: ['Bruno Lima', '+55 21 99876-5432'],
  },
  es: {
    people: 'Personas',
    add: 'Nueva persona',
    note: 'Simulador: escribe a CHRONOS como lo haría cualquiera. Nada sale de este equipo.',
    back: 'Volver',
    attach: 'Adjuntar archivo',
    write: 'Mensaje',
    send: 'Enviar',
    name: 'Nombre',
    phone: 'Teléfono con código de país',
    cancel: 'Cancelar',
    create: 'Crear',
    as: 'eres',
    typing: 'escribiendo…',
    empty: 'Saluda, o envía el código que CHRONOS mostró en la página WhatsApp.',
    hints: [
      'hola',
      'súper 52,90',
      'pagué 350 de luz ayer',
      'cobré 1.500.000',
      'saldo',
      'gastos del mes',
      'deshacer',
      'ayuda',
    ],
    person: ['Lucía Gómez', '+54 9 11 5555-0101'],
    other: ['Diego Ruiz', '+52 55 5555 0102'],
  },
  en: {
    people: 'People',
    add: 'New person',
    note: 'Simulator: write to CHRONOS as anybody would. Nothing leaves this computer.',
    back: 'Back',
    attach: 'Attach a file',
    write: 'Message',
    send: 'Send',
    name: 'Name',
    phone: 'Phone with country code',
    cancel: 'Cancel',
    create: 'Create',
    as: 'you are',
    typing: 'typing…',
    empty: 'Say hi, or send the code that CHRONOS showed on its WhatsApp page.',
    hints: [
      'hi',
      'groceries 52.90',
      'spent 12.50 on coffee',
      'received 5000 salary',
      'balance',
      'spending this month',
      'undo',
      'help',
    ],
    person: ['Ann Parker', '+1 415 555 0101'],
    other: ['Ben Clark', '+1 415 555 0102'],
  },
}

const language =
  (navigator.languages ?? ['en']).map((tag) => tag.slice(0, 2)).find((tag) => TEXTS[tag]) ?? 'en'
const t = TEXTS[language]
document.documentElement.lang = language

const $ = (id) => document.getElementById(id)
const key = 'chronos-simulator-person'
let state = { business: { displayPhone: '' }, people: [], lines: [] }
let current = localStorage.getItem(key)
let typingUntil = 0
const seen = new Map()

for (const node of document.querySelectorAll('[data-t]')) node.textContent = t[node.dataset.t]
for (const node of document.querySelectorAll('[data-label]'))
  node.setAttribute('aria-label', t[node.dataset.label])
$('text').placeholder = t.write

function element(tag, className, text) {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text !== undefined) node.textContent = text
  return node
}

async function post(path, body) {
  const headers = { 'content-type': 'application/json', 'x-simulator': '1' }
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
  return response.json()
}

function linesOf(person) {
  return state.lines.filter((line) => line.person === person)
}

function initials(name) {
  return [...name].find((character) => /\p{L}/u.test(character))?.toUpperCase() ?? '#'
}

function choose(person) {
  current = person
  localStorage.setItem(key, person)
  $('app').dataset.pane = 'chat'
  render()
  $('text').focus()
}

function renderPeople() {
  const nodes = state.people.map((person) => {
    const lines = linesOf(person.key)
    const last = lines.at(-1)
    const row = element('button', 'person')
    row.type = 'button'
    row.setAttribute('aria-current', String(person.key === current))
    const text = element('span')
    text.append(
      element('b', '', person.name),
      element('small', '', last ? last.text || last.fileName : `+${person.waId ?? person.bsuid}`),
    )
    row.append(element('span', 'avatar', initials(person.name)), text)
    const unread = lines.filter((line) => line.from === 'business').length - (seen.get(person.key) ?? 0)
    if (unread > 0 && person.key !== current) row.append(element('span', 'badge', String(unread)))
    row.addEventListener('click', () => choose(person.key))
    return row
  })
  $('people-list').replaceChildren(...nodes)
}

const TICKS = { pending: '…', sent: '✓', delivered: '✓✓', read: '✓✓', failed: '!' }

function bubbleOf(line, byId) {
  const bubble = element('div', `bubble ${line.from === 'person' ? 'mine' : 'theirs'}`)
  const quoted = line.quoted && byId.get(line.quoted)
  if (quoted) bubble.append(element('span', 'quote', (quoted.text || quoted.fileName || '').slice(0, 120)))
  if (line.fileName) bubble.append(element('span', 'quote', line.fileName))
  bubble.append(document.createTextNode(line.text))
  const time = new Date(line.at).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' })
  const meta = element('span', 'meta', `${time} `)
  const tick = element('span', line.tick, TICKS[line.tick])
  tick.setAttribute('aria-label', line.tick)
  tick.title = line.tick
  meta.append(tick)
  bubble.append(meta)
  if (line.error) bubble.append(element('span', 'problem', line.error))
  return bubble
}

function repliesOf(line) {
  const row = element('div', 'replies')
  for (const button of line.buttons) {
    const node = element('button', '', button.title)
    node.type = 'button'
    node.addEventListener('click', () => {
      void post('/simulator/messages', {
        person: current,
        text: button.title,
        buttonId: button.id,
        quoted: line.wamid,
      })
    })
    row.append(node)
  }
  return row
}

function renderLines() {
  const lines = linesOf(current)
  const byId = new Map(lines.map((line) => [line.wamid, line]))
  const nodes = []
  let day = ''
  for (const line of lines) {
    const itsDay = new Date(line.at).toLocaleDateString(language, { day: 'numeric', month: 'long' })
    if (itsDay !== day) nodes.push(element('p', 'day', itsDay))
    day = itsDay
    nodes.push(bubbleOf(line, byId))
    if (line.buttons.length > 0) nodes.push(repliesOf(line))
  }
  if (nodes.length === 0) nodes.push(element('p', 'day', t.empty))
  const typing = typingUntil > Date.now() && lines.at(-1)?.from === 'person'
  if (typing) nodes.push(element('p', 'typing', t.typing))
  const box = $('lines')
  box.replaceChildren(...nodes)
  box.scrollTop = box.scrollHeight
  const business = lines.filter((line) => line.from === 'business')
  seen.set(current, business.length)
  const visible = document.visibilityState === 'visible'
  if (visible && business.some((line) => line.tick === 'delivered'))
    void post('/simulator/read', { person: current })
}

function render() {
  const person = state.people.find((candidate) => candidate.key === current)
  $('chat-sub').textContent = `+${state.business.displayPhone}${person ? ` · ${t.as} ${person.name}` : ''}`
  renderLines()
  renderPeople()
}

let loading = null
let again = false
async function load() {
  // One request at a time; changes that come meanwhile are read by one more.
  if (loading) {
    again = true
    return loading
  }
  loading = fetch('/simulator/state').then((response) => response.json())
  state = await loading
  loading = null
  render()
  if (again) {
    again = false
    await load()
  }
}

async function write(text, extra = {}) {
  if (current) await post('/simulator/messages', { person: current, text, ...extra })
}

$('write').addEventListener('submit', (event) => {
  event.preventDefault()
  const text = $('text').value.trim()
  $('text').value = ''
  $('text').style.height = ''
  if (text !== '') void write(text)
})
$('text').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  $('write').requestSubmit()
})
$('text').addEventListener('input', (event) => {
  event.target.style.height = 'auto'
  event.target.style.height = `${event.target.scrollHeight + 2}px`
})
$('file').addEventListener('change', async (event) => {
  const [file] = event.target.files
  if (!file) return
  const headers = { 'content-type': file.type || 'application/octet-stream', 'x-simulator': '1' }
  const { id } = await (await fetch('/simulator/media', { method: 'POST', headers, body: file })).json()
  await write($('text').value.trim(), { mediaId: id, fileName: file.name })
  $('text').value = ''
  event.target.value = ''
})
for (const hint of t.hints) {
  const node = element('button', '', hint)
  node.type = 'button'
  node.addEventListener('click', () => {
    $('text').value = hint
    $('text').focus()
  })
  $('hints').append(node)
}
$('back').addEventListener('click', () => {
  $('app').dataset.pane = 'people'
})
$('add').addEventListener('click', () => $('person').showModal())
$('cancel').addEventListener('click', () => $('person').close())
$('person-form').addEventListener('submit', async (event) => {
  const form = new FormData(event.target)
  const person = await post('/simulator/people', { name: form.get('name'), phone: form.get('phone') })
  event.target.reset()
  if (person.key) choose(person.key)
})
document.addEventListener('visibilitychange', render)

async function start() {
  await load()
  for (const [name, phone] of [t.person, t.other])
    if (state.people.length < 2) await post('/simulator/people', { name, phone })
  await load()
  if (!state.people.some((person) => person.key === current)) current = state.people[0]?.key ?? null
  render()
  const events = new EventSource('/simulator/events')
  events.addEventListener('open', () => void load())
  events.addEventListener('message', (event) => {
    const notice = JSON.parse(event.data)
    if (notice.kind === 'typing' && notice.person === current) typingUntil = Date.now() + 25_000
    void load()
  })
}
void start()

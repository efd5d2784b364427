// The mail catcher's page. What a mail says goes into textContent or into the sandboxed frame, never into
// this page's HTML.
const byId = (id) => document.getElementById(id)
let selected = location.hash.slice(1)
let shown = ''
let listed = ''

function entry(mail) {
  const item = document.createElement('li')
  const button = document.createElement('button')
  button.type = 'button'
  button.setAttribute('aria-current', String(mail.id === selected))
  const subject = document.createElement('strong')
  subject.textContent = mail.subject || '(no subject)'
  const line = document.createElement('span')
  line.textContent = `${mail.to.join(', ')} · ${new Date(mail.receivedAt).toLocaleTimeString()}`
  button.append(subject, line)
  button.addEventListener('click', () => {
    location.hash = mail.id
  })
  item.append(button)
  return item
}

async function show(mail) {
  byId('message').hidden = !mail
  if (!mail || shown === mail.id) return
  shown = mail.id
  const full = await (await fetch(`/api/messages/${mail.id}`)).json()
  byId('subject').textContent = full.subject || '(no subject)'
  byId('from').textContent = full.from
  byId('to').textContent = full.to.join(', ')
  byId('received').textContent = new Date(full.receivedAt).toLocaleString()
  const files = full.attachments.map(
    (file) => `${file.filename} (${file.contentType}, ${file.sizeBytes} bytes)`,
  )
  byId('files').textContent = files.join(', ') || 'none'
  byId('raw').href = `/api/messages/${mail.id}/raw`
  byId('html').hidden = full.html === ''
  byId('html').src = full.html === '' ? 'about:blank' : `/api/messages/${mail.id}/html`
  byId('text').textContent = full.html === '' ? full.text : ''
}

async function refresh() {
  const { items } = await (await fetch('/api/messages')).json()
  const now = `${selected} ${items.map((mail) => mail.id).join()}`
  if (now === listed) return
  listed = now
  byId('list').replaceChildren(...items.map(entry))
  byId('empty').hidden = items.length > 0
  await show(items.find((mail) => mail.id === selected))
}

byId('clear').addEventListener('click', async () => {
  await fetch('/api/messages', { method: 'DELETE' })
  await refresh()
})
addEventListener('hashchange', () => {
  selected = location.hash.slice(1)
  void refresh()
})
setInterval(() => refresh().catch(() => undefined), 1500)
void refresh()

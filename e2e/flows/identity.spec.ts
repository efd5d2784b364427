/** Who somebody is, as a person lives it: links that come by mail, second factors, passkeys, devices. */
import { listTokens } from '@chronos/contracts/tokens'
import type { Page } from '@playwright/test'
import { generateSync } from 'otplib'
import { linkTo } from '../support/mail.ts'
import { expect, test } from '../support/test.ts'
import { SIGNED_OUT } from '../support/watch.ts'

const HOME = { level: 1, name: /Marina$/ } as const
const SIGN_IN = { name: 'Que bom ter você de volta' } as const
const STEP_SECONDS = 30

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Senha', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Entrar', exact: true }).click()
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'espaço e preferências' }).click()
  await page.getByRole('menuitem', { name: 'Sair' }).click()
  await expect(page.getByRole('heading', SIGN_IN)).toBeVisible()
}

/** A code of the app: of now, or of the next step, since a code works once. */
function codeOf(secret: string, stepsAhead = 0): string {
  return generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + stepsAhead * STEP_SECONDS })
}

test('the link of the first mail verifies the e-mail, once, and leaves the address', async ({
  openBrowser,
  household,
}) => {
  const page = await openBrowser(household, { expected: [/\/verify-email: 410$/] })
  await page.goto('/')
  const bar = page.getByRole('complementary', { name: 'E-mail por confirmar' })
  await expect(bar).toContainText(household.email)
  const link = await linkTo(household.email, '/verify-email')
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'E-mail confirmado' })).toBeVisible()
  await expect(page).toHaveURL('/verify-email')
  await page.getByRole('link', { name: 'Continuar' }).click()
  await expect(page.getByRole('heading', HOME)).toBeVisible()
  await expect(bar).toBeHidden()
  await page.goto('/more')
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'Este link não vale mais' })).toBeVisible()
})

test('a forgotten password is chosen anew by a link, which ends every session', async ({
  openBrowser,
  household,
}) => {
  const page = await openBrowser(null, { expected: [SIGNED_OUT, /\/confirm: 422$/] })
  const elsewhere = await openBrowser(household, { expected: [SIGNED_OUT, /: 401$/] })
  await elsewhere.goto('/')
  await expect(elsewhere.getByRole('heading', HOME)).toBeVisible()
  await page.goto('/sign-in')
  await page.getByRole('link', { name: 'Esqueci a senha' }).click()
  // Both pages have a field of this name.
  await expect(page.getByRole('heading', { name: 'Esqueceu a senha?' })).toBeVisible()
  await page.getByLabel('E-mail').fill(household.email)
  await page.getByRole('button', { name: 'Mandar o link' }).click()
  await expect(page.getByRole('heading', { name: 'Olhe seu e-mail' })).toBeVisible()
  await page.goto(await linkTo(household.email, '/reset-password'))
  await expect(page).toHaveURL('/reset-password')
  const field = page.getByLabel('Nova senha')
  await field.fill('password1')
  await page.getByRole('button', { name: 'Salvar a senha' }).click()
  await expect(page.getByText('Esta senha é fácil de adivinhar')).toBeVisible()
  const password = 'quatro cavalos bebem chuva'
  await field.fill(password)
  await page.getByRole('button', { name: 'Salvar a senha' }).click()
  await expect(page.getByRole('heading', { name: 'Senha trocada' })).toBeVisible()
  await elsewhere.reload()
  await expect(elsewhere.getByRole('heading', SIGN_IN)).toBeVisible()
  await page.getByRole('link', { name: 'Entrar' }).click()
  await signIn(page, household.email, password)
  await expect(page.getByRole('heading', HOME)).toBeVisible()
})

test('an authenticator app is set up, and asked for from then on', async ({ openBrowser, household }) => {
  const page = await openBrowser(household, { expected: [SIGNED_OUT, /\/login: 401$/, /: 422$/] })
  await page.goto('/settings/security')
  await page.getByRole('button', { name: 'Configurar o aplicativo' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('img', { name: 'Imagem para o aplicativo autenticador' })).toBeVisible()
  const secret = (await dialog.locator('code').innerText()).replaceAll(' ', '')
  await dialog.getByLabel('Código que o aplicativo mostra').fill('000000')
  await expect(dialog.getByRole('alert')).toContainText('Este código não confere')
  await dialog.getByLabel('Código que o aplicativo mostra').fill(codeOf(secret))
  await expect(dialog.getByRole('list', { name: 'Códigos de recuperação' })).toBeVisible()
  const recovery = await dialog.getByRole('listitem').first().innerText()
  await dialog.getByRole('button', { name: 'Guardei os códigos' }).click()
  await expect(page.getByText(/Ligado desde/)).toBeVisible()

  await signOut(page)
  await signIn(page, household.email, household.password)
  await expect(page.getByRole('heading', { name: 'Mais um passo' })).toBeVisible()
  await page.getByLabel('Código do aplicativo').fill(codeOf(secret, 1))
  await expect(page.getByRole('heading', HOME)).toBeVisible()

  await signOut(page)
  await signIn(page, household.email, household.password)
  await page.getByRole('button', { name: 'Usar um código de recuperação' }).click()
  await page.getByLabel('Código de recuperação').fill(recovery)
  await page.getByRole('button', { name: 'Confirmar' }).click()
  await expect(page.getByRole('heading', HOME)).toBeVisible()
})

test('a passkey opens the door without a password', async ({ openBrowser, household }) => {
  const page = await openBrowser(household, { expected: [SIGNED_OUT] })
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await page.goto('/settings/security')
  await page.getByRole('button', { name: 'Criar chave de acesso' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Nome').fill('Notebook da sala')
  await dialog.getByRole('button', { name: 'Criar', exact: true }).click()
  await dialog.getByRole('button', { name: 'Guardei os códigos' }).click()
  await expect(page.getByRole('main').getByText('Notebook da sala')).toBeVisible()
  await signOut(page)
  await page.getByRole('button', { name: 'Usar chave de acesso' }).click()
  await expect(page.getByRole('heading', HOME)).toBeVisible()
})

test('a session on another device is seen and ended', async ({ openBrowser, household }) => {
  const page = await openBrowser(household)
  const other = await openBrowser(household, { expected: [SIGNED_OUT, /: 401$/] })
  await other.goto('/')
  await expect(other.getByRole('heading', HOME)).toBeVisible()
  await page.goto('/settings/security')
  const sessions = page.getByRole('list', { name: 'Onde você está conectado' })
  await expect(sessions.getByText('Este aparelho')).toBeVisible()
  // The one that signed up by the API is a third.
  await expect(sessions.getByRole('listitem')).toHaveCount(3)
  await page.getByRole('button', { name: 'Encerrar as outras' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Encerrar as outras' }).click()
  await expect(sessions.getByRole('listitem')).toHaveCount(1)
  await other.reload()
  await expect(other.getByRole('heading', SIGN_IN)).toBeVisible()
})

test('what is dangerous asks for a proof, and goes on by itself after it', async ({
  openBrowser,
  household,
}) => {
  const page = await openBrowser(household, {
    expected: [/\/me\/tokens: 403$/, /\/auth\/step-up: 401$/],
  })
  await page.goto(await linkTo(household.email, '/verify-email'))
  await expect(page.getByRole('heading', { name: 'E-mail confirmado' })).toBeVisible()
  await page.goto('/settings/tokens')
  await page.getByRole('button', { name: 'Criar chave' }).click()
  await page.getByLabel('Nome').fill('Planilha')
  // As a quarter of an hour after signing in.
  await page.route(
    '**/api/v1/me/tokens',
    (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'step_up_required', status: 403, title: 'Prove it', requestId: 'r1' }),
      }),
    { times: 1 },
  )
  await page.getByRole('button', { name: 'Criar', exact: true }).click()
  const proof = page.getByRole('dialog', { name: 'É você mesmo?' })
  await proof.getByLabel('Senha', { exact: true }).fill('não é esta')
  await proof.getByRole('button', { name: 'Confirmar' }).click()
  await expect(proof.getByText('Esta senha não confere.')).toBeVisible()
  await proof.getByLabel('Senha', { exact: true }).fill(household.password)
  await proof.getByRole('button', { name: 'Confirmar' }).click()
  const made = page.getByRole('dialog', { name: 'Sua nova chave' })
  await expect(made.getByRole('status', { name: 'Sua nova chave' })).toHaveText(/^chr_/)
  await made.getByRole('button', { name: 'Guardei a chave' }).click()
  await expect(page.getByRole('list', { name: 'Chaves de API' }).getByText('Planilha')).toBeVisible()
  expect((await household.ask(listTokens)).items).toHaveLength(1)
})

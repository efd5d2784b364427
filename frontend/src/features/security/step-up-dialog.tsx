import { stepUpOptions } from '@chronos/contracts/factors'
import type { Factors } from '@chronos/contracts/factors'
import { Button, Modal, PasswordInput, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { call } from '../../lib/api-client.ts'
import { isWrongPassword } from '../../lib/form-errors.ts'
import { useSession } from '../../lib/session.tsx'
import { settleProof } from '../../lib/step-up.ts'
import { useSignOut } from '../session/session-actions.ts'
import { ProofForm } from './proof-form.tsx'
import type { Proof, ProofMethod } from './proof.ts'
import { factorsQuery, useProveByProvider, useStepUp } from './security-queries.ts'

/** Above every other dialog: one of them may be what asks. */
const ABOVE = 400

/** Asks for what proves that it is you: the second factor of those who have one, else the password. */
export function StepUpDialog() {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const factors = useQuery(factorsQuery(tenant.id))
  return (
    <Modal
      opened
      zIndex={ABOVE}
      size="sm"
      closeOnEscape={false}
      closeOnClickOutside={false}
      onClose={() => settleProof(false)}
      title={t('security.step_up.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack>
        {!leavesPage(factors.data) && (
          <Text size="sm" c="dimmed">
            {t('security.step_up.hint')}
          </Text>
        )}
        <QueryView query={factors} skeleton={<Skeleton h={110} />}>
          {(known) => <Ask factors={known} />}
        </QueryView>
      </Stack>
    </Modal>
  )
}

function methodsOf({ totp, passkeys, recoveryCodesLeft }: Factors): ProofMethod[] {
  const hasFactor = totp.enabled || passkeys.length > 0
  return [
    ...(totp.enabled ? (['totp'] as const) : []),
    ...(passkeys.length > 0 ? (['passkey'] as const) : []),
    ...(hasFactor && recoveryCodesLeft > 0 ? (['recovery_code'] as const) : []),
  ]
}

/** Who has nothing to prove it with here goes elsewhere for it, and nothing goes on by itself. */
function leavesPage(factors: Factors | undefined): boolean {
  return factors !== undefined && methodsOf(factors).length === 0 && !factors.hasPassword
}

function Ask({ factors }: { factors: Factors }) {
  const prove = useStepUp()
  const send = (proof: Proof | { password: string }): void =>
    prove.mutate(proof, { onSuccess: () => settleProof(true) })
  const methods = methodsOf(factors)
  if (methods.length > 0)
    return (
      <ProofForm
        methods={methods}
        passkeyOptions={() => call(stepUpOptions)}
        busy={prove.isPending}
        error={prove.error}
        onProof={send}
      />
    )
  if (factors.hasPassword)
    return (
      <PasswordProof
        busy={prove.isPending}
        error={prove.error}
        onPassword={(password) => send({ password })}
      />
    )
  return factors.provider ? <ProviderProof name={factors.provider.name} /> : <SignOutFirst />
}

interface PasswordProofProps {
  busy: boolean
  error: unknown
  onPassword: (password: string) => void
}

function PasswordProof({ busy, error, onPassword }: PasswordProofProps) {
  const { t } = useTranslation()
  const { user } = useSession()
  const [password, setPassword] = useState('')
  const isWrong = isWrongPassword(error)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (password !== '' && !busy) onPassword(password)
  }
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="sm">
        {/* Password managers know by it whose password is asked for. */}
        <input type="text" hidden readOnly autoComplete="username" value={user.email} />
        <PasswordInput
          label={t('session.password')}
          autoComplete="current-password"
          data-autofocus
          autoFocus
          visibilityToggleButtonProps={{ 'aria-label': t('session.show_password'), tabIndex: 0 }}
          error={isWrong && t('session.wrong_password')}
          value={password}
          onChange={({ currentTarget: { value } }) => setPassword(value)}
        />
        <FormError error={isWrong ? null : error} />
        <Button type="submit" loading={busy} disabled={password === ''}>
          {t('security.proof.confirm')}
        </Button>
      </Stack>
    </form>
  )
}

/** Who signs in through the provider alone signs in there once more. */
function ProviderProof({ name }: { name: string }) {
  const { t } = useTranslation()
  const prove = useProveByProvider()
  return (
    <Stack gap="sm">
      <Text size="sm">{t('security.step_up.provider', { name })}</Text>
      <FormError error={prove.error} />
      <Button loading={prove.isPending || prove.isSuccess} onClick={() => prove.mutate()}>
        {t('security.step_up.provider_go', { name })}
      </Button>
    </Stack>
  )
}

/** Nothing is left to prove it with: the operator has taken the provider away. */
function SignOutFirst() {
  const { t } = useTranslation()
  const signOut = useSignOut()
  return (
    <Stack gap="sm">
      <Text size="sm">{t('security.step_up.no_password')}</Text>
      <Button loading={signOut.isPending} onClick={() => signOut.mutate()}>
        {t('session.sign_out')}
      </Button>
    </Stack>
  )
}

import { secondFactorOptions } from '@chronos/contracts/factors'
import { Anchor, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ApiError, call } from '../../lib/api-client.ts'
import { forgetLinkSecret } from '../../lib/link-secret.ts'
import { ProofForm } from '../security/proof-form.tsx'
import type { ProofMethod } from '../security/proof.ts'
import { useSecondFactor } from './session-actions.ts'

interface SecondFactorStepProps {
  challenge: { token: string; methods: readonly ProofMethod[] }
  next: string
  onBack: () => void
}

/** The second step of a sign-in: the password, or the provider, was right. */
export function SecondFactorStep({ challenge, next, onBack }: SecondFactorStepProps) {
  const { t } = useTranslation()
  const { token } = challenge
  const provide = useSecondFactor(token, next)
  const isOver = provide.error instanceof ApiError && provide.error.code === 'link_invalid'
  const back = (): void => {
    forgetLinkSecret()
    onBack()
  }
  return (
    <Stack>
      <div>
        <Title order={1}>{t('security.proof.second_step')}</Title>
        <Text c="dimmed" mt={4}>
          {t(isOver ? 'security.proof.over' : 'security.proof.second_step_hint')}
        </Text>
      </div>
      {!isOver && (
        <ProofForm
          methods={challenge.methods}
          passkeyOptions={() => call(secondFactorOptions, { body: { challenge: token } })}
          busy={provide.isPending}
          error={provide.error}
          onProof={(proof) => provide.mutate(proof)}
        />
      )}
      <Anchor component="button" type="button" size="sm" ta="center" onClick={back}>
        {t('security.proof.back')}
      </Anchor>
    </Stack>
  )
}

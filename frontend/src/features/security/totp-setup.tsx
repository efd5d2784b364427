import { Button, CopyButton, Skeleton, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { FormError } from '../../components/form-error.tsx'
import { IconCheck, IconCopy } from '../../components/icons.ts'
import { QrCode } from '../../components/qr-code.tsx'
import { isGivenUp } from '../../lib/query-client.ts'
import classes from './code-field.module.css'
import { wholeCode } from './proof.ts'
import { useConfirmTotp, useStartTotp } from './security-queries.ts'

interface TotpSetupProps {
  onCodes: (recoveryCodes: string[]) => void
  /** The person was asked to prove that it is them, and said no. */
  onGiveUp: () => void
}

/** Sets an authenticator app up: a picture to scan, a secret to type instead, a code that shows that it worked. */
export function TotpSetup({ onCodes, onGiveUp }: TotpSetupProps) {
  const { t } = useTranslation()
  const { mutate, data, error } = useStartTotp()
  const confirm = useConfirmTotp()
  const [text, setText] = useState('')
  const [tried, setTried] = useState<string | null>(null)
  const giveUp = useRef(onGiveUp)
  useEffect(() => {
    giveUp.current = onGiveUp
  })
  useEffect(
    () => mutate(undefined, { onError: (refusal) => isGivenUp(refusal) && giveUp.current() }),
    [mutate],
  )
  if (error) return isGivenUp(error) ? null : <ErrorNotice error={error} onRetry={() => mutate()} />
  const code = wholeCode(text)
  const send = (value: string): void => {
    setTried(value)
    confirm.mutate(value, { onSuccess: ({ recoveryCodes }) => onCodes(recoveryCodes) })
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (code !== null && !confirm.isPending) send(code)
  }
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm">{t('security.totp.scan')}</Text>
        <div className={classes['qr']}>
          {data ? (
            <QrCode text={data.uri} label={t('security.totp.picture')} />
          ) : (
            <Skeleton w={196} h={196} radius="md" />
          )}
        </div>
        <div>
          <Text size="sm" c="dimmed">
            {t('security.totp.or_type')}
          </Text>
          {data ? <Secret secret={data.secret} /> : <Skeleton h={36} mt={4} />}
        </div>
        <TextInput
          label={t('security.totp.code')}
          classNames={{ input: classes['code'] ?? '' }}
          size="md"
          autoComplete="one-time-code"
          inputMode="numeric"
          maxLength={8}
          disabled={!data}
          value={text}
          onChange={({ currentTarget: { value } }) => {
            setText(value)
            const whole = wholeCode(value)
            if (whole !== null && whole !== tried && !confirm.isPending) send(whole)
          }}
        />
        <FormError error={confirm.error} />
        <Button type="submit" loading={confirm.isPending} disabled={code === null}>
          {t('security.totp.turn_on')}
        </Button>
      </Stack>
    </form>
  )
}

/** In groups of four: it may have to be typed. */
function Secret({ secret }: { secret: string }) {
  const { t } = useTranslation()
  return (
    <CopyButton value={secret}>
      {({ copied, copy }) => (
        <UnstyledButton
          className={classes['secret'] ?? ''}
          onClick={copy}
          aria-label={t('security.totp.copy')}
        >
          <code>{secret.match(/.{1,4}/g)?.join(' ')}</code>
          {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        </UnstyledButton>
      )}
    </CopyButton>
  )
}

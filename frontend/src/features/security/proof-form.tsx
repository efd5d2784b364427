import { Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { IconPasskey } from '../../components/icons.ts'
import { canUsePasskeys, presentPasskey } from '../../lib/passkeys.ts'
import type { WebauthnJson } from '../../lib/passkeys.ts'
import classes from './code-field.module.css'
import { orderedMethods, wholeCode } from './proof.ts'
import type { Proof, ProofMethod } from './proof.ts'

interface ProofFormProps {
  methods: readonly ProofMethod[]
  passkeyOptions: () => Promise<WebauthnJson>
  busy: boolean
  error: unknown
  onProof: (proof: Proof) => void
}

/** A code of the app, a recovery code or a passkey: the person's choice among what they have. */
export function ProofForm({ methods, passkeyOptions, busy, error, onProof }: ProofFormProps) {
  const { t } = useTranslation()
  const offered = orderedMethods(methods, canUsePasskeys())
  const [chosen, setChosen] = useState<ProofMethod | null>(null)
  const [asked, setAsked] = useState(false)
  const method = chosen ?? offered[0]
  if (method === undefined) return <Text>{t('security.proof.none')}</Text>
  return (
    <Stack gap="md">
      {method === 'passkey' ? (
        <PasskeyProof
          passkeyOptions={passkeyOptions}
          busy={busy}
          onProof={onProof}
          onAsk={() => setAsked(true)}
        />
      ) : (
        <CodeProof key={method} kind={method} busy={busy} onProof={onProof} onAsk={() => setAsked(true)} />
      )}
      {asked && <FormError error={error} />}
      {offered.length > 1 && (
        <Group gap="xs" justify="center">
          {offered
            .filter((other) => other !== method)
            .map((other) => (
              <Anchor
                key={other}
                component="button"
                type="button"
                size="sm"
                onClick={() => {
                  setChosen(other)
                  setAsked(false)
                }}
              >
                {t(`security.proof.use_${other}`)}
              </Anchor>
            ))}
        </Group>
      )}
    </Stack>
  )
}

interface CodeProofProps {
  kind: 'totp' | 'recovery_code'
  busy: boolean
  onAsk: () => void
  onProof: (proof: Proof) => void
}

function CodeProof({ kind, busy, onAsk, onProof }: CodeProofProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [tried, setTried] = useState<string | null>(null)
  const isTotp = kind === 'totp'
  const code = isTotp ? wholeCode(text) : text.trim().length >= 8 ? text.trim() : null
  const send = (value: string): void => {
    setTried(value)
    onAsk()
    onProof(isTotp ? { code: value } : { recoveryCode: value })
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (code !== null && !busy) send(code)
  }
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t(`security.proof.${kind}`)}
          description={t(`security.proof.${kind}_hint`)}
          classNames={{ input: classes['code'] ?? '' }}
          size="md"
          data-autofocus
          autoFocus
          autoComplete={isTotp ? 'one-time-code' : 'off'}
          autoCapitalize="off"
          spellCheck={false}
          inputMode={isTotp ? 'numeric' : 'text'}
          maxLength={isTotp ? 8 : 40}
          value={text}
          onChange={({ currentTarget: { value } }) => {
            setText(value)
            // The sixth digit says that the person is done; a code that was refused is not sent again by itself.
            const whole = isTotp ? wholeCode(value) : null
            if (whole !== null && whole !== tried && !busy) send(whole)
          }}
        />
        <Button type="submit" size="md" loading={busy} disabled={code === null}>
          {t('security.proof.confirm')}
        </Button>
      </Stack>
    </form>
  )
}

interface PasskeyProofProps {
  passkeyOptions: () => Promise<WebauthnJson>
  busy: boolean
  onAsk: () => void
  onProof: (proof: Proof) => void
}

function PasskeyProof({ passkeyOptions, busy, onAsk, onProof }: PasskeyProofProps) {
  const { t } = useTranslation()
  const present = useMutation({
    meta: { shownInPlace: true },
    mutationFn: async () => presentPasskey(await passkeyOptions()),
    onSuccess: (passkey) => onProof({ passkey }),
  })
  return (
    <Stack gap="sm">
      <Text size="sm">{t('security.proof.passkey_hint')}</Text>
      <Button
        size="md"
        data-autofocus
        leftSection={<IconPasskey size={18} aria-hidden />}
        loading={busy || present.isPending}
        onClick={() => {
          onAsk()
          present.mutate()
        }}
      >
        {t('security.proof.passkey')}
      </Button>
      <FormError error={present.error} />
    </Stack>
  )
}

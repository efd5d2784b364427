import { PasswordInput, Text } from '@mantine/core'
import type { PasswordInputProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './new-password.module.css'
import { strengthOf } from './password-strength.ts'

interface NewPasswordProps extends Omit<PasswordInputProps, 'value'> {
  value: string
  /** What is known about the person, and so makes no good password. */
  personal?: readonly string[]
}

/** A password that is being chosen, with what it is worth. */
export function NewPassword({ value, personal, ...input }: NewPasswordProps) {
  const { t } = useTranslation()
  const strength = strengthOf(value, personal)
  return (
    <div>
      <PasswordInput
        autoComplete="new-password"
        description={t('session.password_hint')}
        visibilityToggleButtonProps={{ 'aria-label': t('session.show_password'), tabIndex: 0 }}
        {...input}
        value={value}
      />
      {value !== '' && (
        <div className={classes['strength']} data-strength={strength}>
          <span className={classes['bar']} aria-hidden>
            {[1, 2, 3, 4].map((step) => (
              <span key={step} data-on={strength >= step || (step === 1 && strength === 0) || undefined} />
            ))}
          </span>
          <Text size="xs" c="dimmed" role="status">
            {t(`session.strength.${strength}`)}
          </Text>
        </div>
      )}
    </div>
  )
}

import { Checkbox, Radio, Stack, Text } from '@mantine/core'
import type { Role } from '@chronos/contracts/permissions'
import { useTranslation } from 'react-i18next'
import { useAccounts } from '../accounts/account-queries.ts'
import { canBeRestricted, GIVEN_ROLES, isGivenRole } from './member-rules.ts'
import type { GivenRole } from './member-rules.ts'
import classes from './members.module.css'

export interface Access {
  role: GivenRole
  hiddenAccountIds: string[]
}

interface AccessFieldsProps {
  value: Access
  onChange: (access: Access) => void
}

/** A role, each with what it means, and the accounts that stay unseen. */
export function AccessFields({ value, onChange }: AccessFieldsProps) {
  const { t } = useTranslation()
  return (
    <>
      <Radio.Group
        label={t('members.role')}
        value={value.role}
        onChange={(role) => isGivenRole(role) && onChange({ ...value, role })}
      >
        <Stack gap={10} mt={8}>
          {GIVEN_ROLES.map((role) => (
            <Radio
              key={role}
              value={role}
              label={t(`audit.role.${role}`)}
              description={t(`members.role_hint.${role}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <HiddenAccounts
        role={value.role}
        hidden={value.hiddenAccountIds}
        onChange={(hiddenAccountIds) => onChange({ ...value, hiddenAccountIds })}
      />
    </>
  )
}

interface HiddenAccountsProps {
  role: Role
  hidden: readonly string[]
  onChange: (hidden: string[]) => void
}

/** A tick is an account that they see: what is taken away is what is done here. */
function HiddenAccounts({ role, hidden, onChange }: HiddenAccountsProps) {
  const { t } = useTranslation()
  const accounts = useAccounts().data ?? []
  if (!canBeRestricted(role) || accounts.length === 0) return null
  const seen = accounts.filter(({ id }) => !hidden.includes(id)).map(({ id }) => id)
  return (
    <Checkbox.Group
      label={t('members.accounts')}
      description={t('members.accounts_hint')}
      value={seen}
      onChange={(next) => onChange(accounts.map(({ id }) => id).filter((id) => !next.includes(id)))}
    >
      <div className={classes['accounts']}>
        {accounts.map(({ id, name, currency }) => (
          <Checkbox key={id} value={id} label={name} description={currency} />
        ))}
      </div>
      {hidden.length > 0 && (
        <Text size="sm" c="dimmed" mt={6}>
          {t('members.hidden', { count: hidden.length })}
        </Text>
      )}
    </Checkbox.Group>
  )
}

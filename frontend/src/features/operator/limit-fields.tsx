import { Group, NumberInput, Switch, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { decimalMarkOfLocale } from '../../lib/money-format.ts'
import { useLocale } from '../../lib/use-locale.ts'
import { FEATURE_NAMES, formatUse, PLAN_LIMITS } from '../workspace/usage.ts'
import { limitOf, unitOf } from './limit-values.ts'
import type { LimitValues } from './limit-values.ts'
import classes from './operator.module.css'

interface LimitFieldsProps {
  values: LimitValues
  onChange: (values: LimitValues) => void
  /** Of the plan, where it is a tenant's limits that are set. */
  plan?: LimitValues | undefined
}

/** The limits and features of a plan, or of one tenant. An empty field is no limit. */
export function LimitFields({ values, onChange, plan }: LimitFieldsProps) {
  const { t } = useTranslation()
  const locale = useLocale()
  const decimalSeparator = decimalMarkOfLocale(locale)
  return (
    <>
      <Text size="sm" c="dimmed">
        {t('operator.limits_hint')}
      </Text>
      <div className={classes['limits']}>
        {PLAN_LIMITS.map((name) => {
          const limit = values.limits[name]
          const ofPlan = plan?.limits[name]
          return (
            <NumberInput
              key={name}
              label={t(`workspace.limit.${name}`)}
              {...(ofPlan === undefined
                ? {}
                : {
                    description: t('operator.in_plan', {
                      limit: ofPlan === null ? t('workspace.no_limit') : formatUse(name, ofPlan, locale),
                    }),
                  })}
              placeholder={t('workspace.no_limit')}
              suffix={name === 'storageBytes' ? ' MB' : ''}
              min={0}
              allowNegative={false}
              allowDecimal={name === 'storageBytes'}
              decimalScale={6}
              decimalSeparator={decimalSeparator}
              thousandSeparator={decimalSeparator === ',' ? '.' : ','}
              value={limit === null ? '' : limit / unitOf(name)}
              onChange={(typed) => {
                const next = limitOf(name, typed)
                if (next !== undefined) onChange({ ...values, limits: { ...values.limits, [name]: next } })
              }}
            />
          )
        })}
      </div>
      <Group gap="lg">
        {FEATURE_NAMES.map((name) => (
          <Switch
            key={name}
            label={t(`workspace.feature.${name}`)}
            checked={values.features[name]}
            onChange={(event) =>
              onChange({
                ...values,
                features: { ...values.features, [name]: event.currentTarget.checked },
              })
            }
          />
        ))}
      </Group>
    </>
  )
}

import { Button, Card, SimpleGrid, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { IconImport, IconWallet, IconWhatsapp } from '../../components/icons.ts'
import classes from './first-steps.module.css'

const STEPS = [
  { name: 'account', to: '/accounts', icon: IconWallet },
  { name: 'import', to: '/import', icon: IconImport },
  { name: 'whatsapp', to: '/whatsapp', icon: IconWhatsapp },
] as const

/** The ways to begin, for a workspace that has nothing yet. */
export function FirstSteps() {
  const { t } = useTranslation()
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
      {STEPS.map(({ name, to, icon: Icon }, index) => (
        <Card key={name} className={classes['step'] ?? ''}>
          <span className={classes['icon']} aria-hidden>
            <Icon size={26} stroke={1.6} />
          </span>
          <Title order={2}>{t(`dashboard.steps.${name}.title`)}</Title>
          <Text size="sm" c="dimmed" flex={1}>
            {t(`dashboard.steps.${name}.text`)}
          </Text>
          <Button component={Link} to={to} variant={index === 0 ? 'filled' : 'light'} mt="sm">
            {t(`dashboard.steps.${name}.action`)}
          </Button>
        </Card>
      ))}
    </SimpleGrid>
  )
}

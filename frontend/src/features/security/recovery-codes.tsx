import { Alert, Button, CopyButton, Group, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { IconAlert, IconCheck, IconCopy, IconDownload, IconPrinter } from '../../components/icons.ts'
import { saveText } from '../../lib/save-text.ts'
import { useSession } from '../../lib/session.tsx'
import classes from './code-field.module.css'

const FILE = 'chronos-recovery-codes.txt'

/** Recovery codes, this once: to copy, keep as a file, or print. */
export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const text = [`CHRONOS · ${user.email}`, t('security.codes.each_once'), '', ...codes, ''].join('\n')
  return (
    <Stack gap="md">
      <Alert color="maracuja" variant="light" icon={<IconAlert aria-hidden />}>
        {t('security.codes.shown_once')}
      </Alert>
      <div data-print>
        <Text size="sm" c="dimmed" mb="xs">
          {user.email} · {t('security.codes.each_once')}
        </Text>
        <ul className={classes['codes']} aria-label={t('security.codes.title')}>
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ul>
      </div>
      <Group gap="xs" grow preventGrowOverflow={false}>
        <CopyButton value={codes.join('\n')}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              onClick={copy}
            >
              {t(copied ? 'common.copied' : 'security.codes.copy')}
            </Button>
          )}
        </CopyButton>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => saveText(FILE, text)}
        >
          {t('security.codes.download')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconPrinter size={16} aria-hidden />}
          onClick={() => window.print()}
        >
          {t('security.codes.print')}
        </Button>
      </Group>
      <Button onClick={onKept} data-autofocus>
        {t('security.codes.kept')}
      </Button>
    </Stack>
  )
}

import { Alert, Button, Menu } from '@mantine/core'
import type { AuditVerification } from '@chronos/contracts/audit'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { IconAlert, IconDownload, IconVerified } from '../../components/icons.ts'
import { useSession } from '../../lib/session.tsx'
import type { AuditFilters } from './audit-filters.ts'
import { useExportAudit } from './audit-queries.ts'
import type { useVerifyAudit } from './audit-queries.ts'

type Verify = ReturnType<typeof useVerifyAudit>

/** Checks the chain, and takes the history away as a file. */
export function AuditTools({ filters, verify }: { filters: AuditFilters; verify: Verify }) {
  const { t } = useTranslation()
  const { emailVerified } = useSession().user
  const takeAway = useExportAudit(filters)
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconVerified size={16} aria-hidden />}
        loading={verify.isPending}
        onClick={() => verify.mutate()}
      >
        {t('audit.verify')}
      </Button>
      {emailVerified && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
              loading={takeAway.isPending}
            >
              {t('audit.export')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {(['csv', 'json'] as const).map((format) => (
              <Menu.Item key={format} onClick={() => takeAway.mutate(format)}>
                {t(`audit.export_${format}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  )
}

/** What the check found, where it was asked for. */
export function VerifyResult({ verify }: { verify: Verify }) {
  if (verify.error) return <FormError error={verify.error} />
  return verify.data ? <Verdict found={verify.data} /> : null
}

function Verdict({ found }: { found: AuditVerification }) {
  const { t } = useTranslation()
  const { ok, sealedRows, waitingRows, firstBroken, head } = found
  const waiting = waitingRows > 0 ? ` ${t('audit.waiting', { count: waitingRows })}` : ''
  if (ok)
    return (
      <Alert
        color="mate"
        variant="light"
        role="status"
        icon={<IconVerified aria-hidden />}
        title={t('audit.verified', { count: sealedRows })}
      >
        {t('audit.verified_hint')}
        {waiting}
        {head && (
          <code style={{ display: 'block', marginTop: 6, fontSize: 12, overflowWrap: 'anywhere' }}>
            {head.seq} · {head.hash}
          </code>
        )}
      </Alert>
    )
  return (
    <Alert
      color="goiaba"
      variant="light"
      role="alert"
      icon={<IconAlert aria-hidden />}
      title={firstBroken === null ? t('audit.broken_somewhere') : t('audit.broken', { seq: firstBroken.seq })}
    >
      {firstBroken !== null && t(`audit.broken_reason.${firstBroken.reason}`)}
      {typeof firstBroken?.auditId === 'string' && (
        <code style={{ display: 'block', marginTop: 6, fontSize: 12 }}>{firstBroken.auditId}</code>
      )}
    </Alert>
  )
}

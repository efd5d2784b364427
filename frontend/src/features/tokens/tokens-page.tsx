import { Button, Card, Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyNotice } from '../../components/empty-notice.tsx'
import { IconKey, IconPlus } from '../../components/icons.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import list from '../../components/settings-list.module.css'
import { useSession } from '../../lib/session.tsx'
import { TokenDialog } from './token-dialog.tsx'
import { tokensQuery } from './token-queries.ts'
import { TokenRow } from './token-row.tsx'

/** Tokens for programs of the person's own, in this workspace. */
export function TokensPage() {
  const { t } = useTranslation()
  const { tenant, user } = useSession()
  const tokens = useQuery(tokensQuery(tenant.id))
  const [isOpen, setIsOpen] = useState(false)
  const add = (
    <Button
      leftSection={<IconPlus size={16} aria-hidden />}
      disabled={!user.emailVerified}
      onClick={() => setIsOpen(true)}
    >
      {t('tokens.add')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('tokens.title')} hint={t('tokens.hint', { workspace: tenant.name })}>
        {tokens.data !== undefined && tokens.data.length > 0 && add}
      </PageHeader>
      {!user.emailVerified && (
        <Text size="sm" c="dimmed" mb="sm">
          {t('tokens.verify_first')}
        </Text>
      )}
      <Card p="sm">
        <QueryView
          query={tokens}
          skeleton={<Skeleton h={180} />}
          isEmpty={(items) => items.length === 0}
          empty={
            <EmptyNotice icon={<IconKey />} title={t('tokens.empty')} hint={t('tokens.empty_hint')}>
              {add}
            </EmptyNotice>
          }
        >
          {(items) => (
            <ul className={list['list']} style={{ margin: 0 }} aria-label={t('tokens.title')}>
              {items.map((token) => (
                <TokenRow key={token.id} token={token} />
              ))}
            </ul>
          )}
        </QueryView>
      </Card>
      {isOpen && <TokenDialog onClose={() => setIsOpen(false)} />}
    </>
  )
}

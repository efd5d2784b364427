import { Button, Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Import } from '@chronos/contracts/imports'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useTenantId } from '../../lib/session.tsx'
import { ImportHistory } from './import-history.tsx'
import { ImportResult } from './import-result.tsx'
import { importQuery } from './import-queries.ts'
import { ImportReview } from './import-review.tsx'
import { MappingEditor } from './mapping-editor.tsx'
import { UploadCard } from './upload-card.tsx'

/** From a bank's file to transactions: upload, look, apply; nothing is booked before the last press. */
export function ImportPage({ importId }: { importId?: string | undefined }) {
  const { t } = useTranslation()
  if (importId !== undefined) return <OneImport key={importId} id={importId} />
  return (
    <Stack gap="lg">
      <PageHeader title={t('import.title')} hint={t('import.hint')} />
      <UploadCard />
      <ImportHistory />
    </Stack>
  )
}

function OneImport({ id }: { id: string }) {
  const { t } = useTranslation()
  const query = useQuery(importQuery(useTenantId(), id))
  return (
    <>
      <PageHeader title={t('import.title')} hint={query.data?.fileName ?? undefined}>
        <Button variant="default" component={Link} to="/import">
          {t('import.another')}
        </Button>
      </PageHeader>
      <QueryView
        query={query}
        skeleton={
          <Stack>
            <Skeleton h={90} radius="lg" />
            <Skeleton h={420} radius="lg" />
          </Stack>
        }
      >
        {(data) => <Stage data={data} />}
      </QueryView>
    </>
  )
}

function Stage({ data }: { data: Import }) {
  const [mapping, setMapping] = useState(false)
  if (data.status === 'needs_mapping' || (mapping && data.status === 'ready'))
    return (
      <MappingEditor
        data={data}
        onDone={() => setMapping(false)}
        onCancel={data.status === 'ready' ? () => setMapping(false) : undefined}
      />
    )
  if (data.status === 'ready') return <ImportReview data={data} onMap={() => setMapping(true)} />
  return <ImportResult data={data} />
}

import { Suspense, lazy } from 'react'
import { wantMoreTexts } from '../../lib/i18n.ts'

const CreateWorkspaceDialog = lazy(async () => {
  const [{ CreateWorkspaceDialog: component }] = await Promise.all([
    import('../workspace/create-workspace-dialog.tsx'),
    wantMoreTexts(),
  ])
  return { default: component }
})

/** The dialog that opens a further workspace; fetched when it is first wanted. */
export function NewWorkspace({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return opened ? (
    <Suspense>
      <CreateWorkspaceDialog onClose={onClose} />
    </Suspense>
  ) : null
}

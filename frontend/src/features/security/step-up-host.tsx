import { Suspense, lazy, useEffect } from 'react'
import { wantMoreTexts } from '../../lib/i18n.ts'
import { isProofWanted, offerProofPlace, settleProof, useProofWanted } from '../../lib/step-up.ts'

const StepUpDialog = lazy(async () => {
  const [{ StepUpDialog: component }] = await Promise.all([import('./step-up-dialog.tsx'), wantMoreTexts()])
  return { default: component }
})

/**
 * The place of the one dialog that asks for a proof; nothing until a call wants one. It stands before the pages, so
 * that it hears of the escape key first: a dialog below would close with it.
 */
export function StepUpHost() {
  const isWanted = useProofWanted()
  useEffect(() => {
    const giveUp = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || !isProofWanted()) return
      event.stopImmediatePropagation()
      settleProof(false)
    }
    window.addEventListener('keydown', giveUp, true)
    const leave = offerProofPlace()
    return () => {
      window.removeEventListener('keydown', giveUp, true)
      leave()
    }
  }, [])
  return isWanted ? (
    <Suspense>
      <StepUpDialog />
    </Suspense>
  ) : null
}

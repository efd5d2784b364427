import { Suspense, lazy, useEffect, useState } from 'react'
import { onFirstToast } from '../lib/toasts.ts'

const ToastPlace = lazy(async () => {
  const { ToastPlace: component } = await import('./toast-place.tsx')
  return { default: component }
})

/** Nothing until something is to be told. */
export function ToastHost() {
  const [wanted, setWanted] = useState(false)
  useEffect(() => onFirstToast(() => setWanted(true)), [])
  return wanted ? (
    <Suspense>
      <ToastPlace />
    </Suspense>
  ) : null
}

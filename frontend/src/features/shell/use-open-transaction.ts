import { useNavigate } from '@tanstack/react-router'
import type { Draft } from '../../routes/_app.tsx'

/** Opens a transaction, or the form of a new one, over the page one is on. */
export function useOpenTransaction() {
  const navigate = useNavigate()
  return {
    open: (id: string) =>
      navigate({ to: '.', search: (before: object) => ({ ...before, add: undefined, tx: id }) }),
    add: (draft: Draft) =>
      navigate({ to: '.', search: (before: object) => ({ ...before, tx: undefined, add: draft }) }),
    close: () =>
      navigate({
        to: '.',
        replace: true,
        search: (before: object) => ({ ...before, tx: undefined, add: undefined }),
      }),
  }
}

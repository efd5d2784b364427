import { createRouter } from '@tanstack/react-router'
import { queryClient } from './lib/query-client.ts'
import { routeTree } from './route-tree.gen.ts'
import { PageFailed, PageMissing, PagePending } from './features/shell/page-states.tsx'

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 150,
  defaultPendingComponent: PagePending,
  defaultErrorComponent: PageFailed,
  defaultNotFoundComponent: PageMissing,
  scrollRestoration: true,
  // What no route reads out of an address is dropped, not handed to pages as it is.
  search: { strict: true },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

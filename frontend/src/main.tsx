import './lib/link-secret.ts'
import './styles/fonts.css'
import '@mantine/core/styles.layer.css'
import './styles/global.css'
import { MantineProvider, localStorageColorSchemeManager } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ToastHost } from './components/toast-host.tsx'
import { startFaults } from './lib/faults.ts'
import { startI18n } from './lib/i18n.ts'
import { queryClient } from './lib/query-client.ts'
import { sessionQuery } from './lib/session.tsx'
import { cssVariables, theme } from './lib/theme.ts'
import { router } from './router.tsx'

const colorSchemes = localStorageColorSchemeManager({ key: 'chronos.color-scheme' })

/** Pages that need no session; everywhere else the question who is signed in goes out with the language's texts. */
const isPublic =
  /^\/(sign-(in|up)|operator|verify-email|finish-registration|forgot-password|reset-password|confirm-email)\b/.test(
    location.pathname,
  )
if (!isPublic) void queryClient.prefetchQuery(sessionQuery)

const root = document.querySelector('#root')
if (!root) throw new Error('The page has no #root')
await startI18n()
const report = startFaults(import.meta.env.CHRONOS_SENTRY_DSN)
// What nobody caught reaches the window as well, where it is heard.
createRoot(root, report ? { onCaughtError: report } : {}).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
    >
      <ToastHost />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)

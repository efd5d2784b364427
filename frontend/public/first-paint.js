// Runs before the first paint, as a file and not inline so that the content policy can forbid inline scripts:
// without it a person with the dark scheme would see a white flash.
;(function () {
  var root = document.documentElement
  var scheme = 'auto'
  try {
    scheme = localStorage.getItem('chronos.color-scheme') || 'auto'
    root.lang = localStorage.getItem('chronos.locale') || root.lang
  } catch {
    // Storage can be forbidden; the system's scheme serves then.
  }
  if (scheme !== 'light' && scheme !== 'dark')
    scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  root.setAttribute('data-mantine-color-scheme', scheme)
})()

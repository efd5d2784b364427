/** Files of the API, fetched like any answer so that a refusal is told as one, then handed to the browser to keep. */
import type { EndpointSpec } from '@chronos/contracts/endpoint'
import { callForFile } from './api-client.ts'
import type { CallOptions } from './api-client.ts'

/**
 * @param fallbackName where the server names no file
 * @throws ApiError for every refusal
 */
export async function download<E extends EndpointSpec>(
  endpoint: E,
  options: CallOptions<E>,
  fallbackName: string,
): Promise<void> {
  const response = await callForFile(endpoint, options)
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = fileNameOf(response.headers.get('content-disposition')) ?? fallbackName
  link.click()
  // The browser has to have begun before the address goes.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** The name of `attachment; filename="x.zip"`, without any folder. */
export function fileNameOf(disposition: string | null): string | null {
  const name = /filename="?([^";]+)"?/i
    .exec(disposition ?? '')?.[1]
    ?.split(/[\\/]/)
    .at(-1)
    ?.trim()
  return name === undefined || name === '' ? null : name
}

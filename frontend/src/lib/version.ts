declare global {
  interface ImportMetaEnv {
    /** Put in by the build (build-version.ts); not there in tests. */
    readonly CHRONOS_VERSION: string | undefined
    readonly CHRONOS_COMMIT: string | undefined
  }
}

/** `0.1.0 (1f2e3d4c5b6a)`, as the web was built; the API may be another one while an update rolls. */
export function versionText(version: string | undefined, commit: string | undefined): string {
  return [version ?? '', commit ? `(${commit})` : ''].join(' ').trim()
}

export const WEB_VERSION = versionText(import.meta.env.CHRONOS_VERSION, import.meta.env.CHRONOS_COMMIT)

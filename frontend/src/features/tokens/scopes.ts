import { TOKEN_SCOPES, allows } from '@chronos/contracts/permissions'
import type { Role, TokenScope } from '@chronos/contracts/permissions'

/** What somebody of a role can give a token: no more than they have. */
export function givableScopes(role: Role): TokenScope[] {
  return TOKEN_SCOPES.filter((scope) => allows(role, scope))
}

type Key<S extends string> = S extends `${infer A}.${infer B}` ? `${A}_${B}` : S

/** The key of a scope's text: dots part the names of texts. */
export function scopeKey<S extends TokenScope>(scope: S): Key<S> {
  return scope.replace('.', '_') as Key<S>
}

/** Days that a new token may live. */
export const LIFETIMES = [7, 30, 90, 180, 366] as const

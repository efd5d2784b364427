declare module 'spdx-satisfies' {
  /** Whether somebody who accepts each of `allowed` may use what is under `expression`. @throws for no expression */
  export default function satisfies(expression: string, allowed: readonly string[]): boolean
}

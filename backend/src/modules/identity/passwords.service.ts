/** Passwords, for other modules that make persons: operators, and who comes by an invitation. */
export { assertStrongPassword } from './password-strength.ts'
export { hashPassword, verifyPassword } from './passwords.ts'

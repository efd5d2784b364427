/** Hashing of passwords, for the operators of the control plane too. */
export { hashPassword, verifyPassword } from './passwords.ts'

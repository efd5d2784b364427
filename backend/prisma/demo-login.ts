/** The demo workspace's owner, made by the seed for development alone; `make dev` prints it. */
export const DEMO_LOGIN = { email: 'demo@chronos.local', password: 'chronos-demo-2026' } as const

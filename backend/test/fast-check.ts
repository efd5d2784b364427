/** Fixed seeds: a run that fails fails again. */
import fc from 'fast-check'

fc.configureGlobal({ seed: 20_261_123 })

export { fc }

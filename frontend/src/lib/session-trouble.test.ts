import { describe, expect, it } from 'vitest'
import { ApiError } from './api-client.ts'
import { noteSessionTrouble, onSessionTrouble, troubleOf } from './session-trouble.ts'

describe('what a refusal tells about the session', () => {
  it('is that it is over, that the role changed, or nothing', () => {
    expect(troubleOf(new ApiError('session_ended', 401))).toBe('over')
    expect(troubleOf(new ApiError('unauthenticated', 401))).toBe('over')
    expect(troubleOf(new ApiError('forbidden', 403))).toBe('role_changed')
    expect(troubleOf(new ApiError('invalid_credentials', 401))).toBeNull()
    expect(troubleOf(new ApiError('step_up_required', 403))).toBeNull()
    expect(troubleOf(new Error('forbidden'))).toBeNull()
  })

  it('reaches who listens, until they stop', () => {
    const heard: string[] = []
    const stop = onSessionTrouble((trouble) => heard.push(trouble))
    noteSessionTrouble(new ApiError('session_ended', 401))
    noteSessionTrouble(new ApiError('not_found', 404))
    stop()
    noteSessionTrouble(new ApiError('session_ended', 401))
    expect(heard).toEqual(['over'])
  })
})

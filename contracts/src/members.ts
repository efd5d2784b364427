/** People of a workspace: members, invitations, ownership. */
import { z } from 'zod'
import { Email, IncludeRefreshToken, LinkToken, Locale, Password, SessionAnswer } from './auth.ts'
import { Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { IdParams, Version } from './ids.ts'
import { page, PageQuery } from './pagination.ts'
import { ROLES, type Role } from './permissions.ts'
import { lineOf } from './text.ts'

export const Member = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    hiddenAccountIds: z.array(z.string()).meta({ description: 'Empty to those who may not manage members' }),
    secondFactor: z.boolean().nullable().meta({ description: 'Null to those who may not manage members' }),
    isYou: z.boolean(),
    joinedAt: Instant,
    lastSeenAt: Instant.nullable(),
    version: Version,
  })
  .meta({ id: 'Member' })
export type Member = z.infer<typeof Member>

const people = { tag: 'Members', auth: 'session' } as const

export const listMembers = endpoint({
  ...people,
  id: 'listMembers',
  method: 'GET',
  path: '/members',
  permission: 'members.read',
  summary: 'People of the workspace, by name',
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(Member),
})

/** Nobody gives what is above their own role; ownership goes by transfer alone. */
const GIVEN_ROLES = ['admin', 'member', 'viewer', 'accountant'] as const satisfies readonly Role[]
export const GivenRole = z.enum(GIVEN_ROLES)

export const MemberUpdate = z.strictObject({
  role: GivenRole.optional(),
  hiddenAccountIds: z.array(z.guid()).max(500).optional().meta({
    description: 'Accounts kept from them, everywhere; members and viewers alone can be restricted',
  }),
})
export type MemberUpdate = z.infer<typeof MemberUpdate>

export const updateMember = endpoint({
  ...people,
  id: 'updateMember',
  method: 'PATCH',
  path: '/members/{id}',
  permission: 'members.manage',
  summary:
    'Change the role of a member, or which accounts are kept from them; holds from their next request on',
  params: IdParams,
  body: MemberUpdate,
  status: 200,
  response: Member,
  ifMatch: 'required',
  errors: ['last_owner', 'unknown_reference'],
})

export const removeMember = endpoint({
  ...people,
  id: 'removeMember',
  method: 'DELETE',
  path: '/members/{id}',
  permission: 'members.manage',
  summary:
    'Take a member out; their sessions, tokens and chats of this workspace end at once, what they wrote stays',
  params: IdParams,
  status: 204,
  response: null,
  ifMatch: 'optional',
  errors: ['last_owner'],
})

export const leaveWorkspace = endpoint({
  ...people,
  id: 'leaveWorkspace',
  method: 'POST',
  path: '/workspace/leave',
  permission: null,
  summary: 'Leave the workspace; the last owner hands it over or deletes it first',
  status: 204,
  response: null,
  errors: ['last_owner'],
})

export const transferOwnership = endpoint({
  ...people,
  id: 'transferOwnership',
  method: 'POST',
  path: '/workspace/owner',
  permission: 'workspace.transfer',
  stepUp: true,
  summary: 'Make another member the owner, and become an admin',
  body: z.strictObject({ memberId: z.guid() }),
  status: 200,
  response: Member,
  errors: ['unknown_reference'],
})

export const Invitation = z
  .object({
    id: z.string(),
    email: z.string(),
    role: GivenRole,
    hiddenAccountIds: z.array(z.string()),
    invitedBy: z.string().nullable(),
    createdAt: Instant,
    expiresAt: Instant,
    version: Version,
  })
  .meta({ id: 'Invitation' })
export type Invitation = z.infer<typeof Invitation>

export const listInvitations = endpoint({
  ...people,
  id: 'listInvitations',
  method: 'GET',
  path: '/invitations',
  permission: 'members.manage',
  summary: 'Invitations that wait, newest first',
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(Invitation),
})

export const InvitationCreate = z.strictObject({
  email: Email,
  role: GivenRole,
  hiddenAccountIds: z.array(z.guid()).max(500).default([]),
})
export type InvitationCreate = z.infer<typeof InvitationCreate>

export const createInvitation = endpoint({
  ...people,
  id: 'createInvitation',
  method: 'POST',
  path: '/invitations',
  permission: 'members.manage',
  verified: true,
  rate: 'mail',
  summary: 'Invite somebody by e-mail, for 72 hours. The same answer whether or not they are known here',
  body: InvitationCreate,
  status: 201,
  response: Invitation,
  idempotent: true,
  errors: ['already_member', 'plan_limit', 'unknown_reference'],
})

export const resendInvitation = endpoint({
  ...people,
  id: 'resendInvitation',
  method: 'POST',
  path: '/invitations/{id}/resend',
  permission: 'members.manage',
  verified: true,
  rate: 'mail',
  summary: 'Send an invitation again, for another 72 hours; the link before it is void',
  params: IdParams,
  status: 200,
  response: Invitation,
})

export const revokeInvitation = endpoint({
  ...people,
  id: 'revokeInvitation',
  method: 'DELETE',
  path: '/invitations/{id}',
  permission: 'members.manage',
  summary: 'Take an invitation back; its link is void at once',
  params: IdParams,
  status: 204,
  response: null,
})

export const previewInvitation = endpoint({
  tag: 'Members',
  auth: 'public',
  permission: null,
  rate: 'authentication',
  id: 'previewInvitation',
  method: 'POST',
  path: '/auth/invitation',
  summary: 'What an invitation invites to, for who has its link',
  body: z.strictObject({ token: LinkToken }),
  status: 200,
  response: z
    .object({
      workspaceName: z.string(),
      invitedBy: z.string().nullable(),
      email: z.string(),
      role: GivenRole,
      expiresAt: Instant,
    })
    .meta({ id: 'InvitationPreview' }),
  errors: ['link_invalid'],
})

export const acceptInvitation = endpoint({
  ...people,
  id: 'acceptInvitation',
  method: 'POST',
  path: '/invitations/accept',
  permission: null,
  rate: 'authentication',
  summary: 'Join the workspace of an invitation to one’s own e-mail, and go on in it',
  body: z.strictObject({ token: LinkToken, includeRefreshToken: IncludeRefreshToken }),
  status: 200,
  response: SessionAnswer,
  errors: ['link_invalid', 'already_member', 'plan_limit'],
})

export const registerInvited = endpoint({
  tag: 'Auth',
  auth: 'public',
  permission: null,
  rate: 'register',
  id: 'registerInvited',
  method: 'POST',
  path: '/auth/register-invited',
  summary: 'Create a person by an invitation, whose e-mail is verified by it, and sign in to its workspace',
  body: z.strictObject({
    token: LinkToken,
    name: lineOf(1, 120),
    password: Password,
    locale: Locale,
    includeRefreshToken: IncludeRefreshToken,
  }),
  status: 201,
  response: SessionAnswer,
  errors: ['link_invalid', 'email_taken', 'weak_password', 'plan_limit', 'registration_closed'],
})

-- Chats tied to a person by a one-time code, and their messages. The unique key on Meta's message id stays on an
-- unparted table: a message is stored once, however often it is delivered.

create table app.whatsapp_chats (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  phone_number_id text not null,
  bsuid text,
  wa_id text,
  name text,
  state text not null constraint whatsapp_chats_state check (state in ('linked', 'unlinked')),
  last_inbound_at timestamptz,
  last_message_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  constraint whatsapp_chats_pkey primary key (tenant_id, id),
  constraint whatsapp_chats_user foreign key (tenant_id, user_id) references app.users (tenant_id, id)
);
--;;
select app.distribute('app.whatsapp_chats');
--;;
create index whatsapp_chats_newest on app.whatsapp_chats (tenant_id, created_at desc, id desc);
--;;
select app.protect('app.whatsapp_chats');
--;;
select app.audited('app.whatsapp_chats', 'id', 'last_inbound_at,last_message_at');
--;;
create table app.whatsapp_messages (
  tenant_id uuid not null,
  id uuid not null,
  chat_id uuid not null,
  direction text not null constraint whatsapp_messages_direction check (direction in ('inbound', 'outbound')),
  wamid text,
  type text not null,
  text text,
  payload jsonb,
  state text not null constraint whatsapp_messages_state
    check (state in ('received', 'processed', 'queued', 'sent', 'delivered', 'read', 'failed', 'unknown')),
  error text,
  in_reply_to uuid,
  occurred_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint whatsapp_messages_pkey primary key (tenant_id, id),
  constraint whatsapp_messages_chat foreign key (tenant_id, chat_id) references app.whatsapp_chats (tenant_id, id)
);
--;;
select app.distribute('app.whatsapp_messages');
--;;
create unique index whatsapp_messages_wamid on app.whatsapp_messages (tenant_id, wamid) where wamid is not null;
--;;
create unique index whatsapp_messages_reply on app.whatsapp_messages (tenant_id, in_reply_to) where in_reply_to is not null;
--;;
-- In the order of their ids, which is that of handling: Meta's times are whole seconds, and a reply belongs after what
-- it answers.
create index whatsapp_messages_newest on app.whatsapp_messages (tenant_id, chat_id, id desc);
--;;
select app.protect('app.whatsapp_messages');
--;;
alter table app.transactions add constraint transactions_message
  foreign key (tenant_id, whatsapp_message_id) references app.whatsapp_messages (tenant_id, id);

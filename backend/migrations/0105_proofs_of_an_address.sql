-- A number of each person that goes up whenever their sessions end at once: a sign-in whose proof is of before it makes
-- no session any more, however long it was on its way.

alter table control.identities add column sign_in_epoch integer not null default 0;
--;;
alter table control.factor_challenges add column sign_in_epoch integer;

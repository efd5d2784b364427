-- Why a sign-in was refused: a limit refuses before the password is looked at. Null where it was looked at.

alter table control.sign_in_refusals add column code text;

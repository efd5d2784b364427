-- Who used a code up: a job that was cut off between using it and linking the chat may go on, and nobody else.

alter table control.whatsapp_link_codes add column used_by text;

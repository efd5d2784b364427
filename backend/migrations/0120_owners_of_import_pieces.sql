-- Files and rows of an import carry whose it is, so that the policy which hides them can name a column of their own
-- (0121): no policy of a table that is spread over a cluster may ask another table. The import says it, by a trigger, so
-- the release before, which knows nothing of the column, writes it too; and a key to the import holds it to the truth.

create unique index imports_of_owner on app.imports (tenant_id, id, created_by);
--;;
alter table app.import_files add column owner_id uuid;
--;;
alter table app.import_chunks add column owner_id uuid;
--;;
create function app.owner_of_import() returns trigger
language plpgsql security invoker set search_path = pg_catalog, pg_temp as $$
begin
  select i.created_by into new.owner_id from app.imports i where i.tenant_id = new.tenant_id and i.id = new.import_id;
  return new;
end
$$;
--;;
revoke execute on function app.owner_of_import() from public;
--;;
create trigger owner_of_import before insert or update on app.import_files
  for each row execute function app.owner_of_import();
--;;
create trigger owner_of_import before insert or update on app.import_chunks
  for each row execute function app.owner_of_import();
--;;
-- The policies bind the owner of the tables too: for what is there already they stand aside.
alter table app.imports no force row level security;
--;;
alter table app.import_files no force row level security;
--;;
alter table app.import_chunks no force row level security;
--;;
update app.import_files f set owner_id = i.created_by
  from app.imports i where i.tenant_id = f.tenant_id and i.id = f.import_id;
--;;
update app.import_chunks c set owner_id = i.created_by
  from app.imports i where i.tenant_id = c.tenant_id and i.id = c.import_id;
--;;
alter table app.imports force row level security;
--;;
alter table app.import_files force row level security;
--;;
alter table app.import_chunks force row level security;
--;;
alter table app.import_files add constraint import_files_owner
  foreign key (tenant_id, import_id, owner_id) references app.imports (tenant_id, id, created_by) on delete cascade;
--;;
alter table app.import_chunks add constraint import_chunks_owner
  foreign key (tenant_id, import_id, owner_id) references app.imports (tenant_id, id, created_by) on delete cascade;

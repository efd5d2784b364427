-- Who applied or undid an import last: a job goes on in that person's name.

alter table app.imports add column acted_by uuid;

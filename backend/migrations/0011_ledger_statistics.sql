-- An account or a category belongs to one tenant. Without knowing so the planner multiplies the two shares, expects a
-- handful of rows, and sorts all of an account's where it could read one page from the index.

create statistics app.transactions_of_tenant (dependencies) on tenant_id, account_id from app.transactions;
--;;
create statistics app.transaction_lines_of_tenant (dependencies) on tenant_id, category_id from app.transaction_lines;

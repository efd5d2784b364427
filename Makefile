# Every command a person types. Each target installs what it needs and puts the pinned Node on PATH
# (scripts/run), so any of them works on a fresh clone.

RUN := ./scripts/run

.DEFAULT_GOAL := help

# What is typed beside a target (TENANT=…) goes to its program as environment, letter for letter: neither make nor a shell
# reads a dollar or a quote in it as theirs. Recipes name it "$$TENANT".
GIVEN := LINES FOLLOW RAISE POSTGRES REDIS URL VERSION COMMIT INSECURE TO ONLY NAME COLUMNS DRAFT BASE FROM MB EMAIL \
	REASON TOKENS PLAN CURRENCY LOCALE TIMEZONE TENANT OUT FILE LEVEL FOR HOST QUICK
# Only as typed: terminals, WSL and many a tool have variables of these names in the environment.
AS_TYPED := MODE NAME COLUMNS
is_typed = $(findstring command,$(origin $1))
$(foreach name,$(AS_TYPED),$(if $(call is_typed,$(name)),,$(eval override $(name) :=)))
$(foreach name,$(GIVEN),$(if $(call is_typed,$(name)),$(eval override export $(name) := $$(value $(name)))))

# MODE=docker is the development stack in containers, MODE=prod the production of this machine; else what `make dev` runs.
# A target that knows no MODE is refused with one: it would act on the database of this checkout.
MODED := stop restart health logs logs-backend logs-frontend shell-postgres shell-redis clean clean-all db-migrate db-backup db-restore \
	db-verify-backup db-report db-maintain audit-verify rotate-keys operator-create person-sessions-end person-reset-link \
	tenant-create \
	tenant-list tenant-export tenant-backup tenant-restore test-journey
ifneq ($(filter-out docker prod,$(MODE)),)
$(error MODE is docker or prod, not $(MODE))
endif
ifneq ($(MODE),)
ifneq ($(filter-out $(MODED) $(if $(filter docker,$(MODE)),dev),$(MAKECMDGOALS)),)
$(error make $(filter-out $(MODED),$(MAKECMDGOALS)) knows no MODE=$(MODE))
endif
endif
in_mode = $(if $(MODE),compose-targets.ts $@ $(MODE),$1)

.PHONY: help install dev stop restart setup-docker health logs logs-backend logs-frontend \
	shell-postgres shell-redis clean clean-all test test-backend test-frontend test-e2e test-coverage test-docs test-compat smoke deploy lint-migrations db-validate docs-configuration lint format format-check type-check \
	bench db-migrate db-migrate-dev db-schema db-seed db-reset db-studio audit-verify env-check \
	db-backup db-restore db-verify-backup backup-key db-backup-drill db-point-drill db-maintain db-report docker-dev build-prod prod-up prod-down prod-update test-deploy \
	test-roll test-release test-nginx test-fluentd test-acme test-cdn test-compose test-recovery test-journey release fuzz operator-create person-sessions-end person-reset-link rotate-keys \
	security-audit sbom tenant-create tenant-list tenant-export tenant-backup tenant-restore test-scale test-citus test-monitoring

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

install: ## Install the pinned Node and all packages
	@$(RUN) true

dev: ## Start everything on this machine: web, API, database, mail, WhatsApp simulator; MODE=docker in containers
	@$(RUN) node scripts/$(if $(filter docker,$(MODE)),compose.ts dev,dev.ts)

docker-dev: ## Start the development stack in containers; Ctrl-C stops it
	@$(RUN) node scripts/compose.ts dev

build-prod: ## Build the images of production
	@$(RUN) node scripts/compose.ts build

prod-up: ## Start production as .env.production says
	@$(RUN) node scripts/compose.ts up

prod-down: ## Stop production; data stays
	@$(RUN) node scripts/compose.ts down

prod-update: ## Put freshly built images in the place of running ones, without a dropped request
	@$(RUN) node scripts/compose.ts update

stop: ## Stop the "make dev" of this checkout, from another terminal
	@$(RUN) node scripts/$(call in_mode,stop.ts)

restart: ## Start all parts of the running "make dev" again, from another terminal
	@$(RUN) node scripts/$(call in_mode,restart.ts)

setup-docker: ## Start, migrate and seed PostgreSQL and Redis in containers; without an engine the embedded database
	@$(RUN) node scripts/setup-docker.ts

health: ## Show every part of the running "make dev", its state and latency; ends with 1 when one is down
	@$(RUN) node scripts/$(call in_mode,dev-health.ts)

logs: ## Show and follow all logs of "make dev"; LINES=50, FOLLOW=0 ends after them
	@$(RUN) node scripts/$(call in_mode,dev-logs.ts all)

logs-backend: ## The same for API, worker, migrations and seed
	@$(RUN) node scripts/$(call in_mode,dev-logs.ts backend)

logs-frontend: ## The same for the web
	@$(RUN) node scripts/$(call in_mode,dev-logs.ts frontend)

shell-postgres: ## Open an SQL prompt on the development database: psql, or a small one
	@$(RUN) node scripts/$(call in_mode,dev-shell.ts postgres)

shell-redis: ## Open redis-cli on REDIS_URL
	@$(RUN) node scripts/$(call in_mode,dev-shell.ts redis)

clean: ## Remove what builds, tests and runs make again
	@$(RUN) node scripts/$(call in_mode,clean.ts)

clean-all: ## Remove packages and the development database as well; asks first
	@$(RUN) node scripts/$(call in_mode,clean.ts all)

test: ## Run all tests: backend, frontend, browser
	@$(RUN) node scripts/test.ts

test-backend: ## Run the tests of contracts, backend and scripts, on a real PostgreSQL
	@$(RUN) node scripts/test.ts backend

test-frontend: ## Run the tests of the web
	@$(RUN) node scripts/test.ts frontend

test-e2e: ## Run the browser tests against a freshly started product
	@$(RUN) node scripts/test.ts e2e

test-coverage: ## Measure what tests and journeys run: HTML in coverage/; fails below coverage-floor.json; RAISE=1 lifts that; ONLY=file: its tests alone, held to nothing
	@$(RUN) node scripts/test-coverage.ts $${ONLY:+"$$ONLY"}

test-compat: ## Run the backend's tests on other versions, from images or npm: POSTGRES=18 REDIS=8
	@$(RUN) node scripts/test-compat.ts "$${POSTGRES:-15}" "$${REDIS:-7}"

smoke: ## Look at a running installation from outside: URL=https://money.example [VERSION= COMMIT= INSECURE=1]
	@$(RUN) node scripts/smoke.ts

deploy: ## Release a version and go back when it does not work: TO="compose user@host folder" VERSION= URL=
	@deploy/release $$TO

test-docs: ## Run the commands of README and docs that are marked as runnable, and the seed's, in copies of this checkout; ONLY=README.md
	@$(RUN) node scripts/docs/run.ts $${ONLY:+"$$ONLY"}

fuzz: ## Send thousands of fitting and broken requests, as every role, and print the counts
	@$(RUN) npx vitest run --project backend backend/test/contract-fuzz.test.ts

test-deploy: ## Try a running production (prod-up) from outside: TLS, headers, limits, slow clients, hardening
	@$(RUN) node scripts/test-deploy.ts

test-roll: ## Load through a running production while it is updated and scaled: no request may be lost
	@$(RUN) node scripts/test-roll.ts

test-release: ## deploy/release on a staging of its own, under load: a good version, and a bad one that goes back; HOST= over SSH
	@$(RUN) node scripts/test-release.ts

test-fluentd: ## Try deploy/fluentd on the real Fluentd: its grammar, and lines that go in and come out
	@$(RUN) node scripts/test-fluentd.ts

test-compose: ## Try the development stack in containers, every target in MODE=docker, and the seed's commands in their order
	@$(RUN) node scripts/test-compose.ts
	@$(RUN) node scripts/docs/run.ts seed docker

test-nginx: ## Try the files of deploy/nginx on the real nginx, without containers: limits, framing, slow clients, headers
	@$(RUN) node scripts/test-nginx.ts

test-cdn: ## Try the web with a second Nginx as content delivery network, in front of a running production
	@$(RUN) node scripts/test-cdn.ts

test-journey: ## Browser journeys through a running production over TLS; MODE=docker through that of docker-dev
	@$(RUN) node scripts/test-journey.ts $(filter docker,$(MODE))

test-recovery: ## Kill each container of a running production, as a crash does, and watch it come back
	@$(RUN) node scripts/test-recovery.ts

test-acme: ## Get and renew a certificate from a test authority (Debian: pebble), under load
	@$(RUN) node scripts/test-acme.ts

lint: ## Check the code: rules, boundaries between its parts, SQL
	@$(RUN) node scripts/lint.ts

format: ## Format all files
	@$(RUN) npm run --silent format

format-check: ## Say which files are not formatted
	@$(RUN) npm run --silent format:check

type-check: ## Check the types of every workspace
	@$(RUN) node scripts/type-check.ts

test-scale: ## Check Kubernetes' files against their schemas, and run the product behind PgBouncer
	@$(RUN) node scripts/test-scale.ts

test-monitoring: ## Try deploy/monitoring on the real Prometheus: its rules' tests, and that all they name is there
	@$(RUN) node scripts/test-monitoring.ts

test-citus: ## Run the product's main work on a Citus cluster of three containers
	@$(RUN) node scripts/test-citus.ts $${ONLY:+"$$ONLY"}

bench: ## Run the benchmarks and print their ratios: [ONLY=summary] [QUICK=1 for small ledgers]
	@$(RUN) node bench/run.ts $${ONLY:+"$$ONLY"} $${QUICK:+--quick}

db-migrate: ## Apply new migrations to the development database
	@$(RUN) node scripts/$(call in_mode,db.ts migrate)

db-migrate-dev: ## Write a migration for a new table, apply it, renew the client: NAME=savings_goals [COLUMNS="name:text paid_on:date?"] [DRAFT=1]
	@$(RUN) node scripts/db.ts migrate-dev "$$NAME" "$$COLUMNS" "$$DRAFT"

db-validate: ## Migrate from nothing and from the last release (or BASE=), compare, and run that release on the new schema
	@$(RUN) node scripts/db-validate.ts $${BASE:+"$$BASE"}

lint-migrations: ## Hold migrations that no release has to expand and contract, and let squawk look at their locks
	@$(RUN) node scripts/lint-migrations.ts

db-schema: ## Write schema.prisma anew from what the migrations make
	@$(RUN) node backend/prisma/print-schema.ts

db-seed: ## Put the demo workspace into the development database
	@$(RUN) node scripts/db.ts seed

db-reset: ## Delete the development database and make it anew; asks first
	@$(RUN) node scripts/db.ts reset

db-studio: ## Open Prisma Studio: the port of database administration, or 5555 where Adminer has that
	@$(RUN) node scripts/db.ts studio

db-backup: ## Make an encrypted backup in BACKUP_DIR, and in the bucket if there is one
	@$(RUN) node scripts/$(call in_mode,backup/main.ts create)

db-restore: ## Restore the newest backup, or FROM=<name>, into an empty database
	@$(RUN) node scripts/$(call in_mode,backup/main.ts restore) $${FROM:+"$$FROM"}

db-verify-backup: ## Restore the newest backup, or FROM=<name>, into a scratch server and check all of it
	@$(RUN) node scripts/$(call in_mode,backup/main.ts verify) $${FROM:+"$$FROM"}

backup-key: ## Print a new key for backups, as age-keygen does: BACKUP_KEY, or its public half for BACKUP_RECIPIENTS
	@$(RUN) node scripts/backup/new-key.ts

db-backup-drill: ## Measure a backup and a restore on made data: MB=200
	@$(RUN) node scripts/backup/drill.ts $${MB:+"$$MB"}

db-point-drill: ## Kill a server under writes, lose its disk, and measure what a base copy and the WAL bring back: MB=200
	@$(RUN) node scripts/backup/point-drill.ts $${MB:+"$$MB"}

db-report: ## Show size, dead rows and vacuum of tables, unused indexes, slow statements, the last backup
	@$(RUN) node scripts/$(call in_mode,db.ts db-report)

db-maintain: ## VACUUM (ANALYZE) the tables where it is due
	@$(RUN) node scripts/$(call in_mode,db.ts maintain)

operator-create: ## Make an operator of this server: EMAIL=ana@example.com NAME="Ana"
	@$(RUN) node scripts/$(call in_mode,db.ts operator-create) "$$EMAIL" "$$NAME"

person-sessions-end: ## End every session of a person: EMAIL=ana@example.com [REASON="stolen laptop"] [TOKENS=1 ends API tokens too]
	@$(RUN) node scripts/$(call in_mode,db.ts person-sessions-end) "$$EMAIL" "$$REASON" "$$TOKENS"

person-reset-link: ## Print a link to a new password, where no mail leaves: EMAIL=ana@example.com
	@$(RUN) node scripts/$(call in_mode,db.ts person-reset-link) "$$EMAIL"

tenant-create: ## Make a workspace for somebody: NAME="Casa" EMAIL=ana@example.com [PLAN= CURRENCY= LOCALE= TIMEZONE=]
	@$(RUN) node scripts/$(call in_mode,db.ts tenant-create) "$$NAME" "$$EMAIL" "$$PLAN" "$$CURRENCY" "$$LOCALE" "$$TIMEZONE"

tenant-list: ## List the workspaces of this server: plan, state, use
	@$(RUN) node scripts/$(call in_mode,db.ts tenant-list)

tenant-export: ## Write all data of a workspace into a file: TENANT=its id [OUT=file.zip]
	@$(RUN) node scripts/$(call in_mode,db.ts tenant-export) "$$TENANT" "$$OUT"

tenant-backup: ## Write an encrypted backup of one workspace, to be restored alone: TENANT=its id [OUT=file]
	@$(RUN) node scripts/$(call in_mode,backup/tenant.ts create) "$$TENANT" "$$OUT"

tenant-restore: ## Bring one workspace back where there is nothing of it: FILE=file of make tenant-backup
	@$(RUN) node scripts/$(call in_mode,backup/tenant.ts restore) "$$FILE"

audit-verify: ## Recompute the hash chains of the audit logs; ends with 1 and names the first broken row
	@$(RUN) node scripts/$(call in_mode,db.ts audit-verify)

rotate-keys: ## Write what is encrypted anew under ENCRYPTION_KEY; ENCRYPTION_KEY_PREVIOUS has the key before it
	@$(RUN) node scripts/$(call in_mode,db.ts rotate-keys)

release: ## Make the next version: CHANGELOG.md, commit and tag; LEVEL=major|minor|patch or VERSION=1.2.3, else the commits say
	@$(RUN) node scripts/release.ts "$$LEVEL" "$$VERSION"

docs-configuration: ## Write docs/configuration.md anew from .env.example and config.ts
	@$(RUN) node scripts/docs/configuration.ts

sbom: ## Print the inventory of what is shipped (CycloneDX)
	@$(RUN) node scripts/sbom.ts

security-audit: ## Look for known weaknesses, secrets in files and licences that do not fit; 2 where a part could not be looked at
	@$(RUN) node scripts/security-audit.ts

env-check: ## Say what of the environment is missing, weak or still the example's; FOR=production looks at it so
	@$(RUN) node scripts/env-check.ts $${FOR:+"$$FOR"}

# API, worker, migrations and their like: one image. Built from the root of the repository.
#   target dev: all packages, sources mounted over it; the last stage: what production runs.

FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.base.json ./
COPY contracts/package.json contracts/
COPY backend/package.json backend/
COPY frontend/package.json frontend/
COPY e2e/package.json e2e/

# Without the root's own packages: those bring Node itself once more, and the tools.
FROM manifests AS packages
COPY deploy/docker/prune-packages.mjs ./
RUN npm ci --ignore-scripts --omit=dev -w @chronos/contracts -w @chronos/backend \
 && node prune-packages.mjs backend \
 && find node_modules -name '*.map' -delete \
 && find node_modules/@prisma/client/runtime -regextype posix-extended \
      -regex '.*\.(cockroachdb|mysql|sqlite|sqlserver)\..*' -delete

FROM manifests AS dev
RUN npm ci --ignore-scripts -w @chronos/contracts -w @chronos/backend -w @chronos/frontend
COPY contracts contracts
COPY backend backend
COPY frontend frontend
COPY scripts/prisma-engine-stub scripts/
COPY docs docs
COPY CHANGELOG.md SECURITY.md SUPPORT.md ./
# Generating needs no engine; without the stub Prisma would download one.
RUN cd backend && PRISMA_SCHEMA_ENGINE_BINARY=/app/scripts/prisma-engine-stub CHECKPOINT_DISABLE=1 \
    node ../node_modules/prisma/build/index.js generate \
 && mkdir -p /run/chronos/app /run/chronos/owner /run/chronos/backup /run/chronos/postgres /run/chronos/redis /run/chronos/logs /run/chronos/monitoring /run/chronos/maintenance
ENV BIND=0.0.0.0
CMD ["node", "--watch", "--watch-preserve-output", "backend/src/server.ts"]

FROM node:24-bookworm-slim
ARG CHRONOS_COMMIT=
ENV NODE_ENV=production BIND=0.0.0.0
# Certificates of the servers inside (backend/src/deployment-tls.ts).
RUN command -v openssl >/dev/null || { apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends openssl >/dev/null && rm -rf /var/lib/apt/lists/*; }
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY contracts contracts
COPY backend/package.json backend/
COPY backend/migrations backend/migrations
COPY --from=dev /app/docs docs
COPY --from=dev /app/CHANGELOG.md /app/SECURITY.md /app/SUPPORT.md ./
COPY --from=dev /app/backend/src backend/src
# A named volume takes its owner from here.
# Nor what only tests and a developer's machine run; scripts/image-contents.test.ts holds this to what is loaded.
RUN find backend contracts \( -name '*.test.ts' -o -name '*.fixture.ts' -o -name 'corpus*.ts' -o -name '*-double.ts' \
      -o -name 'control-plane-tables.ts' \) -delete \
 && rm -rf backend/src/integrations/whatsapp/double \
 && mkdir -p /run/chronos/app /run/chronos/owner /run/chronos/backup /run/chronos/postgres /run/chronos/redis /run/chronos/logs /run/chronos/monitoring /run/chronos/maintenance \
 && chown -R 1000:1000 /run/chronos
# Last, so that a commit which changes nothing else costs no layer.
ENV CHRONOS_COMMIT=$CHRONOS_COMMIT
USER 1000:1000
EXPOSE 3001
CMD ["node", "--max-semi-space-size=16", "--max-old-space-size=512", "backend/src/server.ts"]

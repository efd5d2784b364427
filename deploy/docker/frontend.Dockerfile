# The web: built once, then static files behind Nginx and nothing else.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.base.json ./
COPY contracts/package.json contracts/
COPY backend/package.json backend/
COPY frontend/package.json frontend/
COPY e2e/package.json e2e/
RUN npm ci --ignore-scripts -w @chronos/contracts -w @chronos/frontend
COPY contracts contracts
COPY frontend frontend
COPY deploy/docker/precompress.mjs ./
ARG CHRONOS_COMMIT=
# Put into the pages and into their content policy.
ARG SENTRY_DSN=
# A content delivery network for what is hashed; the page and its policy then name it.
ARG ASSET_BASE_URL=
RUN cd frontend && node ../node_modules/vite/bin/vite.js build && rm -rf dist/.vite && node ../precompress.mjs dist \
  && node scripts/print-nginx-headers.ts /app/web-security-headers.conf

FROM nginx:1-bookworm
COPY deploy/nginx/web.conf /etc/nginx/nginx.conf
COPY deploy/nginx/snippets /etc/nginx/snippets
COPY --from=build /app/web-security-headers.conf /etc/nginx/snippets/web-security-headers.conf
COPY --from=build /app/frontend/dist /srv/web
USER 101:101
EXPOSE 8080
ENTRYPOINT ["nginx", "-g", "daemon off;"]
CMD []

# Croupier, to be run with a PostgreSQL of your own: `docker compose up` (compose.yaml), or see deploy/README.md.
FROM node:26-slim

WORKDIR /app
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0 PORT=2567

# The packages that are optional are the embedded PostgreSQL of the demo.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force

COPY public ./public
COPY schema ./schema
COPY db ./db
COPY verify ./verify
COPY rooms ./rooms
COPY src ./src

# Only the signed heads of the chains are written here; keep them, and keep copies elsewhere.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node

EXPOSE 2567
# It stops in order within ten seconds: rounds in play are dealt and paid.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]

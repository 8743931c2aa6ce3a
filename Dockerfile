# The daemon, and the scripts that initialise a cluster and synthesise upstreams, in one image.
#   docker build -t tributary .        podman build --format docker -t tributary .   (the OCI format has no HEALTHCHECK)
# Pin the base, or take a mirror's: --build-arg NODE_IMAGE=node@sha256:…
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
# No package needs its install script here, and that of `node` would fetch a second Node.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY app ./app
RUN node node_modules/typescript/bin/tsc -p tsconfig.build.json \
 && npm prune --omit=dev --ignore-scripts \
 && find node_modules -type d -empty -delete

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="tributary" \
      org.opencontainers.image.description="Many upstream WebSockets into Kafka as Avro records" \
      org.opencontainers.image.licenses="Apache-2.0"
# Node takes a quarter of the container's memory limit for its heap, but never less than 256 MiB, and the lanes are outside
# that heap (FEED_<NAME>_LANE_MAX_BYTES, 64 MiB a feed). So it needs no flag from 512 MiB upwards; with a smaller limit,
# or to give it more than a quarter, set NODE_OPTIONS=--max-old-space-size=<MiB>.
ENV NODE_ENV=production
WORKDIR /opt/tributary
COPY --from=build /build/node_modules ./node_modules
COPY package.json LICENSE ./
COPY schemas ./schemas
# The scripts use parts of the daemon, as they are.
COPY app ./app
COPY scripts/healthcheck.ts ./scripts/
COPY scripts/lib ./scripts/lib
COPY scripts/initialise ./scripts/initialise
COPY scripts/synthesise ./scripts/synthesise
COPY --from=build /build/dist ./dist
# For lanes on disk: a volume that is mounted here and empty takes over whose it is. Only root makes directories here.
RUN mkdir -p /var/lib/tributary && chown 1000:1000 /var/lib/tributary
# By number, so that Kubernetes can see that it is not root. Nothing else is written: the root file system may be read-only.
USER 1000:1000
EXPOSE 9000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "scripts/healthcheck.ts"]
# Small steps for young objects: as fast, and a quarter less memory (scripts/lib/node-options.ts).
ENTRYPOINT ["node", "--max-semi-space-size=16", "dist/main.js"]

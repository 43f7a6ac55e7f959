# The image of `flotilla agent` and `flotilla hub`: docker build -t registry.example/flotilla:1.0.0 .
# Pin the base by its digest where builds have to be repeatable: --build-arg NODE_IMAGE=node:20-slim@sha256:…
ARG NODE_IMAGE=node:20-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY lib ./lib
RUN node_modules/.bin/tsc -p tsconfig.json

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# cdk8s is for programs that model a fleet, and nothing that reads the tree needs it.
RUN npm ci --omit=dev --omit=peer --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
# The user has to have a name: ssh refuses to run for a number that nobody knows.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git openssh-client \
 && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules/npm /usr/local/bin/npm /usr/local/bin/npx \
 && groupadd --gid 65532 flotilla \
 && useradd --uid 65532 --gid 65532 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin flotilla
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/build ./build
# What is known of Kubernetes; build/ reads it from here.
COPY --from=build /app/lib/sandbox/data ./lib/sandbox/data
COPY --from=build /app/lib/schema/data ./lib/schema/data
ENV NODE_ENV=production
# A number, so that `runAsNonRoot` can be checked without the image's /etc/passwd.
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["node", "/app/build/cli/main.js"]

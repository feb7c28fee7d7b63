#include "analysis/builds/build_file.h"

#include <string>
#include <string_view>

#include "tests/builds/print_builds.h"
#include "tests/support/catch.h"

namespace keyline::tests {

namespace {

using analysis::BuildFileKind;
using analysis::BuildVariables;

std::string read(BuildFileKind kind, std::string_view text, const BuildVariables& variables = {}) {
  return "\n" + print_builds(analysis::read_build_file(kind, text, variables), text);
}

}  // namespace

TEST_CASE("build files are known by their paths") {
  CHECK(analysis::build_file_kind("compose.yaml") == BuildFileKind::compose);
  CHECK(analysis::build_file_kind("deploy/docker-compose.prod.yml") == BuildFileKind::compose);
  CHECK(analysis::build_file_kind("docker-bake.hcl") == BuildFileKind::bake);
  CHECK(analysis::build_file_kind(".github/workflows/build.yml") == BuildFileKind::workflow);
  CHECK(analysis::build_file_kind("a/.github/workflows/build.yaml") == BuildFileKind::workflow);
  CHECK(analysis::build_file_kind(".gitlab-ci.yml") == BuildFileKind::gitlab);
  CHECK(analysis::build_file_kind("Makefile") == BuildFileKind::makefile);
  CHECK(analysis::build_file_kind("scripts/build.sh") == BuildFileKind::script);
  CHECK_FALSE(analysis::build_file_kind("compose.override.yaml"));
  CHECK_FALSE(analysis::build_file_kind("workflows/build.yml"));
  CHECK_FALSE(analysis::build_file_kind("config.yml"));
}

TEST_CASE("compose services that are built") {
  CHECK(read(BuildFileKind::compose, R"(services:
  api:
    build: ./api
  web:
    build:
      context: web
      dockerfile: docker/Dockerfile.prod
      target: "runtime"
      args:
        NODE_VERSION: 22
        COMMIT:
      cache_from:
        - type=gha,scope=web
        - example.org/web:cache
      platforms: [linux/amd64, linux/arm64]
      no_cache: true
      secrets: [npmrc]
      additional_contexts:
        shared: ../shared
  db:
    image: postgres:16
)") == R"(
service api [api]
  context: api
  file: api/Dockerfile
service web [web]
  context: web
  file: web/docker/Dockerfile.prod
  target: runtime ["runtime"]
  NODE_VERSION = 22 [NODE_VERSION]
  COMMIT from the environment [COMMIT]
  shared: ../shared
  from: gha scope=web
  from: registry ref=example.org/web:cache
  platform: linux/amd64
  platform: linux/arm64
  secret: npmrc
  no cache [true]
)");
}

TEST_CASE("compose variables, anchors and extends") {
  CHECK(read(BuildFileKind::compose, R"(x-build: &common
  context: .
  args: &args
    - BASE=${BASE_IMAGE:-alpine}:$TAG
    - COST=5$$
services:
  one:
    build:
      <<: *common
      target: one
  two:
    extends: one
    build:
      target: two
      dockerfile: ${FILE?needed}
  three:
    build:
      context: .
      args: [VERSION]
)",
             {{"TAG", "3.20"}, {"VERSION", "7"}}) == R"(
service one [one]
  context: .
  file: Dockerfile
  target: one [one]
  BASE = alpine:3.20 (open: $BASE_IMAGE) [BASE=${BASE_IMAGE:-alpine}:$TAG]
  COST = 5$ [COST=5$$]
service two [two]
  context: .
  file: ${FILE?needed} (open: $FILE) (incomplete)
  target: two [two]
  BASE = alpine:3.20 (open: $BASE_IMAGE) [BASE=${BASE_IMAGE:-alpine}:$TAG]
  COST = 5$ [COST=5$$]
service three [three]
  context: .
  file: Dockerfile
  VERSION = 7 (open: $VERSION) [VERSION]
)");
}

TEST_CASE("a text that is no YAML is a fault with its line") {
  CHECK(read(BuildFileKind::compose, "services:\n  a: [\n") == "\nfault: line 3: end of sequence flow not found\n");
  CHECK(read(BuildFileKind::compose, "") == "\n");
  CHECK(read(BuildFileKind::compose, "services: 3\n") == "\n");
}

TEST_CASE("bake targets in HCL") {
  CHECK(read(BuildFileKind::bake, R"(variable "TAG" { default = "latest" }
variable "REGISTRY" {}
group "default" { targets = ["app", "worker"] }
target "_base" {
  dockerfile = "docker/Dockerfile"
  args = {
    NODE = "22"   # the line
    STAMP = timestamp()
    FROM_ENV = "${REGISTRY}/x"
    NOTHING = null
  }
  cache-from = ["type=registry,ref=example.org/app:${TAG}"]
}
target "app" {
  inherits = ["_base"]
  target   = TAG == "latest" ? "dev" : "prod"
  args     = { NODE = "20" }
  cache-to = [{ type = "gha", mode = "max" }]
}
target "worker" {
  name = "worker-${size}"
  inherits = ["_base"]
  matrix = { size = ["small", "large"] }
  args = { SIZE = upper(size) }
  context = "./worker"
  no-cache = true
}
)") == R"(
target app ["app"]
  context: .
  file: docker/Dockerfile
  target: dev (open: $TAG) ["dev"]
  NODE = 20 [NODE]
  STAMP = timestamp() (per build: timestamp()) (incomplete) [STAMP]
  FROM_ENV = ${REGISTRY}/x (open: $REGISTRY) (incomplete) [FROM_ENV]
  from: registry ref=example.org/app:latest
  to: gha mode=max
target worker-small ["worker"] repeated
  context: worker
  file: worker/docker/Dockerfile
  NODE = 22 [NODE]
  STAMP = timestamp() (per build: timestamp()) (incomplete) [STAMP]
  FROM_ENV = ${REGISTRY}/x (open: $REGISTRY) (incomplete) [FROM_ENV]
  SIZE = SMALL [SIZE]
  from: registry ref=example.org/app:latest
  no cache [true]
target worker-large ["worker"] repeated
  context: worker
  file: worker/docker/Dockerfile
  NODE = 22 [NODE]
  STAMP = timestamp() (per build: timestamp()) (incomplete) [STAMP]
  FROM_ENV = ${REGISTRY}/x (open: $REGISTRY) (incomplete) [FROM_ENV]
  SIZE = LARGE [SIZE]
  from: registry ref=example.org/app:latest
  no cache [true]
)");
}

TEST_CASE("bake targets in JSON") {
  CHECK(read(BuildFileKind::bake, R"({
  "variable": {"TAG": {"default": "1"}},
  "target": {
    "app": {
      "context": "src",
      "args": {"VERSION": "v${TAG}"},
      "contexts": {"base": "docker-image://alpine:3.20"}
    }
  }
})") == R"(
target app ["app"]
  context: src
  file: src/Dockerfile
  VERSION = v1 (open: $TAG) ["VERSION"]
  base: docker-image://alpine:3.20
)");
}

TEST_CASE("faults of HCL name their line and keep what stands above") {
  CHECK(read(BuildFileKind::bake, "target \"a\" {\n  context = \".\"\n}\ntarget \"b\" {\n") ==
        "\nfault: line 5: a closing brace is missing\n"
        "target a [\"a\"]\n  context: .\n  file: Dockerfile\n"
        "target b [\"b\"]\n  context: .\n  file: Dockerfile\n");
  CHECK(read(BuildFileKind::bake, "= 3\n") == "\nfault: line 1: an attribute or a block is expected\n");
}

TEST_CASE("steps of workflows") {
  CHECK(read(BuildFileKind::workflow, R"(on: push
env:
  SHA: ${{ github.sha }}
jobs:
  image:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        service: [a, b]
    steps:
      - uses: actions/checkout@v4
      - name: Build
        uses: docker/build-push-action@v6
        with:
          context: services/${{ matrix.service }}
          file: ./docker/Dockerfile
          build-args: |
            VERSION=1.2
            GIT_SHA=${{ env.SHA }}
            NAME=${{ matrix.service }}
          cache-from: type=gha
          cache-to: type=gha,mode=max
          platforms: linux/amd64,linux/arm64
          secrets: |
            npmrc=${{ secrets.NPMRC }}
  commit:
    steps:
      - uses: docker/build-push-action@v6
        with:
          push: true
  shell:
    steps:
      - working-directory: app
        run: |
          echo start
          docker build -t app:${{ github.ref_name }} \
            --build-arg COMMIT=${{ github.sha }} --build-arg DATE=$(date -u) --no-cache .
)") == R"(
job image [docker/build-push-action@v6] throwaway repeated
  context: services/${{ matrix.service }} (open: ${{ matrix.service }}) (incomplete)
  file: docker/Dockerfile
  VERSION = 1.2 [VERSION=1.2]
  GIT_SHA = ${{ github.sha }} (open: ${{ github.sha }}) (per build: ${{ github.sha }}) (incomplete) [GIT_SHA=${{ env.SHA }}]
  NAME = ${{ matrix.service }} (open: ${{ matrix.service }}) (incomplete) [NAME=${{ matrix.service }}]
  from: gha
  to: gha mode=max
  platform: linux/amd64
  platform: linux/arm64
  secret: npmrc
job commit [docker/build-push-action@v6]
  remote context: .
  file: Dockerfile
job shell: `docker build` [docker build -t app:${{ github.ref_name }} \
            --build-arg COMMIT=${{ github.sha }} --build-arg DATE=$(date -u) --no-cache .]
  context: app
  file: app/Dockerfile
  COMMIT = ${{ github.sha }} (open: ${{ github.sha }}) (per build: ${{ github.sha }}) (incomplete) [COMMIT=${{ github.sha }}]
  DATE = $(date -u) (open: $(date -u)) (per build: $(date -u)) (incomplete) [DATE=$(date -u)]
  no cache [--no-cache]
)");
}

TEST_CASE("scripts of GitLab CI") {
  CHECK(read(BuildFileKind::gitlab, R"(stages: [build]
build:
  script:
    - cd services/api
    - docker buildx build --pull -f Dockerfile.ci --build-arg REV=$CI_COMMIT_SHA --cache-from example.org/api .
    - echo done
)") == R"(
job build: `docker buildx build` [docker buildx build --pull -f Dockerfile.ci --build-arg REV=$CI_COMMIT_SHA --cache-from example.org/api .]
  context: services/api
  file: services/api/Dockerfile.ci
  REV = $CI_COMMIT_SHA (open: $CI_COMMIT_SHA) (per build: $CI_COMMIT_SHA) (incomplete) [REV=$CI_COMMIT_SHA]
  from: registry ref=example.org/api
)");
}

TEST_CASE("recipes of Makefiles") {
  CHECK(read(BuildFileKind::makefile,
             "COMMIT := $(shell git rev-parse HEAD)\n"
             "IMAGE ?= app\n"
             "DIR = services/$(IMAGE)\n"
             "\n"
             "image: deps\n"
             "\t@$(DOCKER) build -t $(IMAGE) \\\n"
             "    --build-arg COMMIT=$(COMMIT) --target=prod -f $(DIR)/Dockerfile $(CURDIR)\n"
             "\tcd other && docker build -q .\n"
             "clean:\n"
             "\trm -rf build\n") == R"(
make image [$(DOCKER) build -t $(IMAGE) \
    --build-arg COMMIT=$(COMMIT) --target=prod -f $(DIR)/Dockerfile $(CURDIR)]
  context: .
  file: services/app/Dockerfile
  target: prod [--target=prod]
  COMMIT = $(COMMIT) (open: $(COMMIT)) (per build: $(shell git rev-parse HEAD)) (incomplete) [COMMIT=$(COMMIT)]
make image [docker build -q .]
  context: other
  file: other/Dockerfile
)");
}

TEST_CASE("shell scripts") {
  CHECK(read(BuildFileKind::script, R"sh(#!/bin/sh
set -e
TARGET=release
REV="$(git describe --tags)"
docker build --target "$TARGET" --build-arg "REV=$REV" --build-arg HTTP_PROXY \
  -f build/Dockerfile https://example.org/repo.git
docker run app
tar c . | podman build -
)sh") == R"sh(
`docker build` [docker build --target "$TARGET" --build-arg "REV=$REV" --build-arg HTTP_PROXY \
  -f build/Dockerfile https://example.org/repo.git]
  remote context: https://example.org/repo.git
  file: build/Dockerfile
  target: release ["$TARGET"]
  REV = $REV (open: $REV) (per build: $(git describe --tags)) (incomplete) ["REV=$REV"]
  HTTP_PROXY from the environment [HTTP_PROXY]
`podman build` [podman build -]
  input: -
  file: none
)sh");
}

TEST_CASE("variables of .env") {
  const BuildVariables variables = analysis::read_variables("A=1\n# no\nexport B=\"two\"\n\nC='3'\r\nno line\n");
  CHECK(variables == BuildVariables{{"A", "1"}, {"B", "two"}, {"C", "3"}});
}

}  // namespace keyline::tests

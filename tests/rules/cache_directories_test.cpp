// Where each package manager keeps its cache: by option, variable, base image and user.

#include "analysis/knowledge/cache_directories.h"

#include <memory>
#include <string>
#include <string_view>

#include "analysis/syntax/parser.h"
#include "tests/support/catch.h"

namespace {

using keyline::analysis::BaseImage;
using keyline::analysis::CacheDirectory;
using keyline::analysis::describe_base_image;
using keyline::analysis::Distribution;
using keyline::analysis::Install;
using keyline::analysis::mount_owner;
using keyline::analysis::Owner;
using keyline::analysis::RunEnvironment;
using keyline::analysis::SyntaxTree;

struct Place {
  std::string_view image = "debian";
  std::string_view user = "";
  std::vector<RunEnvironment::Variable> variables = {};
};

RunEnvironment environment(const Place& place) {
  RunEnvironment result;
  result.image = describe_base_image(place.image);
  result.variables = place.variables;
  result.user = place.user;
  result.workdir = "/app";
  return result;
}

// The directories of the first install in the command, "?" for one that cannot be resolved.
void check(std::string_view run, const Place& place, std::string_view expected, int where = __builtin_LINE()) {
  const SyntaxTree tree =
      keyline::analysis::parse(std::make_shared<const std::string>("RUN " + std::string(run) + "\n"));
  const std::vector<Install> installs =
      keyline::analysis::find_installs(keyline::analysis::run_commands(*tree.items.front().instruction), "/app");
  INFO("line " << where << ": " << run);
  REQUIRE_FALSE(installs.empty());
  std::string found;
  for (const CacheDirectory& directory : installs.front().manager().caches) {
    const std::string path = resolve(directory, installs.front(), environment(place)).path;
    found += (found.empty() ? "" : " ") + (path.empty() ? std::string("?") : path);
  }
  CHECK(found == expected);
}

}  // namespace

TEST_CASE("Cache directories of root") {
  check("npm ci", {}, "/root/.npm");
  check("yarn", {}, "/usr/local/share/.cache/yarn");
  check("pnpm i", {}, "/root/.local/share/pnpm/store");
  check("pip install x", {}, "/root/.cache/pip");
  check("uv sync", {}, "/root/.cache/uv");
  check("poetry install", {}, "/root/.cache/pypoetry/cache /root/.cache/pypoetry/artifacts");
  check("go build", {}, "/root/go/pkg/mod /root/.cache/go-build");
  check("cargo build", {}, "/root/.cargo/registry /root/.cargo/git/db");
  check("composer install", {}, "?");
  check("bundle install", {}, "/root/.bundle/cache");
  check("mvn package", {}, "/root/.m2/repository");
  check("gradle build", {}, "/root/.gradle");
  check("dotnet restore", {}, "/root/.local/share/NuGet");
  check("apt-get install x", {}, "/var/cache/apt /var/lib/apt");
  check("apk add x", {}, "/etc/apk/cache");
  check("dnf install x", {}, "?");
}

TEST_CASE("Caches of tools that are offered for review") {
  check("bun install", {}, "/root/.bun/install/cache");
  check("bun install", {.variables = {{"BUN_INSTALL", "/bun"}}}, "/bun/install/cache");
  check("pdm sync", {.variables = {{"XDG_CACHE_HOME", "/x"}}}, "/x/pdm");
  check("pipenv sync", {.variables = {{"PIPENV_CACHE_DIR", "/p"}}}, "/p");
  check("conda install x", {.image = "continuumio/miniconda3"}, "/opt/conda/pkgs");
  check("conda install x", {}, "?");
  check("conda install x", {.variables = {{"CONDA_PKGS_DIRS", "/c"}}}, "/c");
  check("micromamba install x", {.image = "mambaorg/micromamba:1"}, "/opt/conda/pkgs");
  check("mix deps.get", {.variables = {{"HEX_HOME", "/hex"}}}, "/hex/packages");
  check("dart pub get", {.variables = {{"PUB_CACHE", "/pub"}}}, "/pub");
  check("conan install .", {.image = "node:22", .user = "node"}, "/home/node/.conan2");
  check("zypper in git", {}, "/var/cache/zypp");
  check("pacman -S git", {}, "/var/cache/pacman/pkg");
  check("deno install", {.image = "denoland/deno"}, "");
}

TEST_CASE("The base image moves caches") {
  check("go build", {.image = "golang:1.22"}, "/go/pkg/mod /root/.cache/go-build");
  check("cargo build", {.image = "rust:1-alpine"}, "/usr/local/cargo/registry /usr/local/cargo/git/db");
  check("composer install", {.image = "composer:2"}, "/tmp/cache");
  check("gradle build", {.image = "gradle:8"}, "/home/gradle/.gradle");
  check("dnf install x", {.image = "fedora:41"}, "/var/cache/libdnf5");
  check("dnf install x", {.image = "fedora:40"}, "/var/cache/dnf");
  check("dnf install x", {.image = "rockylinux:9"}, "/var/cache/dnf");
  check("yum install x", {.image = "centos:7"}, "/var/cache/yum");
  check("microdnf install x", {.image = "registry.access.redhat.com/ubi8/ubi-minimal:8.9"}, "/var/cache/yum");
  check("microdnf install x", {.image = "registry.access.redhat.com/ubi9/ubi-minimal"}, "/var/cache/dnf");
}

TEST_CASE("Variables and options win, in this order") {
  check("pip install x", {.variables = {{"XDG_CACHE_HOME", "/x"}}}, "/x/pip");
  check("pip install x", {.variables = {{"XDG_CACHE_HOME", "/x"}, {"PIP_CACHE_DIR", "/p"}}}, "/p");
  check("PIP_CACHE_DIR=/q pip install x", {.variables = {{"PIP_CACHE_DIR", "/p"}}}, "/q");
  check("pip install --cache-dir=/o x", {.variables = {{"PIP_CACHE_DIR", "/p"}}}, "/o");
  check("pip install x", {.variables = {{"PIP_CACHE_DIR", "", false}}}, "?");
  check("npm ci", {.variables = {{"NPM_CONFIG_CACHE", "/n"}}}, "/n");
  check("npm ci --cache .npm", {}, "/app/.npm");
  check("yarn", {.variables = {{"YARN_CACHE_FOLDER", "/y"}}}, "/y");
  check("pnpm i", {.variables = {{"PNPM_HOME", "/pnpm"}}}, "/pnpm/store");
  check("pnpm i --store-dir /s", {}, "/s");
  check("go build", {.image = "golang", .variables = {{"GOCACHE", "/c"}, {"GOMODCACHE", "/m"}}}, "/m /c");
  check("go build", {.image = "golang", .variables = {{"GOPATH", "/a:/b"}}}, "/a/pkg/mod /root/.cache/go-build");
  check("cargo build", {.variables = {{"CARGO_HOME", "/cargo"}}}, "/cargo/registry /cargo/git/db");
  check("composer install", {.image = "composer", .variables = {{"COMPOSER_CACHE_DIR", "/cc"}}}, "/cc");
  check("mvn -Dmaven.repo.local=/m2 package", {}, "/m2");
  check("gradle -g /g build", {}, "/g");
  check("npm ci", {.variables = {{"HOME", "/data"}}}, "/data/.npm");
}

TEST_CASE("Another user has another home") {
  check("npm ci", {.image = "node:22", .user = "node"}, "/home/node/.npm");
  check("npm ci", {.image = "node:22", .user = "1000"}, "/home/node/.npm");
  check("yarn", {.image = "node:22", .user = "node"}, "/home/node/.cache/yarn");
  check("npm ci", {.image = "node:22", .user = "app"}, "?");
  check("npm ci", {.image = "debian", .user = "1001"}, "?");
}

TEST_CASE("The owner of a mount") {
  const auto owner = [](const RunEnvironment& at) { return mount_owner(at); };
  CHECK(owner(environment({})).uid.empty());
  CHECK(owner(environment({.user = "root"})).uid.empty());
  CHECK(owner(environment({.image = "node", .user = "node"})).uid == "1000");
  CHECK(owner(environment({.image = "node", .user = "node"})).gid == "1000");
  CHECK(owner(environment({.user = "1001"})).uid == "1001");
  CHECK_FALSE(owner(environment({.user = "app"})).known);
  RunEnvironment created = environment({.user = "app"});
  created.accounts = {{"app", "1234"}};
  CHECK(owner(created).uid == "1234");
  RunEnvironment grouped = environment({.user = "1001"});
  grouped.group = "1002";
  CHECK(owner(grouped).gid == "1002");
}

TEST_CASE("Base images are known by their reference") {
  CHECK(describe_base_image("node:20-alpine").distribution == Distribution::alpine);
  CHECK(describe_base_image("node:20").distribution == Distribution::debian);
  CHECK(describe_base_image("docker.io/library/python:3.12@sha256:00").known);
  CHECK(describe_base_image("public.ecr.aws/docker/library/golang:1.22").name == "golang");
  CHECK(describe_base_image("registry.example.com:5000/rust").name == "rust");
  CHECK_FALSE(describe_base_image("bitnami/node").known);
  CHECK_FALSE(describe_base_image("ghcr.io/someone/golang-tools").known);
  CHECK(describe_base_image("mcr.microsoft.com/windows/servercore:ltsc2022").windows);
}

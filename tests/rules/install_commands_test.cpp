// How installs are recognised in a RUN, one row a way of writing them.

#include "analysis/knowledge/install_commands.h"

#include <memory>
#include <string>
#include <string_view>

#include "analysis/syntax/parser.h"
#include "tests/support/catch.h"

namespace {

using keyline::analysis::Install;
using keyline::analysis::SourceUse;
using keyline::analysis::SyntaxTree;
using keyline::analysis::Verb;

std::vector<Install> installs(std::string_view run) {
  const SyntaxTree tree =
      keyline::analysis::parse(std::make_shared<const std::string>(std::string("RUN ") + std::string(run) + "\n"));
  return keyline::analysis::find_installs(keyline::analysis::run_commands(*tree.items.front().instruction), "/app");
}

// "tool verb title @directory: operands", for reading at a glance.
std::string describe(const Install& install) {
  std::string text(install.manager().name);
  if (install.tool == keyline::analysis::Tool::yarn_berry) text += " 2+";
  switch (install.verb) {
    case Verb::install:
      text += install.names_packages ? " names" : " manifests";
      break;
    case Verb::add:
      text += " names";
      break;
    case Verb::build:
      text += " build";
      break;
    case Verb::update:
      text += " update";
      break;
  }
  if (install.sources == SourceUse::sources) text += " sources";
  if (install.sources == SourceUse::project) text += " project";
  text += " [" + install.title + "] " + install.directory;
  for (const std::string& file : install.requirements) text += " " + file;
  return text;
}

void check(std::string_view run, std::string_view expected, int where = __builtin_LINE()) {
  std::string found;
  for (const Install& install : installs(run)) found += (found.empty() ? "" : " | ") + describe(install);
  INFO("line " << where << ": " << run);
  CHECK(found == expected);
}

}  // namespace

TEST_CASE("JavaScript installs") {
  check("npm ci", "npm manifests [npm ci] /app");
  check("npm --prefix web ci --omit=dev", "npm manifests [npm ci] /app/web");
  check("npm install --loglevel error", "npm manifests [npm install] /app");
  check("npm i -g serve", "npm names [npm i] /app");
  check("npm install ./local", "npm names sources [npm install] /app");
  check("npm run build", "");
  check("npm cache clean --force", "");
  check("yarn", "Yarn manifests [yarn] /app");
  check("yarn --frozen-lockfile", "Yarn manifests [yarn] /app");
  check("yarn --version", "");
  check("yarn build", "");
  check("yarn global add serve", "Yarn names [yarn global add] /app");
  check("yarn install --immutable", "Yarn 2+ manifests [yarn install] /app");
  check("yarn workspaces focus api", "Yarn 2+ manifests [yarn workspaces focus] /app");
  check("pnpm i --frozen-lockfile", "pnpm manifests [pnpm i] /app");
  check("pnpm fetch", "pnpm manifests [pnpm fetch] /app");
  check("corepack enable && corepack pnpm install", "pnpm manifests [pnpm install] /app");
  check("npx pnpm@9 install", "pnpm manifests [pnpm install] /app");
}

TEST_CASE("Python installs") {
  check("pip install -r requirements.txt", "pip manifests [pip install] /app requirements.txt");
  check("pip3.11 install --no-cache-dir -rreq/base.txt -c constraints.txt",
        "pip manifests [pip install] /app req/base.txt constraints.txt");
  check("python3 -m pip install flask", "pip names [pip install] /app");
  check("/venv/bin/pip install .", "pip names sources [pip install] /app");
  check("pip install -e .", "pip names sources [pip install] /app");
  check("pip install -r requirements.txt .", "pip manifests sources [pip install] /app requirements.txt");
  check("pip install --find-links wheels -r r.txt", "pip manifests sources [pip install] /app r.txt");
  check("pip install 'git+https://example.com/x.git'", "pip names [pip install] /app");
  check("uv sync --locked --no-install-project", "uv manifests [uv sync] /app");
  check("uv sync --frozen", "uv manifests project [uv sync] /app");
  check("uv pip install --system -r requirements.txt", "uv manifests [uv pip install] /app requirements.txt");
  check("uv pip sync requirements.txt", "uv manifests [uv pip sync] /app requirements.txt");
  check("poetry install --no-root --only main", "Poetry manifests [poetry install] /app");
  check("poetry install", "Poetry manifests project [poetry install] /app");
  check("poetry run pip install flask", "pip names [pip install] /app");
}

TEST_CASE("Go, Rust, PHP, Ruby, JVM and .NET installs") {
  check("go mod download -x", "Go manifests [go mod download] /app");
  check("CGO_ENABLED=0 go build -o /bin/app ./cmd/app", "Go build [go build] /app");
  check("go install golang.org/x/tools/gopls@latest", "Go names [go install] /app");
  check("go install ./...", "Go build [go install] /app");
  check("cargo fetch", "Cargo manifests [cargo fetch] /app");
  check("cargo build --release", "Cargo build [cargo build] /app");
  check("cargo install ripgrep", "Cargo names [cargo install] /app");
  check("cargo install --path .", "Cargo build [cargo install] /app");
  check("cargo chef cook --release --recipe-path recipe.json", "Cargo build [cargo chef cook] /app");
  check("composer install --no-dev", "Composer manifests [composer install] /app");
  check("php composer.phar install", "Composer manifests [composer.phar install] /app");
  check("composer require monolog/monolog", "Composer names [composer require] /app");
  check("bundle install -j4", "Bundler manifests [bundle install] /app");
  check("bundle", "Bundler manifests [bundle] /app");
  check("bundle exec rake", "");
  check("./mvnw -B dependency:go-offline", "Maven manifests [mvnw dependency:go-offline] /app");
  check("mvn -f pom.xml package -DskipTests", "Maven build [mvn package] /app");
  check("./gradlew --no-daemon dependencies", "Gradle manifests [gradlew dependencies] /app");
  check("gradle bootJar -x test", "Gradle build [gradle bootJar] /app");
  check("./gradlew --version", "");
  check("dotnet restore src/App.csproj", ".NET manifests [dotnet restore] /app");
  check("dotnet publish -c Release -o /out", ".NET build [dotnet publish] /app");
}

TEST_CASE("Packages of the operating system") {
  check("apt-get update && apt-get install -y curl",
        "apt update [apt-get update] /app | apt names [apt-get install] /app");
  check("apt-get -qq -o Dpkg::Use-Pty=0 install git", "apt names [apt-get install] /app");
  check("apk add --no-cache curl", "apk names [apk add] /app");
  check("dnf -y install gcc", "dnf names [dnf install] /app");
  check("microdnf install -y tar", "dnf names [microdnf install] /app");
  check("yum clean all", "");
}

TEST_CASE("Wrappers, directories and nesting are seen through") {
  check("sudo apt-get install -y curl", "apt names [apt-get install] /app");
  check("env A=1 npm ci", "npm manifests [npm ci] /app");
  check("sh -c 'cd web && npm ci'", "npm manifests [npm ci] /app/web");
  check("cd web && npm ci && cd ../api && npm ci", "npm manifests [npm ci] /app/web | npm manifests [npm ci] /app/api");
  check("(cd web && npm ci) && npm ci", "npm manifests [npm ci] /app/web | npm manifests [npm ci] /app");
  check("cd $HOME && npm ci", "npm manifests [npm ci] ");
  check("if [ -f yarn.lock ]; then yarn; else npm ci; fi", "Yarn manifests [yarn] /app | npm manifests [npm ci] /app");
  check(R"(["npm", "ci"])", "npm manifests [npm ci] /app");
  check(R"(["/bin/bash", "-c", "npm ci"])", "npm manifests [npm ci] /app");
}

TEST_CASE("Facts about one install") {
  CHECK(installs("gosu app npm ci").at(0).other_user);
  CHECK(installs("su app -c 'npm ci'").at(0).other_user);
  CHECK_FALSE(installs("sudo apt-get install x").at(0).other_user);
  CHECK(installs("npm ci || npm install").at(1).conditional);
  CHECK(installs("npm ci").at(0).keeps_manifests);
  CHECK_FALSE(installs("npm install").at(0).keeps_manifests);
  CHECK(installs("yarn install --frozen-lockfile").at(0).keeps_manifests);
  CHECK_FALSE(installs("npm ci --ignore-scripts").at(0).scripts);
  CHECK(installs("pip install --cache-dir /c x").at(0).option("--cache-dir") == "/c");
  CHECK(installs("mvn -Dmaven.repo.local=/m package").at(0).option("-Dmaven.repo.local") == "/m");
  const auto variables = installs("export A=1; B=2 npm ci").at(0).variables;
  REQUIRE(variables.size() == 2);
  CHECK(variables[0] == std::pair<std::string, std::string>("A", "1"));
  CHECK(variables[1] == std::pair<std::string, std::string>("B", "2"));
}

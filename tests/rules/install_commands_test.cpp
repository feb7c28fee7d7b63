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
  check("bash -lc \"set -e; npm ci\"", "npm manifests [npm ci] /app");
  check("zsh -c 'npm ci'", "npm manifests [npm ci] /app");
  check("su - app -c 'cd web && npm ci'", "npm manifests [npm ci] /app/web");
  check("runuser -u app -- npm ci", "npm manifests [npm ci] /app");
  check("sudo -u app -H bash -c 'npm ci'", "npm manifests [npm ci] /app");
  check("sudo --user=app env CI=1 npm ci", "npm manifests [npm ci] /app");
  check("A=1 B=2 npm ci", "npm manifests [npm ci] /app");
  check("eatmydata apt-get install -y git", "apt names [apt-get install] /app");
  check("timeout 600 npm ci", "npm manifests [npm ci] /app");
  check("set -eux; npm ci; true", "npm manifests [npm ci] /app");
  check("for d in web api; do npm ci --prefix web; done", "npm manifests [npm ci] /app/web");
  check("case $X in a) npm ci;; *) yarn;; esac", "npm manifests [npm ci] /app | Yarn manifests [yarn] /app");
  check("{ npm ci; } && ! yarn", "npm manifests [npm ci] /app | Yarn manifests [yarn] /app");
  check("<<EOF\nset -e\ncd web\nnpm ci\nEOF", "npm manifests [npm ci] /app/web");
  check("<<EOF bash -e\nnpm ci\nEOF", "npm manifests [npm ci] /app");
  check("eval \"npm ci\"", "npm manifests [npm ci] /app");
  check("npm ci | tee log", "npm manifests [npm ci] /app");
  check("x=$(npm ci)", "npm manifests [npm ci] /app");
  check("poetry run pip install -r r.txt", "pip manifests [pip install] /app r.txt");
  check("pipenv run pip install flask", "pip names [pip install] /app");
  check("pnpm dlx playwright install", "Playwright names project [playwright install] /app");
  check("pnpm exec playwright install", "Playwright names project [playwright install] /app");
  check("npm exec -- playwright install", "Playwright names project [playwright install] /app");
  check("bunx playwright install", "Playwright names project [playwright install] /app");
  check("cd web && npm ci && cd ../api && npm ci", "npm manifests [npm ci] /app/web | npm manifests [npm ci] /app/api");
  check("(cd web && npm ci) && npm ci", "npm manifests [npm ci] /app/web | npm manifests [npm ci] /app");
  check("cd $HOME && npm ci", "npm manifests [npm ci] ");
  check("if [ -f yarn.lock ]; then yarn; else npm ci; fi", "Yarn manifests [yarn] /app | npm manifests [npm ci] /app");
  check(R"(["npm", "ci"])", "npm manifests [npm ci] /app");
  check(R"(["/bin/bash", "-c", "npm ci"])", "npm manifests [npm ci] /app");
}

TEST_CASE("Every tool has its row") {
  const auto rows = keyline::analysis::package_managers();
  CHECK(rows.size() == keyline::analysis::tool_count);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    INFO("row " << i);
    CHECK_FALSE(rows[i].name.empty());
    CHECK(static_cast<std::size_t>(rows[i].tool) == i);
  }
}

TEST_CASE("More installs of JavaScript and Python") {
  check("npm update", "npm manifests [npm update] /app");
  check("yarn dlx create-x", "");
  check("bun install --frozen-lockfile", "Bun manifests [bun install] /app");
  check("bun add hono", "Bun names [bun add] /app");
  check("bun run build", "");
  check("deno install", "Deno manifests [deno install] /app");
  check("deno install --entrypoint main.ts", "Deno manifests sources [deno install] /app");
  check("deno install -g jsr:@std/cli", "Deno names [deno install] /app");
  check("deno cache main.ts", "Deno build [deno cache] /app");
  check("npx --yes playwright@1.47.0 install --with-deps chromium",
        "Playwright names project [playwright install] /app");
  check("python -m playwright install chromium", "Playwright names project [playwright install] /app");
  check("yarn playwright install", "Playwright names project [playwright install] /app");
  check("npx cypress install", "Cypress names project [cypress install] /app");
  check("npx puppeteer browsers install chrome", "Puppeteer names project [puppeteer browsers install] /app");
  check("pipx install poetry==1.8.3", "pipx names [pipx install] /app");
  check("uvx ruff check", "uv names [uvx] /app");
  check("uv tool install ruff", "uv names [uv tool install] /app");
  check("uv run pytest", "uv build project [uv run] /app");
  check("uv run --no-sync pytest", "");
  check("uv run pip install flask", "pip names [pip install] /app");
  check("pdm install --no-self --prod", "PDM manifests [pdm install] /app");
  check("pdm sync", "PDM manifests project [pdm sync] /app");
  check("pdm add flask", "PDM names [pdm add] /app");
  check("pipenv install --system --deploy", "Pipenv manifests [pipenv install] /app");
  check("pipenv install flask", "Pipenv names [pipenv install] /app");
  check("pipenv install -e .", "Pipenv manifests sources [pipenv install] /app");
  check("pipenv sync", "Pipenv manifests [pipenv sync] /app");
  check("conda env create -f env/base.yml", "conda manifests [conda env create] /app env/base.yml");
  check("mamba env update -n base", "conda manifests [mamba env update] /app");
  check("conda install -y -c conda-forge numpy", "conda names [conda install] /app");
  check("micromamba install -y -n base --file env.yaml", "conda manifests [micromamba install] /app env.yaml");
  check("conda create -n app python=3.12", "conda names [conda create] /app");
  check("conda clean -afy", "");
  check("conda run -n app pip install -r r.txt", "pip manifests [pip install] /app r.txt");
  check("hf download org/model --local-dir /models", "Hugging Face names [hf download] /app");
}

TEST_CASE("Installs of compiled languages and of the JVM") {
  check("conan install . --build=missing", "Conan manifests [conan install] /app");
  check("conan install .. -of=.", "Conan manifests [conan install] /");
  check("vcpkg install --triplet x64-linux", "vcpkg manifests [vcpkg install] /app");
  check("./vcpkg/vcpkg install fmt", "vcpkg names [vcpkg install] /app");
  check("swift package resolve", "SwiftPM manifests [swift package resolve] /app");
  check("swift build -c release", "SwiftPM build [swift build] /app");
  check("dart pub get", "pub manifests [dart pub get] /app");
  check("flutter pub get -C app", "pub manifests [flutter pub get] /app/app");
  check("flutter precache", "");
  check("bazelisk build //...", "Bazel build [bazelisk build] /app");
  check("sbt update", "sbt manifests [sbt update] /app");
  check("sbt 'project api' assembly", "sbt build [sbt] /app");
  check("./mill app.assembly", "Mill build [mill] /app");
  check("lein deps", "Leiningen manifests [lein deps] /app");
  check("clojure -P", "Clojure manifests [clojure] /app");
  check("gem install bundler", "RubyGems names [gem install] /app");
  check("terraform -chdir=infra init", "Terraform build [terraform init] /app/infra");
}

TEST_CASE("Installs of other languages") {
  check("mix local.hex --force && mix local.rebar --force", "");
  check("mix deps.get --only prod", "Mix manifests [mix deps.get] /app");
  check("mix do local.hex --force, deps.get, deps.compile", "Mix manifests project [mix deps.get] /app");
  check("rebar3 get-deps", "rebar3 manifests [rebar3 get-deps] /app");
  check("cabal update && cabal build --only-dependencies",
        "Cabal update [cabal update] /app | Cabal manifests [cabal build] /app");
  check("cabal install exe:app", "Cabal build [cabal install] /app");
  check("stack build --only-dependencies", "Stack manifests [stack build] /app");
  check("stack build", "Stack build [stack build] /app");
  check("opam install . --deps-only -y", "opam manifests [opam install] /app");
  check("opam install ./core/core.opam --deps-only", "opam manifests [opam install] /app/core");
  check("opam install .", "opam manifests project [opam install] /app");
  check("opam install dune", "opam names [opam install] /app");
  check("luarocks install --only-deps app-1.rockspec", "LuaRocks manifests [luarocks install] /app");
  check("luarocks install lpeg", "LuaRocks names [luarocks install] /app");
  check("cpanm --installdeps .", "CPAN manifests [cpanm] /app");
  check("cpanm --notest Plack", "CPAN names [cpanm] /app");
  check("carton install --deployment", "CPAN manifests [carton install] /app");
  check("R -e 'renv::restore()'", "renv manifests [renv::restore] /app");
  check("Rscript -e \"install.packages('plumber')\"", "R names project [install.packages] /app");
  check("install2.r --error plumber", "R names project [install2.r] /app");
  check("Rscript build.R", "");
  check("julia --project -e 'using Pkg; Pkg.instantiate()'", "Julia manifests project [Pkg.instantiate] /app");
  check("nimble install -d -y", "Nimble manifests [nimble install] /app");
  check("nimble install -y", "Nimble manifests project [nimble install] /app");
  check("shards install --production", "Shards manifests [shards install] /app");
}

TEST_CASE("More packages of the operating system") {
  check("zypper --non-interactive in git", "zypper names [zypper in] /app");
  check("zypper refresh", "zypper update [zypper refresh] /app");
  check("pacman -Syu --noconfirm git", "pacman names [pacman -Syu] /app");
  check("pacman -Sy", "pacman update [pacman -Sy] /app");
  check("pacman -Scc --noconfirm", "");
  check("tdnf install -y git", "tdnf names [tdnf install] /app");
  check("xbps-install -Su curl", "XBPS names [xbps-install] /app");
  check("emerge --sync", "Portage update [emerge] /app");
  check("emerge dev-vcs/git", "Portage names [emerge] /app");
  check("urpmi --auto git", "urpmi names [urpmi] /app");
  check("brew install jq", "Homebrew names [brew install] /app");
  check("nix build .#app", "Nix build [nix build] /app");
  check("nix profile install nixpkgs#jq", "Nix names [nix profile install] /app");
}

TEST_CASE("Facts about one install") {
  CHECK(installs("gosu app npm ci").at(0).other_user);
  CHECK(installs("su app -c 'npm ci'").at(0).other_user);
  CHECK(installs("sudo -u app sh -c 'npm ci'").at(0).other_user);
  CHECK(installs("runuser -u app -- npm ci").at(0).other_user);
  CHECK_FALSE(installs("sudo apt-get install x").at(0).other_user);
  CHECK_FALSE(installs("sudo sh -c 'apt-get install x'").at(0).other_user);
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

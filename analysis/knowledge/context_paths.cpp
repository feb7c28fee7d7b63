#include "analysis/knowledge/context_paths.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "analysis/context/source_match.h"
#include "analysis/knowledge/package_managers.h"
#include "analysis/knowledge/paths.h"

namespace keyline::analysis {

namespace {

constexpr std::array<VolatilePath, 17> volatile_paths{{
    {.names = ".git .hg .svn .jj", .changed = "every commit"},
    {.names = "node_modules", .changed = "every local install", .made_by = "npm yarn pnpm bun", .installed = true},
    {.names = ".pnpm-store", .changed = "every local install"},
    {.names = ".next .nuxt .svelte-kit .angular",
     .beside = "package.json",
     .changed = "every local build",
     .made_by = "npm yarn pnpm bun npx next nuxt ng"},
    {.names = ".parcel-cache .turbo .nyc_output", .changed = "every local build"},
    {.names = "__pycache__ .pytest_cache .mypy_cache .ruff_cache .tox .nox .ipynb_checkpoints htmlcov",
     .changed = "every local run"},
    {.names = ".venv venv env .env", .inside = "pyvenv.cfg", .changed = "every local install"},
    {.names = "target",
     .beside = "Cargo.toml pom.xml build.sbt project.clj",
     .changed = "every local build",
     .made_by = "cargo mvn mvnw sbt lein"},
    {.names = "bin obj", .beside = "*.csproj *.fsproj *.vbproj", .changed = "every local build", .made_by = "dotnet"},
    {.names = ".gradle", .beside = "build.gradle build.gradle.kts", .changed = "every local build"},
    {.names = "build",
     .beside = "build.gradle build.gradle.kts",
     .changed = "every local build",
     .made_by = "gradle gradlew"},
    {.names = "_build deps", .beside = "mix.exs", .changed = "every local build", .made_by = "mix"},
    {.names = "vendor",
     .beside = "composer.json",
     .changed = "every local install",
     .made_by = "composer",
     .installed = true},
    {.names = "dist-newstyle .stack-work", .changed = "every local build"},
    {.names = ".terraform", .changed = "every local run"},
    {.names = ".idea", .inside = "workspace.xml", .changed = "every look with an editor"},
    {.names = ".DS_Store Thumbs.db npm-debug.log yarn-error.log .eslintcache .phpunit.result.cache",
     .directory = false,
     .changed = "every local run"},
}};

// Tells by length and first letter that a name is none of a few, without reading the rest of it: nearly all names of a
// context with tens of thousands are none, and all of them are asked about after every edit.
class NameFilter {
 public:
  void add(std::string_view name) { lengths_[first_letter(name)] |= length_bit(name); }
  bool may_have(std::string_view name) const { return (lengths_[first_letter(name)] & length_bit(name)) != 0; }

 private:
  static std::size_t first_letter(std::string_view name) {
    return name.empty() ? 0 : static_cast<unsigned char>(name.front());
  }
  static std::uint64_t length_bit(std::string_view name) {
    return std::uint64_t{1} << std::min<std::size_t>(name.size(), 63);
  }
  std::array<std::uint64_t, 256> lengths_{};
};

// Base name -> the rows that name it.
struct VolatileNames {
  VolatileNames() {
    for (const VolatilePath& row : volatile_paths) {
      each_word(row.names, [&](std::string_view name) {
        rows.emplace(name, &row);
        filter.add(name);
      });
    }
  }
  std::unordered_multimap<std::string_view, const VolatilePath*> rows;
  NameFilter filter;
};

std::string in_directory(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty()) path += '/';
  path += name;
  return path;
}

// Whether the directory holds one of the names; a "*" stands for the beginning of one.
bool holds_one(const BuildContext& context, std::string_view directory, std::string_view names) {
  bool found = false;
  each_word(names, [&](std::string_view name) {
    if (found || name.front() != '*') {
      found = found || find_entry(context, in_directory(directory, name)) != nullptr;
      return;
    }
    const auto [begin, end] = range_below(context, directory);
    for (std::size_t i = begin; i < end && !found; ++i) {
      const std::string& path = context.entries()[i].path;
      found = path.ends_with(name.substr(1)) && directory_of(path) == directory;
    }
  });
  return found;
}

// Folders whose files are made up for tests and lessons, or come with other people's code.
constexpr std::string_view harmless_folders =
    "test tests testing testdata test-data test_data spec specs fixture fixtures __fixtures__ __tests__ e2e mock mocks "
    "example examples sample samples demo demos doc docs documentation node_modules vendor site-packages "
    "third_party third-party bower_components";

bool is_harmless_place(std::string_view path) {
  bool harmless = false;
  each_word(
      directory_of(path), [&](std::string_view name) { harmless = harmless || lists(harmless_folders, name); }, '/');
  return harmless;
}

constexpr std::string_view private_keys = "id_rsa id_dsa id_ecdsa id_ed25519 privkey.pem private.pem private-key.pem";
constexpr std::string_view credential_files =
    ".netrc _netrc .git-credentials .pypirc .pgpass .vault-token .my.cnf .dockercfg local.settings.json "
    "terraform.tfstate terraform.tfstate.backup client_secret.json service-account.json serviceAccountKey.json "
    "service_account.json gcp-credentials.json google-credentials.json";
constexpr std::string_view placed_credentials =
    ".aws/credentials .docker/config.json .kube/config config/master.key config/credentials/production.key "
    ".ssh/id_rsa";

constexpr std::string_view environment_files =
    ".env .env.local .env.production.local .env.development.local .env.prod.local";

struct SecretNames {
  SecretNames() {
    add(".npmrc");
    for (const std::string_view list : {private_keys, credential_files, placed_credentials, environment_files})
      each_word(list, [&](std::string_view path) { add(base_name(path)); });
  }
  void add(std::string_view name) {
    names.insert(name);
    filter.add(name);
  }
  std::unordered_set<std::string_view> names;
  NameFilter filter;
};

// Says no at once for nearly all of a context's files.
bool may_be_secret(std::string_view name) {
  static const SecretNames secrets;
  return secrets.filter.may_have(name) && secrets.names.contains(name);
}

}  // namespace

const VolatilePath* volatile_path(const BuildContext& context, const ContextEntry& entry) {
  static const VolatileNames names;
  const std::string_view name = base_name(entry.path);
  if (!names.filter.may_have(name)) return nullptr;
  const auto [begin, end] = names.rows.equal_range(name);
  for (auto it = begin; it != end; ++it) {
    const VolatilePath& row = *it->second;
    if (row.directory != (entry.kind == EntryKind::directory)) continue;
    if (!row.beside.empty() && !holds_one(context, directory_of(entry.path), row.beside)) continue;
    if (!row.inside.empty() && find_entry(context, in_directory(entry.path, row.inside)) == nullptr) continue;
    return &row;
  }
  return nullptr;
}

bool is_dockerfile_name(std::string_view name) {
  if (name.ends_with(".dockerignore")) return false;
  for (const std::string_view base : {"Dockerfile", "Containerfile"}) {
    if (name == base) return true;
    if (name.starts_with(base) && name[base.size()] == '.' && name.size() > base.size() + 1) return true;
  }
  for (const std::string_view ending : {".Dockerfile", ".dockerfile"}) {
    if (name.ends_with(ending) && name.size() > ending.size()) return true;
  }
  return false;
}

bool is_project_overhead(std::string_view name) {
  return lists(
             "Dockerfile .dockerignore .gitignore .gitattributes .github .gitlab-ci.yml .circleci .devcontainer "
             ".vscode .idea docker-compose.yml docker-compose.yaml compose.yml compose.yaml Jenkinsfile "
             "docker-bake.hcl docker-bake.json",
             name) ||
         name.starts_with("Dockerfile.");
}

std::string_view secret_in(const BuildContext& context, const ContextEntry& entry) {
  if (entry.kind != EntryKind::file) return {};
  const std::string_view path = entry.path;
  const std::string_view name = base_name(path);
  if (!name.ends_with(".key") && !may_be_secret(name)) return {};
  const bool in_folder = name.size() < path.size();
  if (lists(private_keys, name)) return is_harmless_place(path) ? std::string_view() : "a private key";
  // A key for TLS stands beside its certificate; other files that end like this are none.
  if (name.ends_with(".key") && !is_harmless_place(path)) {
    const std::string stem(path.substr(0, path.size() - 4));
    for (const std::string_view ending : {".crt", ".cert", ".cer", ".pem"}) {
      if (find_entry(context, stem + std::string(ending)) != nullptr) return "a private key";
    }
  }
  const bool placed = in_folder && lists(placed_credentials, path);
  if ((placed || lists(credential_files, name)) && !is_harmless_place(path)) return "credentials";
  if (name == ".npmrc") {
    const std::optional<std::string_view> text = context.text(path);
    const std::size_t token = text ? text->find("_authToken=") : std::string_view::npos;
    if (token != std::string_view::npos && text->find('$', token) == std::string_view::npos) return "credentials";
  }
  return {};
}

bool is_environment_file(std::string_view path) {
  const std::string_view name = base_name(path);
  return may_be_secret(name) && lists(environment_files, name) && !is_harmless_place(path);
}

bool asks_git(std::string_view text) {
  for (const std::string_view word :
       {"setuptools_scm", "setuptools-scm", "hatch-vcs", "versioneer", "dynamic-versioning", "git-versioning",
        "git describe", "git rev-parse", "git log", "git-commit-id", "gitversion", "GitVersion", "git-rev", "vergen",
        "pdm-backend", "nerdbank", "jgitver", "git-info", "git-describe"}) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace keyline::analysis

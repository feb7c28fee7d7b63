// What the text of manifests says about the install that reads them.

#include "analysis/knowledge/manifests.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

namespace keyline::tests {

using analysis::is_manifest;
using analysis::PackageJson;
using analysis::PnpmWorkspace;
using analysis::read_composer_json;
using analysis::read_gemfile;
using analysis::read_go_mod;
using analysis::read_go_work;
using analysis::read_package_json;
using analysis::read_pnpm_workspace;
using analysis::read_pyproject;
using analysis::read_requirements;
using analysis::read_yarn_settings;
using analysis::YarnSettings;

TEST_CASE("manifests are known by their path") {
  for (const char* path : {"package.json", "a/b/package-lock.json", "requirements-dev.txt", "requirements/base.txt",
                           "go.sum", "crates/x/Cargo.toml", "pom.xml", "src/App.csproj", ".yarnrc.yml",
                           ".config/dotnet-tools.json", "gradle/libs.versions.toml", "Gemfile"}) {
    INFO(path);
    CHECK(is_manifest(path));
  }
  for (const char* path : {"src/index.js", "README.md", "package.json.bak", "notes.txt",
                           "gradle/wrapper/gradle-wrapper.jar", "dotnet-tools.json", "data/base/x.json"}) {
    INFO(path);
    CHECK_FALSE(is_manifest(path));
  }
}

TEST_CASE("package.json: scripts that an install runs") {
  CHECK(read_package_json(R"({"scripts":{"build":"tsc"}})").install_script.empty());
  CHECK(read_package_json(R"({"scripts":{"postinstall":"node x.js"}})").install_script == "postinstall");
  const PackageJson hooks = read_package_json(R"({"scripts":{"prepare":"is-ci || husky install"}})");
  CHECK(hooks.install_script.empty());
  CHECK(hooks.harmless_script);
  CHECK(read_package_json(R"({"scripts":{"prepare":"husky && node x.js"}})").install_script == "prepare");
  CHECK_FALSE(read_package_json("{").understood);
  CHECK_FALSE(read_package_json("[]").understood);
  CHECK(read_package_json("\xEF\xBB\xBF{}").understood);
  CHECK(read_package_json(R"({"scripts":[1],"workspaces":7,"pnpm":[],"packageManager":1})").understood);
}

TEST_CASE("package.json: members, local packages and patches") {
  using List = std::vector<std::string>;
  CHECK(read_package_json(R"({"workspaces":["a/*","b"]})").workspaces == List{"a/*", "b"});
  CHECK(read_package_json(R"({"workspaces":{"packages":["a/*"]}})").workspaces == List{"a/*"});
  CHECK(read_package_json(R"({"dependencies":{"x":"file:../x"}})").local_dependencies);
  CHECK(read_package_json(R"({"devDependencies":{"x":"link:./x"}})").local_dependencies);
  CHECK_FALSE(read_package_json(R"({"dependencies":{"x":"^1.0.0","y":"workspace:*"}})").local_dependencies);
  CHECK(read_package_json(R"({"pnpm":{"patchedDependencies":{"x@1":"patches/x.patch"}}})").patches ==
        List{"patches/x.patch"});
  CHECK(read_package_json(R"({"packageManager":"yarn@4.1.0"})").package_manager == "yarn@4.1.0");
}

TEST_CASE("requirements: includes and local paths") {
  using List = std::vector<std::string>;
  CHECK(read_requirements("-r base.txt\n--constraint=c.txt # why\nflask\n").includes == List{"base.txt", "c.txt"});
  CHECK(read_requirements("-r https://example.com/r.txt\n").includes.empty());
  for (const char* line : {"-e .", "--editable ./lib", "./wheels/x.whl", "x.whl", "/opt/x", "name @ file:///x",
                           "--find-links wheels", "-f ./w"}) {
    INFO(line);
    CHECK(read_requirements(line).local);
  }
  for (const char* line :
       {"flask==3.0.3 ; python_version > '3'", "-e git+https://example.com/x#egg=x", "# -e .",
        "https://example.com/x.whl", "x \\\n    --hash=sha256:0", "--find-links https://example.com"}) {
    INFO(line);
    CHECK_FALSE(read_requirements(line).local);
  }
}

TEST_CASE("pyproject: what makes an install build the project") {
  CHECK(read_pyproject("[build-system]\nrequires = []\n").build_system);
  CHECK_FALSE(read_pyproject("[project]\nname = 'x'\n").build_system);
  CHECK_FALSE(read_pyproject("[tool.uv]\npackage = false\n").uv_package);
  CHECK_FALSE(read_pyproject("[tool.poetry]\npackage-mode = false\n").poetry_package);
  CHECK(read_pyproject("[tool.uv.sources]\nx = { path = \"../x\" }\n").local_dependencies);
  CHECK(read_pyproject("[tool.poetry.dependencies]\nx = {path = \"x\"}\n").local_dependencies);
  CHECK_FALSE(read_pyproject("[tool.poetry.dependencies]\nx = \"^1\"\n").local_dependencies);
  CHECK(read_pyproject("[tool.uv.workspace]\nmembers = [\n  \"packages/*\", # all\n  \"x\",\n]\n").members ==
        std::vector<std::string>{"packages/*", "x"});
}

TEST_CASE("Go modules and workspaces") {
  using List = std::vector<std::string>;
  CHECK(
      read_go_mod("replace a => ../a\nreplace (\n  b v1.0.0 => ./b // here\n  c => d v1.2.3\n)\n").local_replacements ==
      List{"../a", "./b"});
  CHECK(read_go_work("go 1.22\nuse ./one\nuse (\n  ./two\n  ./three // x\n)\n") == List{"./one", "./two", "./three"});
}

TEST_CASE("pnpm, Yarn, Bundler and Composer") {
  using List = std::vector<std::string>;
  const PnpmWorkspace workspace =
      read_pnpm_workspace("packages:\n  - 'apps/*'\n  - \"!apps/old\"\npatchedDependencies:\n  x@1: patches/x.patch\n");
  CHECK(workspace.packages == List{"apps/*", "!apps/old"});
  CHECK(workspace.patches == List{"patches/x.patch"});
  const YarnSettings yarn = read_yarn_settings(
      "nodeLinker: node-modules\nenableGlobalCache: false\nyarnPath: .yarn/releases/yarn-4.1.0.cjs\n");
  CHECK(yarn.node_linker == "node-modules");
  CHECK(yarn.global_cache == "false");
  CHECK(yarn.files == List{".yarn/releases/yarn-4.1.0.cjs"});
  CHECK(read_gemfile("source 'https://rubygems.org'\ngem 'rails', require: false\n").plain);
  for (const char* line :
       {"gemspec", "gem 'x', path: 'x'", "eval_gemfile 'y'", "ruby File.read('.ruby-version')", "require 'json'"}) {
    INFO(line);
    CHECK_FALSE(read_gemfile(line).plain);
  }
  CHECK(read_composer_json(R"({"scripts":{"post-install-cmd":"x"}})").scripts);
  CHECK(read_composer_json(R"({"repositories":[{"type":"path","url":"../x"}]})").path_repositories);
  CHECK_FALSE(read_composer_json(R"({"repositories":[{"type":"vcs","url":"x"}]})").path_repositories);
}

}  // namespace keyline::tests

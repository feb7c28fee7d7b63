// `keyline build -- docker build ...` around a program that stands in for docker: what goes through it unchanged, and
// what is remembered afterwards.

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/context/build_context.h"
#include "server/history/build_inputs.h"
#include "server/history/store.h"
#include "tests/support/catch.h"
#include "tests/support/shell.h"

namespace {

namespace fs = std::filesystem;
using keyline::analysis::hash_content;
using keyline::server::HistoryStore;
using keyline::server::MeasuredStep;
using keyline::server::recorded_file_name;
using keyline::server::RecordedBuild;
using keyline::tests::run_shell;
using keyline::tests::ShellResult;
using keyline::tests::TemporaryFolder;

// A project in app/, and a docker that does what `script` says.
struct Project {
  explicit Project(const std::string& script) {
    folder.write("app/Dockerfile", "ARG V\nFROM alpine:3 AS base\nCOPY src /src\nRUN make\n");
    folder.write("app/src/main.c", "int main;\n");
    folder.write("app/.dockerignore", "*.log\n");
    folder.write("bin/docker", "#!/bin/sh\n" + script);
    fs::permissions(folder.path() / "bin/docker", fs::perms::owner_all);
  }

  ShellResult run(const std::string& command) const { return run_shell(folder, "PATH=$PWD/bin:$PATH\n" + command); }

  std::vector<RecordedBuild> remembered(const std::string& dockerfile = "app/Dockerfile") const {
    HistoryStore store(folder.cache().string() + "/keyline/history.sqlite");
    return store.builds_of(recorded_file_name((folder.path() / dockerfile).string()), 10);
  }

  TemporaryFolder folder;
};

// As BuildKit prints them without a terminal.
constexpr const char* progress = R"(
cat >&2 <<'END'
#1 [base 1/3] FROM docker.io/library/alpine:3@sha256:0abc
#1 CACHED

#2 [base 2/3] COPY src /src
#2 DONE 0.1s

#3 [base 3/3] RUN make
#3 0.200 made
#3 DONE 2.5s
END
)";

}  // namespace

TEST_CASE("a build that succeeds is remembered with its inputs and its log") {
  const Project project(progress);
  const ShellResult result = project.run(
      "export B=from-environment; keyline build -- docker build -t x --target base --build-arg A=1 --build-arg B "
      "--build-arg UNSET --platform linux/amd64 --build-context more=app/src app");
  CHECK(result.exit_code == 0);
  CHECK(result.output.starts_with("#1 [base 1/3] FROM"));
  CHECK(result.output.ends_with("#3 DONE 2.5s\n"));

  const std::vector<RecordedBuild> builds = project.remembered();
  REQUIRE(builds.size() == 1);
  const RecordedBuild& build = builds[0];
  CHECK(build.text == project.folder.read("app/Dockerfile"));
  CHECK(build.context.path == fs::canonical(project.folder.path() / "app").string());
  CHECK(build.context.dockerignore == "*.log\n");
  CHECK(build.context.entries.size() == 4);
  CHECK(build.context.unknown_reason.empty());
  // What the Dockerfile copies is known by its content, what it leaves aside need not be read.
  const auto& files = build.context.entries;
  REQUIRE(files[3].path == "src/main.c");
  CHECK(files[3].content == hash_content("int main;\n"));
  REQUIRE(files[1].path == "Dockerfile");
  CHECK_FALSE(files[1].content);
  REQUIRE(build.named_contexts.at("more").directory);
  REQUIRE(build.named_contexts.at("more").directory->entries.size() == 1);
  CHECK(build.named_contexts.at("more").directory->entries[0].content == hash_content("int main;\n"));
  CHECK(build.target == "base");
  CHECK(build.platform == "linux/amd64");
  CHECK(build.arguments.size() == 2);
  CHECK(build.arguments.at("A") == "1");
  CHECK(build.arguments.at("B") == "from-environment");
  CHECK(build.images.at("docker.io/library/alpine:3") == "sha256:0abc");
  CHECK(build.finished_at > 1'600'000'000);
  REQUIRE(build.steps.size() == 3);
  CHECK(build.steps[2] == MeasuredStep{"[base 3/3] RUN make", 4, 2.5, MeasuredStep::Outcome::executed});
  CHECK(build.steps[0].line == 2);
}

TEST_CASE("a build that fails keeps its exit code and is not remembered") {
  const Project project("echo no >&2; exit 17\n");
  const ShellResult result = project.run("keyline build -- docker build app");
  CHECK(result.exit_code == 17);
  CHECK(result.output == "no\n");
  CHECK(project.remembered().empty());
  CHECK_FALSE(fs::exists(project.folder.cache() / "keyline/history.sqlite"));
}

TEST_CASE("arguments and the three streams go through unchanged") {
  const Project project("for word; do echo \"<$word>\"; done; echo err >&2; cat; echo more >&2; echo end\n");
  const ShellResult result =
      project.run("printf 'in put' | keyline build -- docker build -t 'a  b' --label '' -f app/Dockerfile app -- --x");
  CHECK(result.output ==
        "keyline: not recorded: more than one build context is given\n"
        "<build>\n<-t>\n<a  b>\n<--label>\n<>\n<-f>\n<app/Dockerfile>\n<app>\n<-->\n<--x>\nerr\nin putmore\nend\n");
  const ShellResult recorded = project.run("printf 'in put' | keyline build -- docker build app");
  CHECK(recorded.output == "<build>\n<app>\nerr\nin putmore\nend\n");
  CHECK(project.remembered().size() == 1);
  const ShellResult apart = project.run("keyline build -- docker build app 2>/dev/null");
  CHECK(apart.output == "<build>\n<app>\nend\n");
  const ShellResult errors = project.run("keyline build -- docker build app 2>&1 >/dev/null");
  CHECK(errors.output == "err\nmore\n");
}

TEST_CASE("what is edited while the build runs is not remembered as built") {
  const Project project("echo FROM scratch > app/Dockerfile; echo new > app/src/new.c\n");
  const std::string before = project.folder.read("app/Dockerfile");
  CHECK(project.run("keyline build -- docker build app").exit_code == 0);
  REQUIRE(project.remembered().size() == 1);
  CHECK(project.remembered()[0].text == before);
  CHECK(project.remembered()[0].context.entries.size() == 4);
}

TEST_CASE("the next build remembers what was edited since, though neither size nor name tells") {
  const Project project("exit 0\n");
  REQUIRE(project.run("keyline build -- docker build app").exit_code == 0);
  project.folder.write("app/src/main.c", "int Main;\n");
  REQUIRE(project.run("keyline build -- docker build app").exit_code == 0);
  const std::vector<RecordedBuild> builds = project.remembered();
  REQUIRE(builds.size() == 2);
  CHECK(builds[0].context.entries[3].content == hash_content("int main;\n"));
  CHECK(builds[1].context.entries[3].content == hash_content("int Main;\n"));
}

TEST_CASE("a signal that another process sends reaches the build") {
  // `wait` is what a trap may interrupt; nobody ever writes into the FIFO.
  const Project project(
      "mkfifo never; trap 'kill $!; echo stopped; exit 42' TERM; cat never & kill -TERM $PPID; wait; echo not "
      "reached\n");
  const ShellResult result = project.run("keyline build -- docker build app");
  CHECK(result.output == "stopped\n");
  CHECK(result.exit_code == 42);
}

TEST_CASE("a build that is killed, missing or no program ends as in a shell") {
  const Project project("kill -KILL $$\n");
  CHECK(project.run("keyline build -- docker build app").exit_code == 137);
  const ShellResult missing = project.run("keyline build -- podman-of-nobody build app");
  CHECK(missing.exit_code == 127);
  CHECK(missing.output.find("keyline: podman-of-nobody: No such file or directory\n") != std::string::npos);
  project.folder.write("app/docker", "not executable");
  CHECK(project.run("keyline build -- app/docker build app").exit_code == 126);
  CHECK(project.remembered().empty());
}

TEST_CASE("what is not understood is said once and run all the same") {
  const Project project("echo ran\n");
  const ShellResult compose = project.run("keyline build -- docker compose build");
  CHECK(compose.output == "keyline: not recorded: what Compose builds is not known here\nran\n");
  const ShellResult remote = project.run("keyline build -- docker build https://example.org/x.git");
  CHECK(remote.output == "ran\nkeyline: not recorded: the build context is not a directory on this machine\n");
  const ShellResult missing = project.run("keyline build -- docker build -f nowhere app");
  CHECK(missing.output == "ran\nkeyline: not recorded: nowhere: no such file\n");
}

TEST_CASE("a history that cannot be written does not fail the build") {
  const Project project("echo ran\n");
  project.folder.write("not-a-folder", "");
  const ShellResult result = project.run("XDG_CACHE_HOME=$PWD/not-a-folder keyline build -- docker build app");
  CHECK(result.exit_code == 0);
  CHECK(result.output.starts_with("ran\nkeyline: not recorded: "));
}

TEST_CASE("the Dockerfile is where the engine looks for it") {
  const Project project("exit 0\n");
  project.folder.write("app/docker/test.Dockerfile", "FROM scratch\n");
  CHECK(project.run("keyline build -- docker build -f app/docker/test.Dockerfile app").exit_code == 0);
  CHECK(project.remembered("app/docker/test.Dockerfile").size() == 1);
  CHECK(project.run("keyline build -- docker build -f docker/test.Dockerfile app").exit_code == 0);
  CHECK(project.remembered("app/docker/test.Dockerfile").size() == 2);
  CHECK(project.run("cd app && keyline build -- docker build .").exit_code == 0);
  CHECK(project.remembered().size() == 1);
}

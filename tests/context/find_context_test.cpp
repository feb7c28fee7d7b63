#include "server/environment/find_context.h"
#include "analysis/knowledge/context_paths.h"
#include "server/environment/build_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <stop_token>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/temporary_directory.h"

namespace keyline::tests {

namespace {

using server::find_context;
using server::find_dockerfiles;
using server::FindContextRequest;
using server::FoundContext;

// Relative to the temporary directory; "." for the directory itself.
std::string context_of(const TemporaryDirectory& directory, std::string_view dockerfile,
                       const std::vector<std::string>& sources) {
  FindContextRequest request;
  request.dockerfile = directory.path(dockerfile);
  request.workspace = {directory.path()};
  request.sources = [&] { return sources; };
  server::BuildFileReader files;
  const FoundContext found = find_context(request, files);
  CHECK_FALSE(found.reason.empty());
  if (found.directory == directory.path()) return ".";
  return found.directory.substr(directory.path().size() + 1);
}

std::string found_below(const TemporaryDirectory& directory) {
  const server::FoundDockerfiles found = find_dockerfiles({directory.path()});
  CHECK(found.problems.empty());
  std::string text;
  for (const std::string& file : found.files) {
    text += (text.empty() ? "" : " ") + file.substr(directory.path().size() + 1);
  }
  return text;
}

}  // namespace

TEST_CASE("The context is the Dockerfile's folder unless its sources lie above a build folder") {
  TemporaryDirectory directory;
  directory.write("package.json", "{}");
  directory.write("src/main.c", "");
  directory.write("docker/entrypoint.sh", "");
  directory.write("docker/prod/Dockerfile", "");
  directory.write("app/Dockerfile", "");

  CHECK(context_of(directory, "Dockerfile", {"package.json"}) == ".");
  CHECK(context_of(directory, "docker/Dockerfile", {"package.json", "src"}) == ".");
  CHECK(context_of(directory, "docker/prod/Dockerfile", {"src/*.c"}) == ".");
  CHECK(context_of(directory, "docker/Dockerfile", {"entrypoint.sh"}) == "docker");
  // One that exists beside the Dockerfile only speaks against the root.
  CHECK(context_of(directory, "docker/Dockerfile", {"package.json", "entrypoint.sh"}) == "docker");
  CHECK(context_of(directory, "docker/Dockerfile", {"."}) == "docker");
  CHECK(context_of(directory, "docker/Dockerfile", {"nowhere", "$VAR/x", "https://example.com/x"}) == "docker");
  // "app" is no folder for builds.
  CHECK(context_of(directory, "app/Dockerfile", {"package.json"}) == "app");
}

TEST_CASE("In a monorepo the nearest folder that explains most sources is the context") {
  TemporaryDirectory directory;
  directory.write("services/api/go.mod", "");
  directory.write("go.work", "");
  directory.make_directory("services/api/docker");
  CHECK(context_of(directory, "services/api/docker/Dockerfile", {"go.mod"}) == "services/api");
  CHECK(context_of(directory, "services/api/docker/Dockerfile", {"go.work", "services/api/go.mod"}) == ".");
}

TEST_CASE("The reason names the file that was believed") {
  TemporaryDirectory directory;
  directory.write("project/package.json", "{}");
  directory.make_directory("project/.git");
  FindContextRequest request;
  request.dockerfile = directory.path("project/build/Dockerfile");
  request.sources = [] { return std::vector<std::string>{"package.json"}; };
  server::BuildFileReader files;
  const FoundContext found = find_context(request, files);
  CHECK(found.directory == directory.path("project"));
  CHECK(found.reason ==
        "`package.json` exists in `project` and not beside the Dockerfile, so that is taken as the context.");
}

TEST_CASE("Dockerfiles are known by their names") {
  for (const char* name :
       {"Dockerfile", "Dockerfile.prod", "api.Dockerfile", "api.dockerfile", "Containerfile", "Containerfile.dev"}) {
    CHECK(keyline::analysis::is_dockerfile_name(name));
  }
  for (const char* name : {"Dockerfile.dockerignore", "Dockerfiles", "Dockerfile-old", "myDockerfile", ".dockerignore",
                           "Dockerfile.", ".Dockerfile", "docker-compose.yml"}) {
    CHECK_FALSE(keyline::analysis::is_dockerfile_name(name));
  }
}

TEST_CASE("Dockerfiles are found below folders, in order, outside of other people's code") {
  TemporaryDirectory directory;
  for (const char* path : {"b/Dockerfile", "a/api.Dockerfile", "Dockerfile", "Dockerfile.dockerignore",
                           ".devcontainer/Dockerfile", ".docker/Dockerfile", ".git/Dockerfile", ".cache/Dockerfile",
                           "node_modules/x/Dockerfile", "vendor/x/Dockerfile", "src/main.c"}) {
    directory.write(path, "");
  }
  directory.make_directory("c/Dockerfile");
  directory.link("c/Dockerfile.link", "../b/Dockerfile");
  directory.link("c/Dockerfile.dangling", "nowhere");
  directory.link("c/up", "..");
  REQUIRE(mkfifo(directory.path("Dockerfile.fifo").c_str(), 0644) == 0);
  CHECK(found_below(directory) ==
        ".devcontainer/Dockerfile .docker/Dockerfile Dockerfile a/api.Dockerfile b/Dockerfile c/Dockerfile.link");
}

TEST_CASE("Files named to the search are taken as they are, and each once") {
  TemporaryDirectory directory;
  directory.write("strange-name", "");
  directory.write("Dockerfile", "");
  const auto found = find_dockerfiles({directory.path("Dockerfile"), directory.path("strange-name"),
                                       directory.path() + "/", directory.path("nowhere")});
  CHECK(found.files == std::vector<std::string>{directory.path("Dockerfile"), directory.path("strange-name")});
  CHECK(found.problems == std::vector<std::string>{directory.path("nowhere") + ": No such file or directory"});
}

TEST_CASE("A search can be bounded and stopped") {
  TemporaryDirectory directory;
  for (int i = 0; i < 20; ++i) directory.write(std::to_string(i) + "/Dockerfile", "");
  const auto bounded = find_dockerfiles({directory.path()}, {}, 25);
  CHECK(bounded.files.size() < 20);
  CHECK(bounded.problems.size() == 1);
  std::stop_source stop;
  stop.request_stop();
  CHECK(find_dockerfiles({directory.path()}, stop.get_token()).files.empty());
}

}  // namespace keyline::tests

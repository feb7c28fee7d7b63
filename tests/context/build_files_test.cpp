#include "server/environment/build_files.h"

#include <string>

#include "server/environment/find_context.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_directory.h"

namespace keyline::tests {

namespace {

using server::BuildFileReader;

std::string paths(const analysis::ProjectBuildFiles& files) {
  std::string text;
  for (const auto& file : files) text += (text.empty() ? "" : " ") + file->path;
  return text;
}

}  // namespace

TEST_CASE("build files are read where they may speak of a Dockerfile") {
  TemporaryDirectory directory;
  for (const char* path : {"compose.yaml", "compose.override.yaml", "Makefile", "notes.yaml",
                           "services/docker-bake.hcl", "services/api/build.sh", "services/web/compose.yml",
                           ".github/workflows/ci.yml", "scripts/image.sh", "other/Makefile"})
    directory.write(path, "");
  BuildFileReader reader;
  CHECK(
      paths(reader.read(directory.path(), directory.path("services/api"))) ==
      "Makefile compose.yaml scripts/image.sh .github/workflows/ci.yml services/docker-bake.hcl services/api/build.sh");
  CHECK(paths(reader.read(directory.path(), directory.path())) ==
        "Makefile compose.yaml scripts/image.sh .github/workflows/ci.yml");
}

TEST_CASE("links are no build files, and open texts go before the disk") {
  TemporaryDirectory directory;
  directory.write("real/compose.yaml", "services: {a: {build: .}}\n");
  directory.link("compose.yaml", "real/compose.yaml");
  directory.write("Makefile", "");
  BuildFileReader reader({{directory.path("Makefile"), "image:\n\tdocker build .\n"}});
  const analysis::ProjectBuildFiles files = reader.read(directory.path(), directory.path());
  REQUIRE(paths(files) == "Makefile");
  CHECK(files.front()->file.builds.size() == 1);
}

TEST_CASE("a compose file takes variables from .env") {
  TemporaryDirectory directory;
  directory.write(".env", "FOLDER=api\n");
  directory.write("compose.yaml", "services: {a: {build: \"${FOLDER}\"}}\n");
  BuildFileReader reader;
  const analysis::ProjectBuildFiles files = reader.read(directory.path(), directory.path());
  REQUIRE(files.size() == 1);
  CHECK(files.front()->file.builds.front().context.text == "api");
}

TEST_CASE("the context that a build file names is believed") {
  TemporaryDirectory directory;
  directory.write("docker/Dockerfile", "");
  directory.write("compose.yaml", "services: {a: {build: {context: ., dockerfile: docker/Dockerfile}}}\n");
  server::FindContextRequest request;
  request.dockerfile = directory.path("docker/Dockerfile");
  request.workspace = {directory.path()};
  BuildFileReader reader;
  server::FoundContext found = find_context(request, reader);
  CHECK(found.directory == directory.path());
  CHECK(found.reason == "`compose.yaml` line 1 (service a) says so.");
  CHECK(found.builds.builds.size() == 1);

  // A directory that is not there is no context.
  directory.write("compose.yaml", "services: {a: {build: {context: gone, dockerfile: ../docker/Dockerfile}}}\n");
  BuildFileReader again;
  found = find_context(request, again);
  CHECK(found.directory == directory.path("docker"));
  CHECK(found.builds.context_reason.empty());
}

}  // namespace keyline::tests

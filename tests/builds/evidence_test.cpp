#include "analysis/builds/evidence.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tests/support/catch.h"

namespace keyline::tests {

namespace {

using analysis::BuildEvidence;
using analysis::ProjectBuildFile;
using analysis::ProjectBuildFiles;

void add(ProjectBuildFiles& project, const std::string& path, const std::string& text) {
  const auto kind = analysis::build_file_kind(path);
  REQUIRE(kind);
  project.push_back(
      std::make_shared<const ProjectBuildFile>(ProjectBuildFile{path, text, analysis::read_build_file(*kind, text)}));
}

// "compose.yaml: service api from . in api" a build.
std::string found(const ProjectBuildFiles& project, std::string_view dockerfile) {
  std::string text;
  for (const analysis::DockerfileBuild& each : analysis::builds_of(project, dockerfile))
    text += fmt::format("{}: {} in {}\n", each.file->path, each.build->name, each.context.empty() ? "?" : each.context);
  return text;
}

}  // namespace

TEST_CASE("builds are found by the Dockerfile that they name") {
  ProjectBuildFiles project;
  add(project, ".github/workflows/ci.yml",
      "jobs:\n  api:\n    steps:\n      - uses: docker/build-push-action@v6\n        with: {file: api/Dockerfile}\n"
      "      - run: docker build api\n");
  add(project, "scripts/build.sh", "docker build -f api/Dockerfile .\ndocker build - < api/Dockerfile\n");
  add(project, "api/Makefile", "image:\n\tdocker build -t api ..  -f Dockerfile\n");
  add(project, "compose.yaml",
      "services:\n  api: {build: api}\n  web: {build: {context: ., dockerfile: web/Dockerfile}}\n");

  CHECK(found(project, "api/Dockerfile") ==
        "compose.yaml: service api in api\n"
        "api/Makefile: make image in .\n"
        "scripts/build.sh: `docker build` in .\n"
        ".github/workflows/ci.yml: job api in .\n"
        ".github/workflows/ci.yml: job api: `docker build` in api\n");
  CHECK(found(project, "web/Dockerfile") == "compose.yaml: service web in .\n");
  CHECK(found(project, "Dockerfile").empty());
}

TEST_CASE("a Compose file that is laid over another one builds what that one builds") {
  ProjectBuildFiles project;
  add(project, "compose.yaml", "services:\n  api: {build: ./api}\n  web: {build: .}\n");
  add(project, "compose.dev.yaml",
      "services:\n  api: {build: {target: dev, args: {COLOUR: blue}}}\n  other: {build: {target: dev}}\n");
  add(project, "docker-compose.test.yml", "services:\n  own: {build: {dockerfile: Dockerfile}}\n");
  CHECK(found(project, "api/Dockerfile") == "compose.yaml: service api in api\ncompose.dev.yaml: service api in api\n");
  CHECK(found(project, "Dockerfile") == "compose.yaml: service web in .\ndocker-compose.test.yml: service own in .\n");
  const BuildEvidence evidence = analysis::evidence_of(analysis::builds_of(project, "api/Dockerfile"));
  CHECK(evidence.targets == std::vector<std::string>{"dev"});
  CHECK(evidence.is_constant("COLOUR"));
}

TEST_CASE("a context outside of the project, at an address or with a variable is not known") {
  ProjectBuildFiles project;
  add(project, "compose.yaml",
      "services:\n"
      "  out: {build: {context: .., dockerfile: app/Dockerfile}}\n"
      "  far: {build: {context: \"https://example.org/x.git\"}}\n"
      "  any: {build: {context: ., dockerfile: $NAME}}\n"
      "  some: {build: {context: \"${DIR}\", dockerfile: Dockerfile}}\n");
  CHECK(found(project, "Dockerfile").empty());
  CHECK(found(project, "app/Dockerfile").empty());
}

TEST_CASE("evidence keeps what is passed apart from what is not known") {
  ProjectBuildFiles project;
  add(project, "compose.yaml",
      "services:\n  api:\n    build:\n      context: .\n      args:\n        A: 1\n        B: $B\n        C: same\n");
  add(project, "Makefile", "image:\n\tdocker build --build-arg A=$$(date) --build-arg C=same .\n");
  const BuildEvidence evidence = analysis::evidence_of(analysis::builds_of(project, "Dockerfile"), "/p");

  REQUIRE(evidence.proof_that_it_differs("A") != nullptr);
  CHECK(evidence.proof_that_it_differs("A")->origin.path == "/p/Makefile");
  CHECK(evidence.proof_that_it_differs("A")->origin.place.line == 1);
  CHECK_FALSE(evidence.is_constant("A"));
  CHECK(evidence.proof_that_it_differs("B") == nullptr);
  CHECK_FALSE(evidence.is_constant("B"));
  CHECK(evidence.is_constant("C"));
  CHECK_FALSE(evidence.is_constant("D"));
  CHECK(evidence.context_reason == "`compose.yaml` line 2 (service api) says so.");
}

}  // namespace keyline::tests

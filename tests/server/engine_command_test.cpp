#include "server/cli/engine_command.h"

#include <sstream>
#include <string>
#include <vector>

#include "tests/support/catch.h"

namespace {

using keyline::protocol::Result;
using keyline::server::EngineBuild;
using keyline::server::read_engine_command;
using Engine = EngineBuild::Engine;

// Words are parted by blanks, as no shell quoting matters here.
Result<EngineBuild> read(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return read_engine_command(words);
}

EngineBuild understood(const std::string& line) {
  INFO(line);
  const Result<EngineBuild> build = read(line);
  REQUIRE(build);
  return *build;
}

}  // namespace

TEST_CASE("the inputs are found among the options of docker build") {
  const EngineBuild build = understood(
      "docker build -t app:1 --no-cache --pull -f docker/app.Dockerfile --target=test --build-arg A=1 --build-arg B "
      "--build-arg=C=x=y --platform linux/arm64 --label k=v --secret id=npm,src=.npmrc --build-context docs=../docs "
      "--progress plain -q ctx");
  CHECK(build.engine == Engine::docker);
  CHECK(build.file == "docker/app.Dockerfile");
  CHECK(build.context == "ctx");
  CHECK(build.target == "test");
  CHECK(build.platform == "linux/arm64");
  CHECK(build.progress == "plain");
  CHECK(build.build_arguments == std::vector<std::string>{"A=1", "B", "C=x=y"});
  CHECK(build.named_contexts.at("docs") == "../docs");
  CHECK(build.quiet);
}

TEST_CASE("every way to write the command leads to the same context") {
  for (const char* line :
       {"docker build .", "docker buildx build .", "docker image build .", "docker builder build .",
        "docker buildx b .", "/usr/bin/docker build .", "sudo -E docker build .",
        "env DOCKER_BUILDKIT=1 docker build .", "docker --context remote -D build .",
        "docker -H unix:///x buildx --builder mine build --load .", "docker build -- .", "docker build . -t app",
        "docker build -qt app .", "docker build -tapp -q .", "docker build --rm=false --memory 2g --pull=true .",
        "podman build .", "podman --remote image build --layers .", "nerdctl -n k8s.io build ."}) {
    CHECK(understood(line).context == ".");
  }
}

TEST_CASE("short options take their value from the same word or the next") {
  for (const char* line : {"docker build -fx .", "docker build -f=x .", "docker build -f x .", "docker build -qfx .",
                           "docker build --file x .", "docker build --file=x ."}) {
    CHECK(understood(line).file == "x");
  }
}

TEST_CASE("engines differ in which options take a value") {
  CHECK(understood("docker buildx build --sbom true .").context == ".");
  CHECK(understood("podman build --sbom --squash-all .").context == ".");
  CHECK(understood("podman build").context.empty());
  CHECK(understood("docker build --platform linux/amd64 --platform linux/arm64 .").platform ==
        "linux/amd64,linux/arm64");
}

TEST_CASE("standard input is told from an option") {
  CHECK(understood("docker build -").context == "-");
  CHECK(understood("docker build -f - .").file == "-");
}

TEST_CASE("what is no build, or one whose inputs are elsewhere, is said to be so") {
  for (const char* line :
       {"docker compose up --build", "docker buildx bake", "docker run build", "docker", "make image", "",
        "docker push x", "docker build --check .", "docker buildx build --call=outline .", "docker build --help",
        "docker build a b", "podman build --build-arg-file args .", "podman build -f a -f b .",
        "sudo -u me docker build ."}) {
    INFO(line);
    const Result<EngineBuild> build = read(line);
    REQUIRE_FALSE(build);
    CHECK_FALSE(build.error().message.empty());
  }
  CHECK(read("docker build --call=build --check=false ."));
}

TEST_CASE("a command that stops in the middle of an option is read to its end") {
  CHECK(understood("docker build . -f").file.empty());
  CHECK(understood("docker build . --build-arg").build_arguments == std::vector<std::string>{""});
}

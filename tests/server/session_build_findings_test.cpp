// What the rules about build files find in an open Compose or Bake file: by one channel, about the text in the editor,
// in the words of `keyline check`, and with no look at the disk for an edit.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "analysis/analysis.h"
#include "server/cli/check_builds.h"
#include "server/environment/build_files.h"
#include "server/lsp/build_project.h"
#include "server/lsp/context_loader.h"
#include "tests/support/catch.h"
#include "tests/support/fake_client.h"
#include "tests/support/temporary_directory.h"

using keyline::tests::FakeClient;
using keyline::tests::TemporaryDirectory;
namespace analysis = keyline::analysis;
namespace server = keyline::server;
using Json = nlohmann::json;

namespace {

constexpr auto dockerfile = "FROM scratch AS prod\nARG VERSION=1\n";
constexpr auto compose =
    "services:\n"
    "  api:\n"
    "    build:\n"
    "      context: api\n"
    "      args:\n"
    "        COLOUR: blue\n";
constexpr auto colour = "`COLOUR` has no effect: no ARG of `api/Dockerfile` takes it";

// A project on disk, and how often it was looked at.
struct Project {
  TemporaryDirectory folder;
  std::size_t loads = 0;

  Project() { folder.write("api/Dockerfile", dockerfile); }

  server::Surroundings surroundings() {
    server::Surroundings around;
    around.find_dockerfiles = server::find_workspace_dockerfiles;
    around.read_text = server::read_workspace_file;
    around.load_project = [this](const server::ProjectQuery& query, std::stop_token stop) {
      ++loads;
      return server::load_project_from_disk(query, std::move(stop));
    };
    return around;
  }

  std::string uri(std::string_view path = "compose.yaml") const { return "file://" + folder.path(path); }
  Json workspace() const { return {{"workspaceFolders", {{{"uri", "file://" + folder.path()}, {"name", "work"}}}}}; }
};

Json pulling(bool refreshes = true) {
  return {{"textDocument", {{"diagnostic", Json::object()}}},
          {"workspace", {{"diagnostics", {{"refreshSupport", refreshes}}}}}};
}

void close(FakeClient& client, const std::string& uri) {
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
  client.work_off();
}

std::vector<std::string> messages(const Json& diagnostics) {
  std::vector<std::string> found;
  for (const Json& each : diagnostics) found.push_back(each.at("message"));
  return found;
}

std::vector<std::string> pushed(const FakeClient& client, const std::string& uri) {
  return messages(client.diagnostics(uri));
}

Json about(const std::string& uri) { return {{"textDocument", {{"uri", uri}}}}; }

std::vector<std::string> pulled(FakeClient& client, const std::string& uri) {
  return messages(client.ask("textDocument/diagnostic", about(uri)).at("result").at("items"));
}

// Whether the client was told to ask again since the last time.
bool told_to_ask(FakeClient& client) {
  const bool told = !client.calls("workspace/diagnostic/refresh").empty();
  client.forget_received();
  return told;
}

using Messages = std::vector<std::string>;

}  // namespace

TEST_CASE("findings about an open Compose file are pushed, follow the text and go with the document") {
  Project project;
  FakeClient client(project.surroundings());
  client.start(Json::object(), project.workspace());
  client.open(project.uri(), compose);
  client.work_off();
  CHECK(client.calls("textDocument/publishDiagnostics").size() == 1);
  const Json found = client.diagnostics(project.uri());
  REQUIRE(messages(found) == Messages{colour});
  CHECK(found[0].at("code") == "build-arg-unknown");
  CHECK(found[0].at("source") == "keyline");
  CHECK(found[0].at("range").at("start") == Json{{"line", 5}, {"character", 8}});

  client.edit(project.uri(), 2, {5, 8, 5, 14}, "VERSION");
  client.work_off();
  CHECK(pushed(client, project.uri()).empty());
  client.edit(project.uri(), 3, {5, 8, 5, 15}, "COLOUR");
  client.work_off();
  CHECK(pushed(client, project.uri()) == Messages{colour});
  CHECK(project.loads == 1);
  close(client, project.uri());
  CHECK(client.diagnostics(project.uri()) == Json::array());
  CHECK(client.calls("textDocument/publishDiagnostics").size() == 4);
}

TEST_CASE("findings about an open build file are pulled by clients that pull, and never pushed") {
  Project project;
  const bool refreshes = GENERATE(true, false);
  FakeClient client(project.surroundings());
  client.start(pulling(refreshes), project.workspace());
  client.open(project.uri(), compose);
  // It waits for what stands around the file.
  const std::int64_t first = client.request("textDocument/diagnostic", about(project.uri()));
  CHECK(client.responses(first).empty());
  client.work_off();
  REQUIRE(client.responses(first).size() == 1);
  const Json report = client.responses(first)[0].at("result");
  CHECK(messages(report.at("items")) == Messages{colour});
  Json again = about(project.uri());
  again["previousResultId"] = report.at("resultId");
  CHECK(client.ask("textDocument/diagnostic", again).at("result").at("kind") == "unchanged");
  client.edit(project.uri(), 2, {5, 8, 5, 14}, "VERSION");
  CHECK(pulled(client, project.uri()).empty());
  close(client, project.uri());
  CHECK(pulled(client, project.uri()).empty());
  CHECK(client.calls("textDocument/publishDiagnostics").empty());
  CHECK(client.calls("workspace/diagnostic/refresh").empty());
}

TEST_CASE("the words are those of keyline check") {
  Project project;
  project.folder.write("compose.yaml", compose);
  const std::string path = project.folder.path("api/Dockerfile");
  analysis::Inputs inputs;
  inputs.text = std::make_shared<const std::string>(dockerfile);
  server::BuildFileReader reader;
  server::BuildFileCheck check;
  check.add(path, analysis::analyze(std::move(inputs), nullptr, {}),
            server::find_context({path, {project.folder.path()}, {}}, reader));
  const std::vector<server::CheckedFile> checked = check.finish({});
  REQUIRE(checked.size() == 1);
  Messages told;
  for (const analysis::Finding& finding : checked[0].snapshot->findings) told.push_back(finding.message);

  FakeClient client(project.surroundings());
  client.start(Json::object(), project.workspace());
  client.open(project.uri(), compose);
  client.work_off();
  CHECK(pushed(client, project.uri()) == told);
}

TEST_CASE("nothing is said about a build file before its project is known, and the disk is never read at once") {
  Project project;
  FakeClient client(project.surroundings());
  client.start(Json::object(), project.workspace());
  client.open(project.uri(), compose);
  client.drained();
  CHECK(project.loads == 0);
  CHECK(client.diagnostics(project.uri()).is_null());
  client.work_off();
  CHECK(project.loads == 1);
  CHECK(pushed(client, project.uri()) == Messages{colour});
}

TEST_CASE("a Dockerfile that is open counts as it is in the editor, for the build files that name it") {
  Project project;
  FakeClient client(project.surroundings());
  client.start(pulling(), project.workspace());
  client.open(project.uri(), compose);
  CHECK(pulled(client, project.uri()) == Messages{colour});
  const std::string uri = project.uri("api/Dockerfile");
  client.open(uri, dockerfile);
  client.work_off();
  CHECK_FALSE(told_to_ask(client));
  client.edit(uri, 2, {1, 4, 1, 11}, "COLOUR");
  client.work_off();
  CHECK(told_to_ask(client));
  CHECK(pulled(client, project.uri()).empty());
  client.edit(uri, 3, {1, 10, 1, 12}, "=2");
  client.work_off();
  CHECK_FALSE(told_to_ask(client));
  // It was not saved.
  close(client, uri);
  CHECK(told_to_ask(client));
  CHECK(pulled(client, project.uri()) == Messages{colour});
  CHECK(project.loads == 1);
}

TEST_CASE("a Dockerfile that an edit names is read, and one that is saved is read again") {
  Project project;
  project.folder.write("web/Dockerfile", "FROM scratch\nARG COLOUR\n");
  FakeClient client(project.surroundings());
  client.start(Json::object(), project.workspace());
  client.open(project.uri(), compose);
  client.work_off();
  CHECK(pushed(client, project.uri()) == Messages{colour});
  client.edit(project.uri(), 2, {3, 15, 3, 18}, "web");
  client.work_off();
  CHECK(pushed(client, project.uri()).empty());
  CHECK(project.loads == 2);
  project.folder.write("web/Dockerfile", "FROM scratch\n");
  client.notify("workspace/didChangeWatchedFiles",
                {{"changes", {{{"uri", project.uri("web/Dockerfile")}, {"type", 2}}}}});
  client.clock.advance(std::chrono::milliseconds(500));
  client.work_off();
  CHECK(pushed(client, project.uri()) == Messages{"`COLOUR` has no effect: no ARG of `web/Dockerfile` takes it"});
  // A name that leads nowhere is looked for once.
  client.edit(project.uri(), 3, {3, 15, 3, 18}, "none");
  client.work_off();
  CHECK(pushed(client, project.uri()).empty());
  const std::size_t loads = project.loads;
  client.edit(project.uri(), 4, {5, 16, 5, 20}, "red");
  client.work_off();
  CHECK(project.loads == loads);
}

TEST_CASE("what the other build files of the project say counts, also those beside other Dockerfiles") {
  Project project;
  const std::string reads =
      "services:\n  api:\n    build:\n      context: api\n      cache_from: [\"type=gha,scope=a\"]\n";
  FakeClient client(project.surroundings());
  bool written = false;
  SECTION("nobody writes the cache") {}
  SECTION("somebody does") {
    written = true;
    project.folder.write("deep/worker/Dockerfile", "FROM scratch\n");
    project.folder.write(
        "deep/worker/compose.yaml",
        "services:\n  worker:\n    build:\n      context: .\n      cache_to: [\"type=gha,scope=a\"]\n");
  }
  client.start(Json::object(), project.workspace());
  client.open(project.uri(), reads);
  client.work_off();
  CHECK(pushed(client, project.uri()) ==
        (written ? Messages{}
                 : Messages{"this cache stays empty: service api reads it, and no build of this project writes it"}));
}

TEST_CASE("variables beside a Compose file count as in a build") {
  Project project;
  project.folder.write(".env", "FOLDER=api\n");
  FakeClient client(project.surroundings());
  client.start(Json::object(), project.workspace());
  std::string text = compose;
  text.replace(text.find(": api") + 2, 3, "$FOLDER");
  client.open(project.uri(), text);
  client.work_off();
  CHECK(pushed(client, project.uri()) == Messages{colour});
}

TEST_CASE("Bake files have findings, and settings decide which") {
  Project project;
  FakeClient client(project.surroundings());
  client.start(pulling(), project.workspace());
  const std::string uri = project.uri("docker-bake.hcl");
  client.open(uri, "target \"api\" {\n  context = \"api\"\n  args = { COLOUR = \"blue\" }\n}\n");
  CHECK(pulled(client, uri) == Messages{colour});
  client.forget_received();
  client.notify("workspace/didChangeConfiguration",
                {{"settings", {{"keyline", {{"rules", {{"build-arg-unknown", "off"}}}}}}}});
  client.work_off();
  CHECK(told_to_ask(client));
  CHECK(pulled(client, uri).empty());
}

TEST_CASE("a build file that is on no disk has no findings, and is answered") {
  Project project;
  FakeClient client(project.surroundings());
  client.start(pulling(false), GENERATE(true, false) ? project.workspace() : Json::object());
  constexpr auto uri = "vscode-vfs://github/work/compose.yaml";
  client.open(uri, compose);
  CHECK(pulled(client, uri).empty());
  CHECK(project.loads == 0);
}

TEST_CASE("without a workspace folder the file's own folder is the project") {
  Project project;
  FakeClient client(project.surroundings());
  client.start();
  client.open(project.uri(), compose);
  client.work_off();
  CHECK(pushed(client, project.uri()) == Messages{colour});
}

TEST_CASE("a build file that is closed while its project is read is left alone") {
  Project project;
  FakeClient client(project.surroundings());
  client.start(pulling(), project.workspace());
  client.open(project.uri(), compose);
  const std::int64_t id = client.request("textDocument/diagnostic", about(project.uri()));
  client.notify("textDocument/didClose", about(project.uri()));
  client.work_off();
  REQUIRE(client.responses(id).size() == 1);
  CHECK(client.responses(id)[0].at("result").at("items").empty());
  client.open(project.uri(), compose);
  CHECK(pulled(client, project.uri()) == Messages{colour});
}

// Fixes that edit another file than the open one: what an editor gets depends on what it can do and has open.

#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "analysis/context/listed_context.h"
#include "tests/support/catch.h"
#include "tests/support/fake_client.h"

using keyline::analysis::BuildContext;
using keyline::analysis::Dockerignore;
using keyline::analysis::IgnoreFile;
using keyline::analysis::ListedContext;
using keyline::server::ContextQuery;
using keyline::tests::FakeClient;
using Json = nlohmann::json;

namespace {

constexpr auto uri = "file:///work/Dockerfile";
constexpr auto ignore_uri = "file:///work/.dockerignore";
constexpr auto text = "FROM alpine:3.20\nCOPY . /app/\n";

std::shared_ptr<const BuildContext> project(std::string_view ignored, IgnoreFile file) {
  ListedContext::Source source;
  source.entries = {{.path = ".git/HEAD", .size = 1, .target = {}}, {.path = "app.py", .size = 1, .target = {}}};
  source.dockerignore = Dockerignore(ignored);
  source.ignore_file = std::move(file);
  return std::make_shared<const ListedContext>(std::move(source));
}

keyline::server::Surroundings disk_with(std::shared_ptr<const BuildContext> context) {
  return {[context = std::move(context)](const ContextQuery&, std::stop_token) { return context; }};
}

Json editor(const Json& workspace_edit) { return {{"workspace", {{"workspaceEdit", workspace_edit}}}}; }

// The edit of the action with the title; null when it is not on offer.
Json edit_of(FakeClient& client, std::string_view title) {
  const Json range{{"start", {{"line", 1}, {"character", 0}}}, {"end", {{"line", 1}, {"character", 4}}}};
  const Json answer =
      client.ask("textDocument/codeAction",
                 {{"textDocument", {{"uri", uri}}}, {"range", range}, {"context", {{"diagnostics", Json::array()}}}});
  for (const Json& action : answer.at("result")) {
    if (action.at("title") == title) return action.at("edit");
  }
  return nullptr;
}

Json insertion(std::uint32_t line, std::string_view inserted) {
  const Json place{{"line", line}, {"character", 0}};
  return {{{"range", {{"start", place}, {"end", place}}}, {"newText", inserted}}};
}

constexpr auto create = "Create .dockerignore with the line `.git`";
constexpr auto add = "Add `.git` to .dockerignore";

}  // namespace

TEST_CASE("a .dockerignore is created in editors that can create files") {
  FakeClient client(disk_with(project("", {"/work/.dockerignore", false})));
  client.start(editor({{"documentChanges", true}, {"resourceOperations", {"create", "rename"}}}), Json::object());
  client.open(uri, text);
  client.work_off();
  const Json changes = edit_of(client, create).at("documentChanges");
  REQUIRE(changes.size() == 2);
  CHECK(changes[0] == Json{{"kind", "create"}, {"uri", ignore_uri}});
  CHECK(changes[1].at("textDocument") == Json{{"uri", ignore_uri}, {"version", nullptr}});
  CHECK(changes[1].at("edits") == insertion(0, ".git\n"));
}

TEST_CASE("no action is offered where the editor could not carry it out") {
  for (const Json& capability : {Json{{"documentChanges", true}}, Json{{"resourceOperations", {"create"}}},
                                 Json{{"documentChanges", true}, {"resourceOperations", {"delete"}}}}) {
    FakeClient client(disk_with(project("", {"/work/.dockerignore", false})));
    client.start(editor(capability), Json::object());
    client.open(uri, text);
    client.work_off();
    CHECK(edit_of(client, create).is_null());
  }
}

TEST_CASE("lines are added to a .dockerignore on disk in any editor") {
  FakeClient client(disk_with(project("*.md\n", {"/work/.dockerignore", true})));
  client.start();
  client.open(uri, text);
  client.work_off();
  CHECK(edit_of(client, add).at("changes") == Json{{ignore_uri, insertion(1, ".git\n")}});
}

TEST_CASE("an open .dockerignore is edited in the version that was analysed, and no other") {
  FakeClient client(disk_with(project("*.md\n", {"/work/.dockerignore", true})));
  client.start(editor({{"documentChanges", true}}), Json::object());
  client.open(ignore_uri, "*.md\n", 7);
  client.open(uri, text);
  client.work_off();
  const Json changes = edit_of(client, add).at("documentChanges");
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].at("textDocument") == Json{{"uri", ignore_uri}, {"version", 7}});
  client.edit(ignore_uri, 8, {0, 0, 0, 0}, "a\nb\n");
  CHECK(edit_of(client, add).is_null());
}

TEST_CASE("a .dockerignore that no edit can reach is only spoken of") {
  FakeClient client(disk_with(project("*.md\n", {"", true})));
  client.start(editor({{"documentChanges", true}, {"resourceOperations", {"create"}}}), Json::object());
  client.open(uri, text);
  client.work_off();
  CHECK(edit_of(client, add).is_null());
  CHECK(client.diagnostics(uri).size() == 1);
}

// A .dockerignore as a document of its own: what is wrong with its lines, what they hide, and what may be typed in
// them.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "analysis/context/listed_context.h"
#include "tests/support/catch.h"
#include "tests/support/fake_client.h"

using keyline::analysis::BuildContext;
using keyline::analysis::ContextEntry;
using keyline::analysis::Dockerignore;
using keyline::analysis::EntryKind;
using keyline::analysis::ListedContext;
using keyline::server::ContextQuery;
using keyline::tests::FakeClient;
using Json = nlohmann::json;

namespace {

constexpr auto dockerfile_uri = "file:///work/Dockerfile";
constexpr auto ignore_uri = "file:///work/.dockerignore";
constexpr auto dockerfile = "FROM alpine:3.20\nCOPY package.json /app/\nCOPY src /app/src\n";

// /work as a disk would have it, with whatever .dockerignore the editor holds.
struct Project {
  std::vector<ContextQuery> queries;
  std::string on_disk;

  keyline::server::Surroundings surroundings() {
    return {[this](const ContextQuery& query, std::stop_token) -> std::shared_ptr<const BuildContext> {
      queries.push_back(query);
      ListedContext::Source source;
      for (const std::string_view path : {"Notes.md", "node_modules/a/index.js", "node_modules/b/index.js",
                                          "package.json", "src/app.ts", "src/app.test.ts"}) {
        source.entries.push_back({.path = std::string(path), .size = 10, .target = {}});
      }
      if (query.for_ignore_file) return std::make_shared<const ListedContext>(std::move(source));
      const auto open = query.overrides.find("/work/.dockerignore");
      source.dockerignore = Dockerignore(open == query.overrides.end() ? on_disk : open->second);
      source.ignore_file = {"/work/.dockerignore", true};
      return std::make_shared<const ListedContext>(std::move(source));
    }};
  }
};

void open_as(FakeClient& client, std::string_view uri, std::string_view language, std::string_view text) {
  client.notify("textDocument/didOpen",
                {{"textDocument", {{"uri", uri}, {"languageId", language}, {"version", 1}, {"text", text}}}});
  client.work_off();
}

Json at(std::string_view uri, std::uint32_t line, std::uint32_t character) {
  return {{"textDocument", {{"uri", uri}}}, {"position", {{"line", line}, {"character", character}}}};
}

std::string hover(FakeClient& client, std::uint32_t line) {
  const Json result = client.ask("textDocument/hover", at(ignore_uri, line, 0)).at("result");
  return result.is_null() ? "" : result.at("contents").at("value").get<std::string>();
}

std::vector<std::string> labels(FakeClient& client, std::uint32_t line, std::uint32_t character) {
  std::vector<std::string> found;
  const Json list = client.ask("textDocument/completion", at(ignore_uri, line, character)).at("result");
  for (const Json& item : list.at("items")) found.push_back(item.at("label"));
  return found;
}

Json references(FakeClient& client, std::uint32_t line) {
  Json params = at(ignore_uri, line, 0);
  params["context"] = {{"includeDeclaration", true}};
  return client.ask("textDocument/references", params).at("result");
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

void quiet_moment(FakeClient& client) {
  client.clock.advance(std::chrono::milliseconds(100));
  client.work_off();
}

// Both files open, and all that is told about each knows of the other.
void open_both(FakeClient& client, std::string_view ignored) {
  client.start();
  client.open(dockerfile_uri, dockerfile);
  client.open(ignore_uri, ignored);
  client.work_off();
  quiet_moment(client);
}

// The title of the one action on the line, and the text that it leaves.
std::pair<std::string, std::string> mended(FakeClient& client, std::string_view text, std::uint32_t line) {
  client.open(ignore_uri, text);
  client.work_off();
  const Json place{{"line", line}, {"character", 2}};
  const Json params{{"textDocument", {{"uri", ignore_uri}}},
                    {"range", {{"start", place}, {"end", place}}},
                    {"context", {{"diagnostics", Json::array()}}}};
  const Json actions = client.ask("textDocument/codeAction", params).at("result");
  if (actions.empty()) return {};
  REQUIRE(actions.size() == 1);
  const Json& edits = actions[0].at("edit").at("changes").at(ignore_uri);
  REQUIRE(edits.size() == 1);
  const Json& range = edits[0].at("range");
  client.edit(ignore_uri, 2,
              {range["start"]["line"], range["start"]["character"], range["end"]["line"], range["end"]["character"]},
              edits[0].at("newText").get<std::string>());
  client.work_off();
  CHECK(client.diagnostics(ignore_uri) == Json::array());
  return {actions[0].at("title"), client.session.documents.find(ignore_uri)->text};
}

}  // namespace

TEST_CASE("a .dockerignore is never read as a Dockerfile, whatever its language is called") {
  Project project;
  FakeClient client(project.surroundings());
  client.start();
  for (const std::string_view language : {"ignore", "dockerignore", "dockerfile", "plaintext"}) {
    open_as(client, ignore_uri, language, "node_modules\n");
    CHECK(client.diagnostics(ignore_uri) == Json::array());
    CHECK(has(hover(client, 0), "hides 2 files"));
  }
  open_as(client, "file:///work/api.Dockerfile.dockerignore", "ignore", "node_modules\n");
  CHECK(client.diagnostics("file:///work/api.Dockerfile.dockerignore") == Json::array());
  open_as(client, "untitled:Untitled-1", "dockerignore", "[\n");
  CHECK(client.diagnostics("untitled:Untitled-1").size() == 1);
}

TEST_CASE("other ignore files are left alone") {
  FakeClient client;
  client.start();
  open_as(client, "file:///work/.gitignore", "ignore", "[\nNOT A DOCKERFILE\n");
  CHECK(client.diagnostics("file:///work/.gitignore").is_null());
  CHECK(client.ask("textDocument/hover", at("file:///work/.gitignore", 0, 0)).at("result").is_null());
}

TEST_CASE("patterns that BuildKit refuses are errors on their lines") {
  Project project;
  FakeClient client(project.surroundings());
  client.start();
  client.open(ignore_uri, "# first\nnode_modules\n[a\n!\n");
  client.work_off();
  const Json found = client.diagnostics(ignore_uri);
  REQUIRE(found.size() == 2);
  CHECK(found[0].at("range").at("start") == Json{{"line", 2}, {"character", 0}});
  CHECK(found[0].at("range").at("end") == Json{{"line", 2}, {"character", 2}});
  CHECK(found[0].at("severity") == 1);
  CHECK(found[0].at("message") == "invalid excludepatterns: [[a]: syntax error in pattern");
  CHECK(found[1].at("range").at("start").at("line") == 3);
}

TEST_CASE("lines without effect are told on the lines while the file is open, and in the Dockerfile otherwise") {
  Project project;
  project.on_disk = "notes.md\nsrc\n!src\n";
  FakeClient client(project.surroundings());
  client.start();
  client.open(dockerfile_uri, dockerfile);
  client.work_off();
  const auto in_dockerfile = [&] {
    std::size_t count = 0;
    for (const Json& each : client.diagnostics(dockerfile_uri)) count += each.at("code") == "dockerignore-dead-pattern";
    return count;
  };
  CHECK(in_dockerfile() == 1);
  client.open(ignore_uri, project.on_disk);
  client.work_off();
  CHECK(in_dockerfile() == 0);
  const Json found = client.diagnostics(ignore_uri);
  REQUIRE(found.size() == 2);
  CHECK(found[0].at("code") == "dockerignore-dead-pattern");
  CHECK(found[0].at("message") ==
        "`notes.md` does not keep out what it seems to: it is not `Notes.md`: upper and lower case differ");
  CHECK(found[1].at("message") == "`src` does not keep out what it seems to: it is taken back by line 3");
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", ignore_uri}}}});
  client.work_off();
  CHECK(client.diagnostics(ignore_uri) == Json::array());
  CHECK(in_dockerfile() == 1);
}

TEST_CASE("the severity of dead lines is the rule's setting") {
  Project project;
  FakeClient client(project.surroundings());
  client.start(Json::object(), {{"initializationOptions", {{"rules", {{"dockerignore-dead-pattern", "off"}}}}}});
  client.open(ignore_uri, "notes.md\n");
  client.work_off();
  CHECK(client.diagnostics(ignore_uri) == Json::array());
}

TEST_CASE("hovers say what a line hides, what brings it back, and why it does nothing") {
  Project project;
  FakeClient client(project.surroundings());
  client.start({{"textDocument", {{"hover", {{"contentFormat", {"plaintext"}}}}}}}, Json::object());
  client.open(ignore_uri, "node_modules\nsrc\n!src/app.ts\nnode_modules/a\n*.log\n!package.json\n\n# comment\n");
  client.work_off();
  CHECK(has(hover(client, 0), "hides 2 files, 20 B"));
  CHECK(has(hover(client, 0), "node_modules/"));
  CHECK(has(hover(client, 1), "hides 1 file, 10 B"));
  CHECK(has(hover(client, 1), "Brought back by later lines"));
  CHECK(has(hover(client, 1), "line 3"));
  CHECK(has(hover(client, 2), "brings back 1 file"));
  CHECK(has(hover(client, 3), "hides nothing more: line 1 hides the 1 file that it matches already"));
  CHECK(has(hover(client, 4), "matches nothing that is there now"));
  CHECK(has(hover(client, 5), "are not hidden"));
  CHECK(hover(client, 6).empty());
  CHECK(hover(client, 7).empty());
}

TEST_CASE("a hover without a build directory says that it is not known") {
  FakeClient client;
  client.start();
  client.open(ignore_uri, "node_modules\n");
  client.work_off();
  CHECK(has(hover(client, 0), "not known"));
  CHECK(labels(client, 0, 0).empty());
}

TEST_CASE("completion offers paths of the build directory, and behind ! those that are hidden") {
  Project project;
  FakeClient client(project.surroundings());
  client.start();
  client.open(ignore_uri, "node_modules\nsrc/app.ts\n\nsrc/\n# src/\n");
  client.work_off();
  CHECK(labels(client, 2, 0) == std::vector<std::string>{"Notes.md", "node_modules/", "package.json", "src/"});
  // What the line hides while it is half typed is on offer, but not what another line hides.
  CHECK(labels(client, 3, 4) == std::vector<std::string>{"app.test.ts"});
  CHECK(labels(client, 4, 6).empty());
  client.open(ignore_uri, "src\n!src/\n");
  client.work_off();
  CHECK(labels(client, 1, 5) == std::vector<std::string>{"app.test.ts", "app.ts"});
  client.open(ignore_uri, "src/*.test.ts\n!src/\n");
  client.work_off();
  CHECK(labels(client, 1, 5) == std::vector<std::string>{"app.test.ts"});
}

TEST_CASE("a completion replaces the last name of what is typed") {
  Project project;
  FakeClient client(project.surroundings());
  client.start();
  client.open(ignore_uri, "src/ap\n");
  client.work_off();
  const Json list = client.ask("textDocument/completion", at(ignore_uri, 0, 6)).at("result");
  REQUIRE(list.at("items").size() == 2);
  CHECK(list.at("items")[0].at("textEdit") ==
        Json{{"newText", "app.test.ts"},
             {"range", {{"start", {{"line", 0}, {"character", 4}}}, {"end", {{"line", 0}, {"character", 6}}}}}});
}

TEST_CASE("references lead to the steps that would read what a line hides, and to the files") {
  Project project;
  FakeClient client(project.surroundings());
  open_both(client, "src/*.test.ts\n\n");
  const Json found = references(client, 0);
  REQUIRE(found.size() == 2);
  CHECK(found[0].at("uri") == dockerfile_uri);
  CHECK(found[0].at("range").at("start").at("line") == 2);
  CHECK(found[1].at("uri") == "file:///work/src/app.test.ts");
  CHECK(references(client, 1).empty());
}

TEST_CASE("symbols are the patterns, and comments fold") {
  Project project;
  FakeClient client(project.surroundings());
  client.start();
  client.open(ignore_uri, "# one\n# two\nnode_modules\n!node_modules/a\n");
  client.work_off();
  const Json document{{"textDocument", {{"uri", ignore_uri}}}};
  const Json symbols = client.ask("textDocument/documentSymbol", document).at("result");
  REQUIRE(symbols.size() == 2);
  CHECK(symbols[0].at("name") == "node_modules");
  CHECK(symbols[1].at("name") == "!node_modules/a");
  CHECK(client.ask("textDocument/foldingRange", document).at("result") ==
        Json{{{"startLine", 0}, {"endLine", 1}, {"kind", "comment"}}});
}

TEST_CASE("what a .dockerignore does not have is answered empty") {
  Project project;
  FakeClient client(project.surroundings());
  client.start();
  client.open(ignore_uri, "node_modules\n");
  client.work_off();
  const Json range{{"start", {{"line", 0}, {"character", 0}}}, {"end", {{"line", 0}, {"character", 4}}}};
  Json params = at(ignore_uri, 0, 0);
  params["options"] = {{"tabSize", 2}, {"insertSpaces", true}};
  params["range"] = range;
  params["ch"] = "\n";
  params["newName"] = "x";
  params["positions"] = Json::array({params["position"]});
  params["context"] = {{"diagnostics", Json::array()}};
  for (const std::string_view method :
       {"textDocument/formatting", "textDocument/rangeFormatting", "textDocument/onTypeFormatting",
        "textDocument/definition", "textDocument/declaration", "textDocument/codeLens", "textDocument/inlayHint",
        "textDocument/documentLink", "textDocument/codeAction", "textDocument/prepareCallHierarchy",
        "textDocument/documentHighlight", "textDocument/selectionRange"}) {
    INFO(method);
    CHECK(client.ask(method, params).at("result") == Json::array());
  }
  for (const std::string_view method :
       {"textDocument/signatureHelp", "textDocument/rename", "textDocument/prepareRename",
        "textDocument/semanticTokens/full", "textDocument/semanticTokens/range", "textDocument/linkedEditingRange"}) {
    INFO(method);
    CHECK(client.ask(method, params).at("result").is_null());
  }
}

TEST_CASE("an unsaved .dockerignore decides what the Dockerfiles of its directory get") {
  Project project;
  FakeClient client(project.surroundings());
  open_both(client, "\n");
  const auto hidden = [&] {
    return client.session.documents.find(dockerfile_uri)->snapshot->context().hidden().size();
  };
  CHECK(hidden() == 0);
  const std::size_t queries = project.queries.size();
  client.edit(ignore_uri, 2, {0, 0, 0, 0}, "src");
  client.work_off();
  quiet_moment(client);
  CHECK(hidden() == 1);
  // What the file could hide is the same as before: only the Dockerfile's view is loaded again.
  REQUIRE(project.queries.size() == queries + 1);
  CHECK_FALSE(project.queries.back().for_ignore_file);
}

TEST_CASE("clients that pull get the diagnostics of a .dockerignore when they ask, and no others") {
  Project project;
  FakeClient client(project.surroundings());
  client.start({{"textDocument", {{"diagnostic", Json::object()}}}}, Json::object());
  client.open(ignore_uri, "[\n");
  client.work_off();
  CHECK(client.calls("textDocument/publishDiagnostics").empty());
  Json params{{"textDocument", {{"uri", ignore_uri}}}};
  const Json report = client.ask("textDocument/diagnostic", params).at("result");
  CHECK(report.at("kind") == "full");
  CHECK(report.at("items").size() == 1);
  params["previousResultId"] = report.at("resultId");
  CHECK(client.ask("textDocument/diagnostic", params).at("result").at("kind") == "unchanged");
}

TEST_CASE("quick fixes mend the lines of a .dockerignore that have no effect") {
  Project project;
  FakeClient client(project.surroundings());
  client.start();
  using Mended = std::pair<std::string, std::string>;
  CHECK(mended(client, "src\nnotes.md\n", 1) == Mended{"Write `Notes.md`", "src\nNotes.md\n"});
  CHECK(mended(client, "/SRC\n", 0) == Mended{"Write `src`", "src\n"});
  CHECK(mended(client, "node_modules # big\r\n", 0) ==
        Mended{"Give the comment a line of its own", "# big\r\nnode_modules\r\n"});
  CHECK(mended(client, "  // local\nsrc\n", 0) == Mended{"Give the comment a line of its own", "# local\nsrc\n"});
  CHECK(mended(client, "Notes.md\nsrc\n!Notes.md\n", 0) ==
        Mended{"Remove `Notes.md`, which has no effect", "src\n!Notes.md\n"});
  CHECK(mended(client, "src\n", 0) == Mended{});
}

TEST_CASE("only what leaves the image as it is is preferred among the fixes of a .dockerignore") {
  Project project;
  FakeClient client(project.surroundings());
  client.start({{"workspace", {{"workspaceEdit", {{"documentChanges", true}}}}}}, Json::object());
  client.open(ignore_uri, "Notes.md\n!Notes.md\nPackage.json\n", 7);
  client.work_off();
  Json params{{"textDocument", {{"uri", ignore_uri}}},
              {"range", {{"start", {{"line", 0}, {"character", 0}}}, {"end", {{"line", 3}, {"character", 0}}}}},
              {"context", {{"diagnostics", Json::array()}}}};
  const Json actions = client.ask("textDocument/codeAction", params).at("result");
  REQUIRE(actions.size() == 2);
  CHECK(actions[0].at("isPreferred") == true);
  CHECK_FALSE(actions[1].contains("isPreferred"));
  CHECK(actions[0].at("diagnostics")[0].at("code") == "dockerignore-dead-pattern");
  CHECK(actions[0].at("edit").at("documentChanges")[0].at("textDocument") == Json{{"uri", ignore_uri}, {"version", 7}});
  params["context"]["only"] = {"source.fixAll"};
  CHECK(client.ask("textDocument/codeAction", params).at("result") == Json::array());
}

TEST_CASE("the status of a .dockerignore says what it hides, for whom, and why something is silent") {
  Project project;
  FakeClient client(project.surroundings());
  open_both(client, "node_modules\nnotes.md\n");
  const Json params{{"command", "keyline.status"}, {"arguments", Json::array({{{"uri", ignore_uri}}})}};
  const std::string text = client.ask("workspace/executeCommand", params).at("result");
  CHECK(has(text, "10 entries, 5 of them hidden by this file"));
  CHECK(has(text, std::string("counts for:** ") + dockerfile_uri));
  CHECK(has(text, "1 line without effect and 0 lines that"));

  FakeClient nowhere;
  nowhere.start(Json::object(), {{"initializationOptions", {{"rules", {{"dockerignore-dead-pattern", "off"}}}}}});
  nowhere.open(ignore_uri, "[\n");
  nowhere.work_off();
  const std::string silent = nowhere.ask("workspace/executeCommand", params).at("result");
  CHECK(has(silent, "not known"));
  CHECK(has(silent, "counts for:** none"));
  CHECK(has(silent, "0 lines without effect and 1 line that"));
  CHECK(has(silent, "dockerignore-dead-pattern** is switched off"));
}

// Going to a name, finding and changing it, as an editor asks for it: places, files of the context, refusals.

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_context.h"

using keyline::tests::FakeClient;
using keyline::tests::FakeContext;
using Json = nlohmann::json;

namespace {

constexpr auto uri = "file:///work/app/Dockerfile";
constexpr auto text =
    "FROM alpine AS ü\n"
    "FROM alpine AS base\n"
    "ARG MODE=é\n"
    "COPY src/ main.c /\n"
    "RUN make '日本' $MODE\n"
    "FROM base\n";

Json at(int line, int character) {
  return {{"textDocument", {{"uri", uri}}}, {"position", {{"line", line}, {"character", character}}}};
}

Json range(int line, int begin, int end) {
  return {{"start", {{"line", line}, {"character", begin}}}, {"end", {{"line", line}, {"character", end}}}};
}

Json references(int line, int character, bool with_declaration) {
  Json params = at(line, character);
  params["context"] = {{"includeDeclaration", with_declaration}};
  return params;
}

Json rename(int line, int character, std::string_view name) {
  Json params = at(line, character);
  params["newName"] = name;
  return params;
}

keyline::server::Surroundings with_files(FakeContext::Files files) {
  keyline::server::Surroundings around;
  around.load_context = [files](const keyline::server::ContextQuery& query, std::stop_token) {
    return query.previous ? query.previous : std::make_shared<const FakeContext>(files);
  };
  return around;
}

}  // namespace

TEST_CASE("a definition is a place in the document, or a file of the context") {
  FakeClient client(with_files({{"Dockerfile", {""}}, {"main.c", {"x"}}, {"src/a b.c", {"x"}}}));
  client.start();
  client.open(uri, text);
  client.work_off();
  const auto definition = [&](int line, int character) {
    return client.ask("textDocument/definition", at(line, character))["result"];
  };
  CHECK(definition(4, 17) == Json::array({{{"uri", uri}, {"range", range(2, 4, 8)}}}));
  CHECK(definition(5, 6) == Json::array({{{"uri", uri}, {"range", range(1, 15, 19)}}}));
  CHECK(definition(3, 11) == Json::array({{{"uri", "file:///work/app/main.c"}, {"range", range(0, 0, 0)}}}));
  CHECK(definition(3, 6) == Json::array({{{"uri", "file:///work/app/src/a%20b.c"}, {"range", range(0, 0, 0)}}}));
  CHECK(definition(4, 1) == Json::array());
  CHECK(client.ask("textDocument/declaration", at(5, 6))["result"] == definition(5, 6));
}

TEST_CASE("references of a file are the steps it can re-run, those of a COPY the files it takes") {
  FakeClient client(with_files({{"Dockerfile", {""}}, {"main.c", {"x"}}, {"src/a.c", {"x"}}}));
  client.start();
  client.open(uri, text);
  client.work_off();
  const Json steps = client.ask("textDocument/references", references(3, 11, true))["result"];
  REQUIRE(steps.size() == 2);
  CHECK(steps[0]["range"]["start"]["line"] == 3);
  CHECK(steps[1]["range"]["start"]["line"] == 4);
  const Json files = client.ask("textDocument/references", references(3, 1, true))["result"];
  REQUIRE(files.size() == 2);
  CHECK(files[0]["uri"] == "file:///work/app/main.c");
  CHECK(files[1]["uri"] == "file:///work/app/src/a.c");
}

TEST_CASE("references leave the declaration out when asked, highlights tell it apart") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  CHECK(client.ask("textDocument/references", references(2, 5, true))["result"].size() == 2);
  CHECK(client.ask("textDocument/references", references(2, 5, false))["result"] ==
        Json::array({{{"uri", uri}, {"range", range(4, 15, 19)}}}));
  CHECK(client.ask("textDocument/documentHighlight", at(4, 16))["result"] ==
        Json::array({{{"range", range(2, 4, 8)}, {"kind", 3}}, {{"range", range(4, 15, 19)}, {"kind", 2}}}));
}

TEST_CASE("a rename is an edit of the form that the client knows") {
  for (const bool document_changes : {false, true}) {
    FakeClient client;
    client.start({{"workspace", {{"workspaceEdit", {{"documentChanges", document_changes}}}}}}, Json::object());
    client.open(uri, text, 7);
    const Json edit = client.ask("textDocument/rename", rename(4, 16, "KIND"))["result"];
    const Json edits = Json::array(
        {{{"range", range(2, 4, 8)}, {"newText", "KIND"}}, {{"range", range(4, 15, 19)}, {"newText", "KIND"}}});
    if (document_changes) {
      CHECK(edit["documentChanges"][0]["textDocument"] == Json({{"uri", uri}, {"version", 7}}));
      CHECK(edit["documentChanges"][0]["edits"] == edits);
    } else {
      CHECK(edit["changes"][uri] == edits);
    }
  }
}

TEST_CASE("what cannot be renamed is refused in a sentence") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  CHECK(client.ask("textDocument/prepareRename", at(2, 5))["result"] ==
        Json({{"range", range(2, 4, 8)}, {"placeholder", "MODE"}}));
  CHECK(client.ask("textDocument/prepareRename", at(2, 1))["result"].is_null());
  const Json image = client.ask("textDocument/prepareRename", at(1, 6));
  CHECK(image["error"]["code"] == -32803);
  CHECK(image["error"]["message"] == "`alpine` is an image: its name is not this file's to choose.");
  CHECK(client.ask("textDocument/rename", rename(5, 6, "no good"))["error"]["code"] == -32803);
  CHECK(client.ask("textDocument/rename", rename(2, 1, "x"))["error"]["message"] == "There is no name here.");
}

TEST_CASE("rename is announced in the form that the client knows") {
  FakeClient plain;
  CHECK(plain.start()["capabilities"]["renameProvider"] == true);
  FakeClient preparing;
  CHECK(preparing.start({{"textDocument", {{"rename", {{"prepareSupport", true}}}}}},
                        Json::object())["capabilities"]["renameProvider"] == Json({{"prepareProvider", true}}));
}

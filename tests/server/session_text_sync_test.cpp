// Open documents: edits in every encoding, several spellings of one file, and which texts are analysed and published.

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/fake_client.h"

using keyline::server::Document;
using keyline::tests::FakeClient;
using Json = nlohmann::json;

namespace {

constexpr auto uri = "file:///work/Dockerfile";

Json announcing(const char* encoding) { return {{"general", {{"positionEncodings", {encoding}}}}}; }

const std::string& text_of(FakeClient& client) { return client.session.documents.find(uri)->text; }

Json change(int version, const Json& changes) {
  return {{"textDocument", {{"uri", uri}, {"version", version}}}, {"contentChanges", changes}};
}

std::vector<int> published_versions(const FakeClient& client) {
  std::vector<int> versions;
  for (const Json& call : client.calls("textDocument/publishDiagnostics")) {
    versions.push_back(call["params"].value("version", -1));
  }
  return versions;
}

}  // namespace

TEST_CASE("edits count columns in the encoding that was agreed on") {
  // A letter of two bytes, one of four bytes (a surrogate pair in UTF-16), then the "x" that is replaced.
  const std::string before = "FROM a\nRUN echo \xC3\xA9\xF0\x9F\x90\xB3x\n";
  const std::string after = "FROM a\nRUN echo \xC3\xA9\xF0\x9F\x90\xB3y\n";
  const auto expect = [&](const Json& capabilities, std::uint32_t column) {
    FakeClient client;
    client.start(capabilities, Json::object());
    client.open(uri, before);
    client.edit(uri, 2, {1, column, 1, column + 1}, "y");
    CHECK(text_of(client) == after);
  };
  expect(Json::object(), 12);
  expect(announcing("utf-16"), 12);
  expect(announcing("utf-8"), 15);
  expect(announcing("utf-32"), 11);
}

TEST_CASE("a place inside a surrogate pair or outside the text is moved to one that exists") {
  FakeClient client;
  client.start();
  client.open(uri, "FROM a\nRUN \xF0\x9F\x90\xB3\n");
  client.edit(uri, 2, {1, 5, 1, 5}, "");
  CHECK(text_of(client) == "FROM a\nRUN \xF0\x9F\x90\xB3\n");
  client.edit(uri, 3, {0, 900, 0, 4000000000U}, "!");
  CHECK(text_of(client) == "FROM a!\nRUN \xF0\x9F\x90\xB3\n");
  client.edit(uri, 4, {4000000000U, 0, 4000000000U, 7}, "# end\n");
  CHECK(text_of(client) == "FROM a!\nRUN \xF0\x9F\x90\xB3\n# end\n");
  client.edit(uri, 5, {0, 7, 0, 6}, "?");
  CHECK(text_of(client) == "FROM a?\nRUN \xF0\x9F\x90\xB3\n# end\n");
}

TEST_CASE("several changes in one message apply one after the other, and a change without range replaces all") {
  FakeClient client;
  client.start();
  client.open(uri, "");
  const auto range = [](int line, int begin, int end) {
    return Json{{"start", {{"line", line}, {"character", begin}}}, {"end", {{"line", line}, {"character", end}}}};
  };
  client.notify("textDocument/didChange", change(2, {{{"range", range(0, 0, 0)}, {"text", "FROM a\n"}},
                                                     {{"range", range(1, 0, 0)}, {"text", "RUN x"}}}));
  CHECK(text_of(client) == "FROM a\nRUN x");
  client.notify("textDocument/didChange",
                change(3, {{{"text", "FROM b\r\nRUN y\r\n"}}, {{"range", range(1, 4, 5)}, {"text", "z"}}}));
  CHECK(text_of(client) == "FROM b\r\nRUN z\r\n");
}

TEST_CASE("each text that was analysed while it was the newest is published with its version") {
  FakeClient client;
  client.start();
  client.open(uri, "FROM a\n", 7);
  client.work_off();
  CHECK(published_versions(client) == std::vector<int>{7});
  client.edit(uri, 8, {1, 0, 1, 0}, "RUN x\n");
  client.work_off();
  client.edit(uri, 9, {1, 0, 1, 0}, "RUN x\n");
  client.work_off();
  CHECK(published_versions(client) == std::vector<int>{7, 8, 9});
}

TEST_CASE("a burst of edits is one analysis") {
  FakeClient client;
  client.start();
  client.open(uri, "FROM a\nRUN x\n");
  client.work_off();
  client.forget_received();
  for (int version = 2; version <= 1001; ++version) client.edit(uri, version, {1, 4, 1, 4}, "a");
  client.work_off();
  CHECK(published_versions(client) == std::vector<int>{1001});
  CHECK(client.session.documents.find(uri)->snapshot->text().size() == 1013);
}

TEST_CASE("what comes back for an older text is not published, and the newer one follows") {
  FakeClient client;
  client.start();
  client.open(uri, "FROM a\n");
  client.drained();
  for (int version = 2; version < 50; ++version) {
    client.edit(uri, version, {1, 0, 1, 0}, "RUN x\n");
    client.drained();
  }
  client.work_off();
  CHECK(published_versions(client) == std::vector<int>{49});
}

TEST_CASE("closing clears the diagnostics and forgets the document") {
  FakeClient client;
  client.start();
  client.open(uri, "FROM a\nBROKEN\n");
  client.work_off();
  CHECK_FALSE(client.diagnostics(uri).empty());
  client.edit(uri, 2, {0, 0, 0, 0}, "\n");
  client.drained();
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
  client.work_off();
  CHECK(client.diagnostics(uri) == Json::array());
  CHECK(client.session.documents.find(uri) == nullptr);
  client.edit(uri, 3, {0, 0, 0, 0}, "x");
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
  client.work_off();
  client.open(uri, "FROM a\n", 1);
  client.work_off();
  CHECK(client.session.documents.find(uri)->version == 1);
}

TEST_CASE("opening again replaces the document, also under another spelling of its URI") {
  FakeClient client;
  client.start();
  client.open("file:///work/a%20b/Dockerfile", "FROM a\n");
  client.work_off();
  client.open("file:///work/a b/Dockerfile", "FROM b\n", 5);
  client.work_off();
  CHECK(client.session.documents.all().size() == 1);
  CHECK(client.session.documents.find("file:///work/a%20b/Dockerfile")->text == "FROM b\n");
}

TEST_CASE("a document without a file is analysed too") {
  FakeClient client;
  client.start();
  client.open("untitled:Untitled-1", "FROM a\nBROKEN\n");
  client.work_off();
  CHECK_FALSE(client.diagnostics("untitled:Untitled-1").empty());
}

TEST_CASE("bytes that no editor should send are analysed like any others") {
  FakeClient client;
  client.start();
  std::string text = "FROM a\nRUN x";
  text += '\0';
  text += "y\r\nRUN \xEF\xBF\xBD\rRUN z\n";
  client.open(uri, text);
  client.edit(uri, 2, {1, 5, 1, 6}, "!");
  client.work_off();
  CHECK(text_of(client) == "FROM a\nRUN x!y\r\nRUN \xEF\xBF\xBD\rRUN z\n");
  CHECK_FALSE(client.diagnostics(uri).is_null());
}

// Colours and layout as an editor asks for them: whole, in part, and as what differs from the last answer.

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/fake_client.h"

using keyline::tests::FakeClient;
using Json = nlohmann::json;

namespace {

constexpr auto uri = "file:///work/Dockerfile";
const Json document{{"textDocument", {{"uri", uri}}}};

// "1:0 FROM keyword" for each token, from the numbers on the wire. Columns are bytes here.
std::vector<std::string> spelled_out(const Json& legend, const Json& data, const std::string& text) {
  std::vector<std::string> lines(1), tokens;
  for (const char letter : text) {
    if (letter == '\n')
      lines.emplace_back();
    else
      lines.back() += letter;
  }
  std::size_t line = 0, column = 0;
  for (std::size_t i = 0; i + 4 < data.size(); i += 5) {
    if (data[i] != 0) column = 0;
    line += data[i].get<std::size_t>();
    column += data[i + 1].get<std::size_t>();
    tokens.push_back(lines.at(line).substr(column, data[i + 2].get<std::size_t>()) + " " +
                     legend["tokenTypes"][data[i + 3].get<std::size_t>()].get<std::string>() +
                     (data[i + 4] == 1 ? " declaration" : ""));
  }
  return tokens;
}

struct Colours {
  explicit Colours(std::string given) : text(std::move(given)) {
    legend = client.start()["capabilities"]["semanticTokensProvider"]["legend"];
    client.open(uri, text);
  }
  std::vector<std::string> all() {
    return spelled_out(legend, client.ask("textDocument/semanticTokens/full", document)["result"]["data"], text);
  }

  FakeClient client;
  std::string text;
  Json legend;
};

std::string formatted(const std::string& text, const Json& edits) {
  FakeClient scratch;
  scratch.start();
  scratch.open(uri, text);
  // From the end, so that earlier places stay right.
  int version = 2;
  for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit) {
    const Json& range = (*edit)["range"];
    scratch.edit(uri, version++,
                 {range["start"]["line"], range["start"]["character"], range["end"]["line"], range["end"]["character"]},
                 (*edit)["newText"].get<std::string>());
  }
  return scratch.session.documents.find(uri)->text;
}

std::string format(const std::string& text, const Json& options = {{"tabSize", 4}, {"insertSpaces", true}}) {
  FakeClient client;
  client.start();
  client.open(uri, text);
  Json params = document;
  params["options"] = options;
  return formatted(text, client.ask("textDocument/formatting", params)["result"]);
}

}  // namespace

TEST_CASE("instructions, names and values have their colours") {
  Colours colours(
      "# escape=\\\n# why\nFROM --platform=linux/amd64 alpine:3 AS base\nENV A=\"b $C\" D=1\nCOPY --from=base /x ./\n");
  CHECK(colours.all() == std::vector<std::string>{"# escape= macro",
                                                  "\\ string",
                                                  "# why comment",
                                                  "FROM keyword",
                                                  "--platform parameter",
                                                  "= operator",
                                                  "linux/amd64 string",
                                                  "alpine:3 class",
                                                  "AS keyword",
                                                  "base namespace declaration",
                                                  "ENV keyword",
                                                  "A variable declaration",
                                                  "= operator",
                                                  "\"b string",
                                                  "$C variable",
                                                  "\" string",
                                                  "D variable declaration",
                                                  "= operator",
                                                  "1 string",
                                                  "COPY keyword",
                                                  "--from parameter",
                                                  "= operator",
                                                  "base namespace",
                                                  "/x string",
                                                  "./ string"});
}

TEST_CASE("the shell of a RUN has colours, over continued lines and comments") {
  Colours colours(
      "FROM a\nRUN --mount=type=cache,target=/c A=1 npm ci --omit=dev \\\n  # why\n  && if [ -f \"x$HOME\" ]; then "
      "echo "
      "'y' > $(pwd)/z; fi\n");
  CHECK(colours.all() ==
        std::vector<std::string>{
            "FROM keyword", "a class",      "RUN keyword",  "--mount parameter", "= operator",       "type property",
            "= operator",   "cache string", ", operator",   "target property",   "= operator",       "/c string",
            "A variable",   "= operator",   "1 string",     "npm function",      "--omit parameter", "# why comment",
            "&& operator",  "if keyword",   "[ function",   "-f parameter",      "\"x string",       "$HOME variable",
            "\" string",    "; operator",   "then keyword", "echo function",     "'y' string",       "> operator",
            "$( operator",  "pwd function", ") operator",   "; operator",        "fi keyword"});
}

TEST_CASE("a here-document is coloured line by line") {
  Colours colours("FROM a\nRUN <<EOF\nfor x in 1; do\n  echo \"a\nb\"\ndone\nEOF\nCOPY <<END /f\nv $A\nw\nEND\n");
  CHECK(colours.all() == std::vector<std::string>{"FROM keyword", "a class",       "RUN keyword",  "<< operator",
                                                  "EOF operator", "for keyword",   "in keyword",   "; operator",
                                                  "do keyword",   "echo function", "\"a string",   "b\" string",
                                                  "done keyword", "EOF operator",  "COPY keyword", "<< operator",
                                                  "END operator", "/f string",     "v string",     "$A variable",
                                                  "w string",     "END operator"});
}

TEST_CASE("a range has the tokens of its lines, a delta what differs") {
  Colours colours("FROM a\nRUN b\nRUN c\nRUN d\n");
  const Json first = colours.client.ask("textDocument/semanticTokens/full", document)["result"];
  Json params = document;
  params["range"] = {{"start", {{"line", 1}, {"character", 0}}}, {"end", {{"line", 2}, {"character", 5}}}};
  const Json part = colours.client.ask("textDocument/semanticTokens/range", params)["result"];
  CHECK(spelled_out(colours.legend, part["data"], colours.text) ==
        std::vector<std::string>{"RUN keyword", "b function", "RUN keyword", "c function"});

  colours.client.edit(uri, 2, {1, 4, 1, 5}, "long --flag");
  params = document;
  params["previousResultId"] = first["resultId"];
  const Json delta = colours.client.ask("textDocument/semanticTokens/full/delta", params)["result"];
  REQUIRE(delta["edits"].size() == 1);
  std::vector<int> data = first["data"];
  const Json& edit = delta["edits"][0];
  CHECK(edit["deleteCount"] < 15);
  const auto begin = data.begin() + edit["start"].get<std::ptrdiff_t>();
  data.erase(begin, begin + edit["deleteCount"].get<std::ptrdiff_t>());
  const std::vector<int> inserted = edit["data"];
  data.insert(data.begin() + edit["start"].get<std::ptrdiff_t>(), inserted.begin(), inserted.end());
  CHECK(Json(data) == colours.client.ask("textDocument/semanticTokens/full", document)["result"]["data"]);

  params["previousResultId"] = "never given";
  CHECK(colours.client.ask("textDocument/semanticTokens/full/delta", params)["result"].contains("data"));
}

TEST_CASE("lines without indentation are given the author's") {
  CHECK(format("FROM a\nRUN b && \\\nc && \\\nd\n") == "FROM a\nRUN b && \\\n    c && \\\n    d\n");
  CHECK(format("FROM a\nRUN b && \\\n  c && \\\nd\n") == "FROM a\nRUN b && \\\n  c && \\\n  d\n");
  CHECK(format("FROM a\nRUN b && \\\n\tc\nRUN d && \\\ne\n") == "FROM a\nRUN b && \\\n\tc\nRUN d && \\\n\te\n");
  CHECK(format("FROM a\nRUN b && \\\nc\n", {{"tabSize", 2}, {"insertSpaces", false}}) == "FROM a\nRUN b && \\\n\tc\n");
  // Deeper lines, and words that go on in the next line or within quotes, are the author's.
  const std::string kept = "FROM a\nRUN b && \\\n      c \\\n  d\nENV A=x\\\ny\nRUN echo \"e \\\nf\"\n";
  CHECK(format(kept) == kept);
}

TEST_CASE("escape characters stay in the author's column, and nothing stands behind them") {
  CHECK(format("FROM a\nRUN b    \\\n  && cc \\  \n  && d  \\\n  && e  \\\n  f\n") ==
        "FROM a\nRUN b   \\\n  && cc \\\n  && d  \\\n  && e  \\\n  f\n");
  // No column is that of most lines: nobody lines them up here.
  const std::string ragged = "FROM a\nRUN b    \\\n && cc \\\n && d  \\\n && eee   \\\n f\n";
  CHECK(format(ragged) == ragged);
}

TEST_CASE("only what the range touches is laid out") {
  FakeClient client;
  client.start();
  const std::string text = "FROM a\nRUN b && \\\nc\nRUN d && \\\ne\n";
  client.open(uri, text);
  Json params = document;
  params["range"] = {{"start", {{"line", 3}, {"character", 0}}}, {"end", {{"line", 4}, {"character", 1}}}};
  params["options"] = {{"tabSize", 4}, {"insertSpaces", true}};
  CHECK(formatted(text, client.ask("textDocument/rangeFormatting", params)["result"]) ==
        "FROM a\nRUN b && \\\nc\nRUN d && \\\n    e\n");
}

TEST_CASE("several ranges are laid out at once, each place once, for clients that ask so") {
  FakeClient client;
  client.start();
  const std::string text = "FROM a\nRUN b && \\\nc\nRUN d && \\\ne\nRUN f && \\\ng\n";
  client.open(uri, text);
  const auto lines = [](int first, int last) {
    return Json{{"start", {{"line", first}, {"character", 0}}}, {"end", {{"line", last}, {"character", 1}}}};
  };
  Json params = document;
  params["ranges"] = {lines(1, 2), lines(5, 6), lines(2, 2)};
  params["options"] = {{"tabSize", 4}, {"insertSpaces", true}};
  CHECK(formatted(text, client.ask("textDocument/rangesFormatting", params)["result"]) ==
        "FROM a\nRUN b && \\\n    c\nRUN d && \\\ne\nRUN f && \\\n    g\n");
}

TEST_CASE("a line begun behind a continued one is indented") {
  FakeClient client;
  client.start();
  const std::string text = "FROM a\nRUN b && \\\n\n  c && \\\n\n";
  client.open(uri, text);
  const auto indented = [&](int line) {
    Json params = document;
    params["position"] = {{"line", line}, {"character", 0}};
    params["ch"] = "\n";
    params["options"] = {{"tabSize", 2}, {"insertSpaces", true}};
    return client.ask("textDocument/onTypeFormatting", params)["result"];
  };
  CHECK(indented(2)[0]["newText"] == "  ");
  CHECK(indented(4)[0]["newText"] == "  ");
  CHECK(indented(1) == Json::array());
}

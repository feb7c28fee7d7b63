// usage: keyline_soak [MESSAGES] [SEED]
// A session that is sent that many messages, most of them valid, at random moments of its work. Fails when a request is
// not answered exactly once, when the server says something that is no message, or when memory still grows after the
// first tenth of it. What sanitizers find ends it at once.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "protocol/lsp/methods.h"
#include "tests/support/fake_client.h"

namespace {

using keyline::tests::FakeClient;
using Json = nlohmann::json;

constexpr std::array<std::string_view, 5> uris{"file:///work/Dockerfile", "file:///work/other/api.Dockerfile",
                                               "untitled:Untitled-1", "file:///work/.dockerignore", "not a uri %zz"};
constexpr std::array<std::string_view, 16> lines{
    "FROM node:22 AS build\n",
    "FROM scratch\n",
    "ARG V=1\n",
    "ENV A=$V\n",
    "COPY . .\n",
    "COPY --from=build /a /b\n",
    "RUN npm ci\n",
    "RUN --mount=type=cache,target=/root/.npm npm ci \\\n  && npm run build\n",
    "RUN <<EOF\necho $A\nEOF\n",
    "# keyline: ignore=copy-before-install why\n",
    "ONBUILD RUN make\n",
    "WORKDIR app\n",
    "\xc3\xa9\xf0\x9f\x90\xb3\n",
    "\n",
    "USER 1000\n",
    "ADD https://example.test/x /x\n"};
constexpr std::array<std::string_view, 26> requests{"textDocument/hover",
                                                    "textDocument/completion",
                                                    "textDocument/signatureHelp",
                                                    "textDocument/codeAction",
                                                    "textDocument/codeLens",
                                                    "textDocument/inlayHint",
                                                    "textDocument/diagnostic",
                                                    "textDocument/definition",
                                                    "textDocument/references",
                                                    "textDocument/documentHighlight",
                                                    "textDocument/prepareRename",
                                                    "textDocument/rename",
                                                    "textDocument/documentSymbol",
                                                    "textDocument/foldingRange",
                                                    "textDocument/selectionRange",
                                                    "textDocument/documentLink",
                                                    "textDocument/semanticTokens/full",
                                                    "textDocument/semanticTokens/range",
                                                    "textDocument/formatting",
                                                    "textDocument/prepareCallHierarchy",
                                                    "workspace/symbol",
                                                    "workspace/executeCommand",
                                                    "completionItem/resolve",
                                                    "codeAction/resolve",
                                                    "no/such/request",
                                                    "initialize"};

class Soak {
 public:
  explicit Soak(std::uint64_t seed) : random_(seed) {
    client_.start({{"textDocument", {{"diagnostic", Json::object()}}}}, Json::object());
  }

  void send_one() {
    switch (dice(16)) {
      case 0:
        return client_.open(uri(), text(), version_++);
      case 1:
      case 2:
      case 3:
        return client_.edit(uri(), version_++, {dice(12), dice(30), dice(12), dice(30)}, text_of(dice(3)));
      case 4:
        if (dice(4) == 0) return client_.notify("textDocument/didClose", document());
        return client_.notify("textDocument/didSave", document());
      case 5:
        return nonsense();
      case 6:
        return client_.notify("$/cancelRequest", {{"id", asked_.empty() ? 0 : asked_[dice(asked_.size())]}});
      case 7:
        return client_.notify("workspace/didChangeConfiguration",
                              {{"settings", {{"keyline", {{"inlayHints", {{"enable", dice(2) == 0}}}}}}}});
      default:
        asked_.push_back(client_.request(requests[dice(requests.size())], params()));
    }
  }

  void work_some() {
    if (dice(3) == 0) client_.drained();
    for (unsigned i = dice(4); i > 0; --i) client_.work_once();
  }

  // Every request of the batch has its one answer; what was said is forgotten.
  bool settle() {
    client_.work_off();
    std::map<std::int64_t, int> answers;
    for (const Json& message : client_.received()) {
      if (!message.contains("method") && message.at("id").is_number_integer())
        ++answers[message.at("id").get<std::int64_t>()];
    }
    const bool once = std::all_of(asked_.begin(), asked_.end(), [&](std::int64_t id) { return answers[id] == 1; });
    asked_.clear();
    client_.forget_received();
    return once && client_.session.requests.all().empty();
  }

 private:
  unsigned dice(std::size_t sides) { return static_cast<unsigned>(random_() % sides); }
  std::string uri() { return std::string(uris[dice(8) < 6 ? 0 : dice(uris.size())]); }
  Json document() { return {{"textDocument", {{"uri", uri()}}}}; }
  std::string text_of(unsigned count) {
    std::string all;
    for (; count > 0; --count) all += lines[dice(lines.size())];
    return all;
  }
  std::string text() { return text_of(dice(14)); }
  Json position() { return {{"line", dice(14)}, {"character", dice(40)}}; }

  Json params() {
    if (dice(12) == 0) return wrong();
    Json all = document();
    all["position"] = position();
    all["positions"] = Json::array({position()});
    all["range"] = {{"start", position()}, {"end", position()}};
    all["context"] = {{"diagnostics", Json::array()}, {"includeDeclaration", true}};
    all["newName"] = dice(2) == 0 ? "name" : "";
    all["query"] = "b";
    all["options"] = {{"tabSize", 4}, {"insertSpaces", true}};
    all["previousResultId"] = "0";
    all["label"] = "COPY";
    all["title"] = "x";
    static constexpr std::array<std::string_view, 5> commands{"keyline.explain", "keyline.showInvalidation",
                                                              "keyline.whatIf", "keyline.status", "other"};
    all["command"] = commands[dice(commands.size())];
    all["arguments"] = Json::array({{{"uri", uri()}, {"position", position()}, {"stage", dice(3)}}});
    return all;
  }

  Json wrong() {
    switch (dice(5)) {
      case 0:
        return Json();
      case 1:
        return Json::array({1, "two"});
      case 2:
        return {{"textDocument", "text"}};
      case 3:
        return {{"textDocument", {{"uri", 5}}}, {"position", {{"line", -1}, {"character", "x"}}}};
      default:
        return {{"textDocument", {{"uri", uri()}}}, {"position", {{"line", 4294967296}, {"character", 1e300}}}};
    }
  }

  void nonsense() {
    switch (dice(7)) {
      case 0:
        return client_.send_raw("");
      case 1:
        return client_.send_raw("{\"jsonrpc\":\"2.0\",\"id\":");
      case 2:
        return client_.send_raw("[1,2,{}]");
      case 3:
        return client_.send_raw(std::string(300, '['));
      case 4:
        return client_.send_raw(R"({"jsonrpc":"2.0","method":5,"params":"\ud800"})");
      case 5:
        return client_.send_raw(R"({"jsonrpc":"2.0","id":77,"result":null})");
      default: {
        std::string bytes;
        for (unsigned i = dice(60); i > 0; --i) bytes += static_cast<char>(dice(256));
        return client_.send_raw(std::move(bytes));
      }
    }
  }

  std::mt19937_64 random_;
  FakeClient client_;
  std::vector<std::int64_t> asked_;
  int version_ = 1;
};

std::size_t resident_kib() {
  std::ifstream status("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  status >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

}  // namespace

int main(int count, char** arguments) {
  const std::uint64_t messages = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 20'000;
  const std::uint64_t seed = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
  constexpr std::uint64_t batch = 200;
  constexpr std::size_t noise_kib = 4096;  // of allocators, and of what sanitizers keep
  Soak soak(seed);
  std::size_t early = 0;
  for (std::uint64_t sent = 1; sent <= messages; ++sent) {
    soak.send_one();
    soak.work_some();
    if (sent % batch == 0 && !soak.settle()) {
      fmt::print("not every request was answered once, before message {} of seed {}\n", sent, seed);
      return 1;
    }
    if (sent == messages / 10) early = resident_kib();
  }
  const std::size_t late = resident_kib();
  fmt::print("{} messages, seed {}: {} KiB after a tenth, {} KiB at the end\n", messages, seed, early, late);
  return late <= early + early / 10 + noise_kib ? 0 : 1;
}

// What is offered at the bar in a text, and what a choice makes of it.

#include "analysis/assist/completion.h"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/assist/signature.h"
#include "tests/support/catch.h"
#include "tests/support/fake_context.h"

using keyline::analysis::Completion;
using keyline::analysis::Completions;
using keyline::analysis::Offset;
using keyline::analysis::Snapshot;
using keyline::tests::FakeContext;

namespace {

const std::vector<std::string> other_images{"ghcr.example/team/base:3", "node:22"};

struct Typed {
  std::shared_ptr<const Snapshot> snapshot;
  Offset at = 0;
};

// The bar is the cursor.
Typed typed(std::string_view text, std::shared_ptr<const FakeContext> context = nullptr) {
  const std::size_t bar = text.find('|');
  REQUIRE(bar != std::string_view::npos);
  keyline::analysis::Inputs inputs;
  inputs.text =
      std::make_shared<const std::string>(std::string(text.substr(0, bar)) + std::string(text.substr(bar + 1)));
  inputs.context = std::move(context);
  return {keyline::analysis::analyze(std::move(inputs), nullptr, {}), static_cast<Offset>(bar)};
}

std::vector<std::string> offered(std::string_view text, std::shared_ptr<const FakeContext> context = nullptr) {
  const Typed place = typed(text, std::move(context));
  std::vector<std::string> labels;
  for (const Completion& each : complete(*place.snapshot, place.at, other_images).items) labels.push_back(each.label);
  return labels;
}

bool offers(std::string_view text, const std::string& label) {
  const std::vector<std::string> all = offered(text);
  return std::find(all.begin(), all.end(), label) != all.end();
}

// The text after the choice.
std::string chosen(std::string_view text, std::string_view label,
                   std::shared_ptr<const FakeContext> context = nullptr) {
  const Typed place = typed(text, std::move(context));
  const Completions all = complete(*place.snapshot, place.at, other_images);
  for (const Completion& each : all.items) {
    if (each.label != label) continue;
    std::string result = *place.snapshot->inputs.text;
    return result.replace(all.replace.begin, all.replace.size(), each.text());
  }
  return "not offered";
}

using Labels = std::vector<std::string>;

}  // namespace

TEST_CASE("Instructions are offered at the start of a line, as the file writes them") {
  CHECK(offers("FROM a\n|", "COPY"));
  CHECK(offers("FROM a\nCO|", "COPY"));
  CHECK(chosen("FROM a\nCO|\nRUN b\n", "COPY") == "FROM a\nCOPY\nRUN b\n");
  CHECK(offers("from a\nrun b\n|", "copy"));
  CHECK(offers("FROM a\nONBUILD |", "COPY"));
  CHECK_FALSE(offers("FROM a\nRUN b \\\n  |", "COPY"));
  CHECK_FALSE(offers("FROM a\nRUN <<EOF\n|\nEOF\n", "COPY"));
}

TEST_CASE("Flags are offered that the instruction has and does not have yet") {
  CHECK(offered("FROM a\nCOPY --|") == Labels{"--from=", "--chown=", "--chmod=", "--link", "--parents", "--exclude="});
  CHECK(offered("FROM a\nCOPY --link --from=b --c|") == Labels{"--chown=", "--chmod=", "--parents", "--exclude="});
  CHECK(offered("FROM a\nRUN --mount=type=ssh --m|").front() == "--mount=");
  CHECK(offered("FROM a\nRUN tool --m|").empty());
  CHECK(chosen("FROM a\nRUN --network=h|\n", "host") == "FROM a\nRUN --network=host\n");
  CHECK(offers("FROM --platform=|", "$BUILDPLATFORM"));
}

TEST_CASE("Mounts are offered whole for the tool of the line, and key by key") {
  CHECK(offered("FROM node:22\nRUN --mount=| npm ci\n").front() == "type=cache,target=/root/.npm");
  CHECK(chosen("FROM debian:12\nRUN --mount=| apt-get install -y curl\n",
               "type=cache,target=/var/cache/apt,sharing=locked") ==
        "FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get install -y curl\n");
  CHECK(offered("FROM a\nRUN --mount=type=|") == Labels{"bind", "cache", "secret", "ssh", "tmpfs"});
  CHECK(offered("FROM a\nRUN --mount=type=cache,target=/c,sh|") ==
        Labels{"source=", "from=", "id=", "sharing=", "readonly=", "readwrite=", "uid=", "gid=", "mode="});
  CHECK(chosen("FROM a\nRUN --mount=type=cache,target=/c,sharing=l|", "locked") ==
        "FROM a\nRUN --mount=type=cache,target=/c,sharing=locked");
  CHECK(offered("FROM a AS b\nFROM c\nRUN --mount=from=|").front() == "b");
}

TEST_CASE("Stages are offered to those below them, images from everywhere") {
  CHECK(offered("FROM a AS one\nFROM b AS two\nCOPY --from=|") ==
        Labels{"one", "a", "b", "ghcr.example/team/base:3", "node:22"});
  CHECK(offered("FROM a AS one\nFROM |\nFROM c AS three\n") ==
        Labels{"one", "scratch", "a", "c", "ghcr.example/team/base:3", "node:22"});
  CHECK(offered("FROM a |") == Labels{"AS"});
}

TEST_CASE("Variables in scope are offered with their values") {
  const Typed place = typed("FROM a\nARG ONE=1\nENV TWO=x\nRUN echo $|\nENV THREE=3\n");
  const Completions all = complete(*place.snapshot, place.at, {});
  const auto find = [&](std::string_view name) {
    return std::find_if(all.items.begin(), all.items.end(), [&](const Completion& each) { return each.label == name; });
  };
  REQUIRE(find("ONE") != all.items.end());
  CHECK(find("ONE")->detail == "1");
  CHECK(find("TWO") != all.items.end());
  CHECK(find("THREE") == all.items.end());
  CHECK(chosen("FROM a\nARG ONE=1\nRUN echo ${O|\n", "ONE") == "FROM a\nARG ONE=1\nRUN echo ${ONE}\n");
  CHECK(chosen("FROM a\nARG ONE=1\nRUN echo ${O|}\n", "ONE") == "FROM a\nARG ONE=1\nRUN echo ${ONE}\n");
  CHECK(chosen("ARG V=1\nFROM a:$|\n", "V") == "ARG V=1\nFROM a:$V\n");
  CHECK(offers("FROM a\nARG ONE=1\nRUN <<EOF\necho $|\nEOF\n", "ONE"));
  CHECK(offers("FROM a\nARG |", "TARGETARCH"));
}

TEST_CASE("Paths are offered that the build gets, as a COPY has to write them") {
  const auto context = std::make_shared<FakeContext>(FakeContext::Files{{".dockerignore", "secret*\n"},
                                                                        {"secret.txt", "s"},
                                                                        {"package.json", "{}"},
                                                                        {"src/index.ts", "1"},
                                                                        {"src/app/[id].tsx", "1"},
                                                                        {"src-old/a", "1"},
                                                                        {"two words", "1"}});
  CHECK(offered("FROM a\nCOPY |", context) == Labels{".dockerignore", "package.json", "src/", "src-old/"});
  CHECK(offered("FROM a\nCOPY ./src/|", context) == Labels{"app/", "index.ts"});
  CHECK(chosen("FROM a\nCOPY src/app/| /o/\n", "[id].tsx", context) == "FROM a\nCOPY src/app/[[]id].tsx /o/\n");
  CHECK(offered("FROM a\nRUN --mount=type=bind,source=src/|", context) == Labels{"app/", "index.ts"});
  CHECK(offered("FROM a AS b\nFROM c\nCOPY --from=b |", context).empty());
  CHECK(offered("FROM a\nCOPY |").empty());
}

TEST_CASE("Users are offered that are known to exist") {
  CHECK(offered("FROM node:22\nUSER |") == Labels{"root", "node"});
  CHECK(offered("FROM alpine:3\nRUN adduser -u 1001 app\nCOPY --chown=| . .\n") == Labels{"root", "app"});
}

TEST_CASE("Directives are offered above everything, suppressions in every comment") {
  CHECK(offers("# s|\nFROM a\n", "syntax=docker/dockerfile:1"));
  CHECK_FALSE(offers("# syntax=docker/dockerfile:1\n# s|\nFROM a\n", "syntax=docker/dockerfile:1"));
  CHECK_FALSE(offers("FROM a\n# s|\nRUN b\n", "syntax=docker/dockerfile:1"));
  CHECK(chosen("FROM a\n# keyline: ignore=relative-workdir,co|\nRUN b\n", "copy-before-install") ==
        "FROM a\n# keyline: ignore=relative-workdir,copy-before-install\nRUN b\n");
}

TEST_CASE("Every topic that completion names has a text") {
  for (const std::string_view text : std::initializer_list<std::string_view>{
           "# |\nFROM a\n", "FROM a\n|", "FROM a\nCOPY --|", "FROM a\nADD --|", "FROM a\nRUN --|",
           "FROM a\nHEALTHCHECK --|", "FROM --|", "FROM a\nARG |", "FROM a\nRUN --mount=type=cache,|",
           "FROM a\n# keyline: ignore=|\n"}) {
    const Typed place = typed(text);
    for (const Completion& each : complete(*place.snapshot, place.at, {}).items) {
      INFO(each.label);
      CHECK((each.topic.empty() || !keyline::analysis::topic_text(each.topic).empty()));
    }
  }
  CHECK(keyline::analysis::topic_text("instruction NOTHING").empty());
}

TEST_CASE("Signatures follow the cursor from parameter to parameter") {
  const auto active = [](std::string_view text) -> std::string {
    const Typed place = typed(text);
    const auto found = keyline::analysis::signatures_at(*place.snapshot, place.at);
    if (!found) return "none";
    const keyline::analysis::Signature& signature = found->all[found->active];
    const auto [begin, end] = signature.parameters[signature.active];
    return signature.label + " > " + signature.label.substr(begin, end - begin);
  };
  CHECK(active("FROM a\nCOPY |") == "COPY [OPTIONS] <src>... <dest> > <src>...");
  CHECK(active("FROM a\nCOPY --li|") == "COPY [OPTIONS] <src>... <dest> > [OPTIONS]");
  CHECK(active("FROM a\nCOPY --link b |") == "COPY [OPTIONS] <src>... <dest> > <dest>");
  CHECK(active("FROM a |") == "FROM [--platform=<platform>] <image> AS <name> > AS");
  CHECK(active("FROM a AS |") == "FROM [--platform=<platform>] <image> AS <name> > <name>");
  CHECK(active("FROM a\nCMD [\"b\", |") == R"(CMD ["<program>", "<parameter>"...] > "<parameter>"...])");
  CHECK(active("FROM a\nHEALTHCHECK NONE|") == "HEALTHCHECK NONE > NONE");
  CHECK(active("FROM a\nCOP|") == "none");
  CHECK(active("FROM a\n|") == "none");
  CHECK(active("FROM a\nRUN <<E\n|\nE\n") == "none");
}

// Total: whatever the text, every place has an answer, and what is replaced ends at the cursor.
TEST_CASE("Every place of any text can be asked") {
  constexpr std::string_view pieces[] = {
      "FROM a AS b\n", "RUN <<E\n$X\nE\n", "COPY --from=",        "\\\n", " ",         "$", "{", "\"", "# keyline: ",
      "ignore=a,",     "ONBUILD ",         "--mount=type=cache,", "\n",   "ARG X=1\n", "é"};
  std::mt19937 random(7);
  for (int round = 0; round < 150; ++round) {
    std::string text;
    for (int i = 0; i < 12; ++i) text += pieces[random() % std::size(pieces)];
    keyline::analysis::Inputs inputs;
    inputs.text = std::make_shared<const std::string>(text);
    const auto snapshot = keyline::analysis::analyze(std::move(inputs), nullptr, {});
    for (Offset at = 0; at <= text.size(); ++at) {
      const Completions all = complete(*snapshot, at, other_images);
      CHECK((all.replace.begin <= at && all.replace.end == at));
      const auto signatures = keyline::analysis::signatures_at(*snapshot, at);
      CHECK((!signatures || signatures->active < signatures->all.size()));
    }
  }
}

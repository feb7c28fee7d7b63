// Forecasts on states that a test can read at a glance. What a real builder answers to hundreds of such changes is
// replayed by tests/conformance; here stand the cases that those do not reach, and the words.
#include <string>
#include <utility>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/cache/content.h"
#include "analysis/cache/history.h"
#include "analysis/explain/hints.h"
#include "analysis/explain/next_build.h"
#include "tests/support/catch.h"
#include "tests/support/fake_context.h"

namespace keyline::tests {

namespace {

using analysis::BuildOptions;
using analysis::BuildState;
using analysis::Outcome;

struct State {
  std::string dockerfile;
  FakeContext::Files files = {};
  BuildOptions options = {};

  std::shared_ptr<const BuildState> read() const {
    return std::make_shared<BuildState>(std::make_shared<const std::string>(dockerfile),
                                        std::make_shared<FakeContext>(files), options);
  }
};

std::shared_ptr<const analysis::BuildHistory> history_of(const std::vector<State>& past) {
  std::vector<std::shared_ptr<const BuildState>> builds;
  for (const State& state : past) builds.push_back(state.read());
  return std::make_shared<analysis::BuildHistory>(std::move(builds));
}

std::shared_ptr<const analysis::Snapshot> after(const std::vector<State>& past, const State& next) {
  analysis::Inputs inputs;
  inputs.text = std::make_shared<const std::string>(next.dockerfile);
  inputs.context = std::make_shared<FakeContext>(next.files);
  inputs.build = next.options;
  inputs.history = history_of(past);
  return analysis::analyze(std::move(inputs), nullptr, {});
}

// A letter a step that makes something, images left out: cached, maybe, unknown, re-runs.
std::string letters(const analysis::Snapshot& snapshot) {
  std::string text;
  for (analysis::StepId step = 0; step < snapshot.model.steps.size(); ++step) {
    const analysis::Op op = snapshot.model.steps[step].op;
    if (op != analysis::Op::exec && op != analysis::Op::file) continue;
    if (!snapshot.forecast.steps[step].needed) {
      text += '-';
      continue;
    }
    text += "cmur"[static_cast<std::size_t>(snapshot.forecast.steps[step].outcome)];
  }
  return text;
}

std::vector<std::string> hint_texts(const analysis::Snapshot& snapshot) {
  std::vector<std::string> texts;
  for (const analysis::Hint& hint : analysis::hints(snapshot)) texts.push_back(hint.text);
  return texts;
}

const std::string app =
    "FROM node:22 AS build\n"
    "WORKDIR /app\n"
    "COPY package.json ./\n"
    "RUN npm ci\n"
    "COPY src ./src\n"
    "RUN npm run build\n"
    "FROM nginx\n"
    "COPY --from=build /app/dist /www\n";

const FakeContext::Files sources = {{"package.json", "{}"}, {"src/a.js", "1"}, {"src/b.js", "2"}, {"notes.md", "x"}};

FakeContext::Files with(FakeContext::Files files, const std::string& path, FakeFile file) {
  files.insert_or_assign(path, std::move(file));
  return files;
}

}  // namespace

TEST_CASE("Without a known build there is no forecast, and hints say what they always say") {
  analysis::Inputs inputs;
  inputs.text = std::make_shared<const std::string>(app);
  inputs.context = std::make_shared<FakeContext>(sources);
  const auto snapshot = analysis::analyze(std::move(inputs), nullptr, {});
  CHECK(snapshot->forecast.steps.empty());
  CHECK(analysis::next_build_text(*snapshot, 1).empty());
  CHECK(hint_texts(*snapshot).front() == "re-runs with 1 file");
}

TEST_CASE("The same inputs are cached") {
  const auto snapshot = after({{app, sources}}, {app, sources});
  CHECK(letters(*snapshot) == "cccccc");
  CHECK(hint_texts(*snapshot) == std::vector<std::string>(6, "cached"));
}

TEST_CASE("A file re-runs what copies it, and what is made of it only perhaps") {
  const auto snapshot = after({{app, sources}}, {app, with(sources, "src/a.js", "changed")});
  CHECK(letters(*snapshot) == "cccrrm");
  CHECK(hint_texts(*snapshot) == std::vector<std::string>{"cached", "cached", "cached", "re-runs: src/a.js",
                                                          "re-runs: line 5",
                                                          "re-runs if the output of line 5 differs"});
  const analysis::StepId run = snapshot->model.stages[0].steps[5];
  CHECK(analysis::next_build_text(*snapshot, run) ==
        "re-runs because line 5 (`COPY src ./src`) does: src/a.js changed");
}

TEST_CASE("A file that no line reads changes nothing") {
  CHECK(letters(*after({{app, sources}}, {app, with(sources, "notes.md", "changed")})) == "cccccc");
}

TEST_CASE("An earlier state is found again") {
  const State one{app, sources};
  const State two{app, with(sources, "src/a.js", "changed")};
  CHECK(letters(*after({one, two}, one)) == "cccccc");
  CHECK(letters(*after({one, two}, two)) == "cccccc");
}

TEST_CASE("A file whose content was not read leaves its step unknown, and names the file") {
  FakeContext::Files files = sources;
  files.insert_or_assign("src/a.js", FakeFile::unreadable());
  const auto snapshot = after({{app, sources}}, {app, files});
  CHECK(letters(*snapshot) == "cccuuu");
  CHECK(analysis::next_build_text(*snapshot, snapshot->model.stages[0].steps[4]) == "unknown: the content of src/a.js");
}

TEST_CASE("A step elsewhere in the source stage leaves the copied path alone") {
  const std::string two =
      "FROM alpine AS tools\nRUN make -C /opt/tool\nCOPY docs /docs\nFROM alpine\nCOPY --from=tools /opt/tool "
      "/opt/tool\n";
  const FakeContext::Files files = {{"docs/a.md", "1"}};
  CHECK(letters(*after({{two, files}}, {two, with(files, "docs/a.md", "2")})) == "crc");
}

TEST_CASE("A file that a stage only passes on is compared, not guessed") {
  const std::string two =
      "FROM scratch AS files\nCOPY conf /conf/\nFROM alpine\nCOPY --from=files /conf/a.ini /etc/a.ini\n";
  const FakeContext::Files files = {{"conf/a.ini", "1"}, {"conf/b.ini", "1"}};
  CHECK(letters(*after({{two, files}}, {two, with(files, "conf/b.ini", "2")})) == "rc");
  CHECK(letters(*after({{two, files}}, {two, with(files, "conf/a.ini", "2")})) == "rr");
}

TEST_CASE("Where an image may have links, a stage's files are not traced") {
  const std::string two =
      "FROM alpine AS files\nRUN x\nCOPY conf /lib/conf/\nFROM alpine\nCOPY --from=files /bin/x /x\n";
  const FakeContext::Files files = {{"conf/a.ini", "1"}};
  CHECK(letters(*after({{two, files}}, {two, with(files, "conf/a.ini", "2")})) == "crm");
}

TEST_CASE("The mode of a directory depends on what the builder has seen") {
  const std::string text = "FROM scratch\nCOPY conf /conf/\n";
  const auto context = [](std::uint32_t mode) {
    analysis::ListedContext::Source source;
    for (const std::string path : {"conf", "conf/a"}) {
      analysis::ContextEntry entry;
      entry.path = path;
      entry.kind = path == "conf" ? analysis::EntryKind::directory : analysis::EntryKind::file;
      entry.mode = path == "conf" ? mode : 0644;
      if (path != "conf") entry.content = analysis::hash_content("1");
      source.entries.push_back(std::move(entry));
    }
    return analysis::ListedContext(std::move(source));
  };
  const analysis::SourceContent one = analysis::content_of(context(0755), "conf");
  const analysis::SourceContent other = analysis::content_of(context(0700), "conf");
  CHECK(one.exact != other.exact);
  CHECK(one.loose == other.loose);
}

TEST_CASE("A tag is taken to stand where it stood, and a known digest is compared") {
  const std::string text = "FROM node:22\nRUN x\n";
  BuildOptions first;
  first.digests["docker.io/library/node:22"] = "sha256:1111";
  BuildOptions second;
  second.digests["docker.io/library/node:22"] = "sha256:2222";
  CHECK(letters(*after({{text, {}, first}}, {text})) == "c");
  CHECK(letters(*after({{text, {}, first}}, {text, {}, first})) == "c");
  const auto moved = after({{text, {}, first}}, {text, {}, second});
  CHECK(letters(*moved) == "r");
  CHECK(analysis::next_build_text(*moved, 1) ==
        "re-runs because line 1 (`FROM node:22`) does: node:22 is sha256:2222, was sha256:1111");
  // The last build did not say which image it took.
  CHECK(letters(*after({{text}}, {text, {}, second})) == "u");
}

TEST_CASE("Causes are told in words") {
  const std::string text = "FROM alpine\nARG VERSION=1\nENV A=1 B=2\nUSER app\nRUN make\n";
  const auto told = [&](const std::string& changed) {
    const auto snapshot = after({{text}}, {changed});
    return analysis::next_build_text(*snapshot, static_cast<analysis::StepId>(snapshot->model.steps.size() - 1));
  };
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    return changed.replace(changed.find(from), from.size(), to);
  };
  CHECK(told(text) == "cached since the last build");
  CHECK(told(replaced("VERSION=1", "VERSION=2")) == "re-runs: VERSION is \"2\", was \"1\"");
  CHECK(told(replaced("ARG VERSION=1", "ARG VERSION")) == "re-runs: VERSION is no longer set");
  CHECK(told(replaced("A=1 B=2", "B=2 A=1")) == "re-runs: B stands at another place among the variables");
  CHECK(told(replaced("USER app", "USER other")) == "re-runs: the user is other, was app");
  CHECK(told(replaced("USER app", "WORKDIR /x\nUSER app")) ==
        "re-runs because line 4 (`WORKDIR /x`) does: no build had this step at this place");
  CHECK(told(replaced("RUN make", "RUN make all")) == "re-runs: the instruction was edited");
  CHECK(told(replaced("FROM alpine", "# a remark\nFROM alpine")) == "cached since the last build");
}

TEST_CASE("A stage's lens counts what re-runs now") {
  const auto snapshot = after({{app, sources}}, {app, with(sources, "src/a.js", "changed")});
  std::vector<std::string> titles;
  for (const analysis::Lens& lens : analysis::lenses(*snapshot)) titles.push_back(lens.title);
  CHECK(titles == std::vector<std::string>{"5 steps, 2 re-run now", "1 step, 1 if copied files differ"});
}

}  // namespace keyline::tests

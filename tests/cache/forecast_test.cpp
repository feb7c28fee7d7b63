// Forecasts on states that a test can read at a glance. What a real builder answers to hundreds of such changes is
// replayed by tests/conformance; here stand the cases that those do not reach, and the words.
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "analysis/analysis.h"
#include "analysis/cache/content.h"
#include "analysis/cache/history.h"
#include "analysis/explain/explanation.h"
#include "analysis/explain/graph.h"
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
  std::map<std::string, FakeContext::Files> named = {};  // directories

  // With what --build-context would say of them.
  BuildOptions all_options() const {
    BuildOptions all = options;
    for (const auto& [name, content] : named) all.named_contexts[name] = "../" + name;
    return all;
  }
  analysis::NamedContexts named_contexts() const {
    analysis::NamedContexts contexts;
    for (const auto& [name, content] : named)
      contexts[name] = std::make_shared<FakeContext>(content, FakeContextOptions{.dockerfile = ""});
    return contexts;
  }
  std::shared_ptr<const BuildState> read() const {
    return std::make_shared<BuildState>(std::make_shared<const std::string>(dockerfile),
                                        std::make_shared<FakeContext>(files), all_options(), named_contexts());
  }
};

std::shared_ptr<const analysis::BuildHistory> history_of(const std::vector<State>& past,
                                                         analysis::StepTimes times = {}) {
  std::vector<std::shared_ptr<const BuildState>> builds;
  builds.reserve(past.size());
  for (const State& state : past) builds.push_back(state.read());
  return std::make_shared<analysis::BuildHistory>(std::move(builds), std::move(times));
}

std::shared_ptr<const analysis::Snapshot> after(const std::vector<State>& past, const State& next,
                                                analysis::StepTimes times = {}) {
  analysis::Inputs inputs;
  inputs.text = std::make_shared<const std::string>(next.dockerfile);
  inputs.context = std::make_shared<FakeContext>(next.files);
  inputs.build = next.all_options();
  inputs.named_contexts = next.named_contexts();
  inputs.history = history_of(past, std::move(times));
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

TEST_CASE("What an earlier analysis knows of files holds for the same files only") {
  analysis::Inputs inputs;
  inputs.history = history_of({{app, sources}});
  inputs.context = std::make_shared<FakeContext>(sources);
  inputs.text = std::make_shared<const std::string>(app);
  const auto first = analysis::analyze(inputs, nullptr, {});
  CHECK(letters(*first) == "cccccc");
  inputs.text = std::make_shared<const std::string>("# edited\n" + app);
  const auto second = analysis::analyze(inputs, first.get(), {});
  CHECK(letters(*second) == "cccccc");
  CHECK(second->forecast.contents.size() == 2);
  inputs.context = std::make_shared<FakeContext>(with(sources, "package.json", "{ }"));
  CHECK(letters(*analysis::analyze(inputs, second.get(), {})) == "crrrrm");
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

TEST_CASE("A named context is compared like the build context, without what its own .dockerignore hides") {
  const std::string text = "FROM alpine\nCOPY --from=shared lib /lib\nRUN --mount=from=shared,target=/s make\n";
  const FakeContext::Files files = {{".dockerignore", "*.log\n"}, {"lib/a", "1"}, {"b", "1"}, {"c.log", "1"}};
  const State built{.dockerfile = text, .named = {{"shared", files}}};
  const auto next = [&](const std::string& path) {
    return letters(*after({built}, {.dockerfile = text, .named = {{"shared", with(files, path, "2")}}}));
  };
  CHECK(letters(*after({built}, built)) == "cc");
  CHECK(next("lib/a") == "rr");
  CHECK(next("b") == "cr");
  CHECK(next("c.log") == "cc");
}

TEST_CASE("A file of a named context that a stage passes on is compared, not guessed") {
  const std::string text = "FROM scratch AS s\nCOPY --from=shared conf /conf\nFROM alpine\nCOPY --from=s /conf/a /a\n";
  const FakeContext::Files files = {{"conf/a", "1"}, {"conf/b", "1"}};
  const State built{.dockerfile = text, .named = {{"shared", files}}};
  CHECK(letters(*after({built}, {.dockerfile = text, .named = {{"shared", with(files, "conf/b", "2")}}})) == "rc");
  CHECK(letters(*after({built}, {.dockerfile = text, .named = {{"shared", with(files, "conf/a", "2")}}})) == "rr");
}

TEST_CASE("A directory that stands for a base image is sent anew by every build") {
  const State state{.dockerfile = "FROM base AS build\nRUN make\nFROM alpine\nCOPY --from=build /out /out\n",
                    .named = {{"base", {{"Makefile", "all:"}}}}};
  const auto snapshot = after({state}, state);
  CHECK(letters(*snapshot) == "rm");
  CHECK(analysis::next_build_text(*snapshot, snapshot->model.stages[0].steps[1]) ==
        "re-runs because line 1 (`FROM base AS build`) does: the context base, which it stands on, is sent anew by "
        "every build");
}

TEST_CASE("A named context goes before an image or a stage of that name") {
  BuildOptions other;
  other.named_contexts["docker.io/library/alpine"] = "docker-image://busybox";
  const std::string text = "FROM alpine:latest\nRUN make\n";
  CHECK(letters(*after({{text}}, {.dockerfile = text, .options = other})) == "r");
  CHECK(letters(*after({{"FROM busybox\nRUN make\n"}}, {.dockerfile = text, .options = other})) == "c");

  const std::string stages = "FROM alpine AS build\nRUN make\nFROM alpine\nCOPY --from=build /out /out\n";
  BuildOptions prebuilt;
  prebuilt.named_contexts["build"] = "docker-image://example.com/prebuilt:1";
  const auto snapshot = after({{stages}}, {.dockerfile = stages, .options = prebuilt});
  CHECK(letters(*snapshot) == "m");
  CHECK(snapshot->model.stages[0].base.text == "example.com/prebuilt:1");
}

TEST_CASE("Mounts that say the same in other words are the same") {
  const auto change = [](const std::string& before, const std::string& next) {
    const std::string from = "FROM alpine\n";
    return letters(*after({{from + "RUN " + before + " make\n"}}, {from + "RUN " + next + " make\n"}));
  };
  CHECK(change("--mount=type=cache,target=/c,mode=0755", "--mount=type=cache,target=/c,mode=755") == "c");
  CHECK(change("--mount=type=cache,target=/c,mode=0755", "--mount=type=cache,target=/c,mode=0700") == "r");
  CHECK(change("--mount=type=secret,id=t", "--mount=type=secret,id=t,mode=400,uid=0") == "c");
  CHECK(change("--mount=type=tmpfs,target=/t,size=1m", "--mount=type=tmpfs,target=/t,size=1024KiB") == "c");
  CHECK(change("--mount=type=tmpfs,target=/t", "--mount=type=tmpfs,target=/t,size=0") == "c");
  CHECK(change("--mount=type=tmpfs,target=/t,size=1m", "--mount=type=tmpfs,target=/t,size=1k") == "r");
  // Agents come after secrets, and secret variables are a list of their own; among themselves the order counts.
  CHECK(change("--mount=type=secret,id=t --mount=type=ssh", "--mount=type=ssh --mount=type=secret,id=t") == "c");
  CHECK(change("--mount=type=secret,id=t,env=T --mount=type=secret,id=u",
               "--mount=type=secret,id=u --mount=type=secret,id=t,env=T") == "c");
  CHECK(change("--mount=type=secret,id=t --mount=type=secret,id=u",
               "--mount=type=secret,id=u --mount=type=secret,id=t") == "r");
  // Of a cache's id only the one that is its target counts.
  CHECK(change("--mount=type=cache,target=/c", "--mount=type=cache,target=/c,id=x") == "r");
  CHECK(change("--mount=type=cache,target=/c,id=x", "--mount=type=cache,target=/c,id=y,sharing=locked") == "c");
  CHECK(change("--mount=type=cache,target=/c/", "--mount=type=cache,target=/c/,id=x") == "c");
  CHECK(change("--mount=type=cache,target=/c,id=c", "--mount=type=cache,target=/c,id=x") == "r");
}

TEST_CASE("Owners are numbers where they can be, but not the user of a RUN") {
  const auto change = [](const std::string& before, const std::string& next) {
    const std::string from = "FROM alpine\n";
    const FakeContext::Files files = {{"a", "1"}};
    return letters(*after({{from + before, files}}, {from + next, files}));
  };
  CHECK(change("COPY --chown=root a /\n", "COPY --chown=0 a /\n") == "c");
  CHECK(change("COPY --chown=root:app a /\n", "COPY --chown=0:app a /\n") == "c");
  CHECK(change("COPY --chown=app: a /\n", "COPY --chown=app:0 a /\n") == "c");
  CHECK(change("COPY --chown=01000 a /\n", "COPY --chown=1000 a /\n") == "c");
  CHECK(change("COPY --chown=app a /\n", "COPY --chown=app:0 a /\n") == "r");
  CHECK(change("COPY a /\n", "COPY --chown=0 a /\n") == "r");
  CHECK(change("ARG O\nCOPY --chown=$O a /\n", "ARG O\nCOPY a /\n") == "c");
  CHECK(change("COPY a /\n", "COPY --chmod=0 a /\n") == "r");
  CHECK(change("USER root\nWORKDIR /w\nRUN make\n", "USER 0\nWORKDIR /w\nRUN make\n") == "cr");
}

TEST_CASE("A matched file counts by its content, whatever characters its name has") {
  const std::string all = "FROM alpine\nCOPY pages/* /o/\n";
  FakeContext::Files files = {{"pages/[id].tsx", "1"}, {"pages/index.tsx", "1"}};
  CHECK(letters(*after({{all, files}}, {all, files})) == "c");
  CHECK(letters(*after({{all, files}}, {all, with(files, "pages/[id].tsx", "2")})) == "r");
  files.insert_or_assign("pages/*", FakeFile::symlink("index.tsx"));
  CHECK(letters(*after({{all, files}}, {all, files})) == "c");
  CHECK(letters(*after({{all, files}}, {all, with(files, "pages/index.tsx", "2")})) == "r");
}

TEST_CASE("Only files of a context are unpacked, and --parents keeps paths") {
  const auto change = [](const std::string& before, const std::string& next) {
    const std::string from = "FROM alpine\n";
    const FakeContext::Files files = {{"a/x", "1"}, {"b/x", "1"}};
    return letters(*after({{from + before, files}}, {from + next, files}));
  };
  CHECK(change("ADD <<EOF /f\n1\nEOF\n", "COPY <<EOF /f\n1\nEOF\n") == "c");
  CHECK(change("ADD a/x /f\n", "COPY a/x /f\n") == "r");
  CHECK(change("ADD --unpack=false a/x /f\n", "COPY a/x /f\n") == "c");
  CHECK(change("COPY --parents=false a/x /f\n", "COPY a/x /f\n") == "c");
  CHECK(change("COPY a/x /f/\n", "COPY b/x /f/\n") == "c");
  CHECK(change("COPY --parents a/x /f/\n", "COPY --parents b/x /f/\n") == "r");
}

TEST_CASE("Two mounts of one named context are sent apart") {
  const auto run = [](const std::string& one, const std::string& two) {
    return "FROM alpine\nRUN --mount=from=shared,source=" + one + ",target=/m --mount=from=shared,source=" + two +
           ",target=/n make\n";
  };
  const std::map<std::string, FakeContext::Files> named = {{"shared", {{"one", "1"}, {"two", "2"}}}};
  CHECK(letters(*after({{.dockerfile = run("one", "two"), .named = named}},
                       {.dockerfile = run("two", "one"), .named = named})) == "r");
}

TEST_CASE("A platform that says what the builder does anyway changes nothing") {
  const auto from = [](const std::string& flags, const std::string& builder) {
    State state{.dockerfile = "FROM " + flags + "alpine\nRUN make\n"};
    state.options.platform = builder;
    return state;
  };
  CHECK(letters(*after({from("", "linux/amd64")}, from("--platform=Linux/x86_64 ", "linux/amd64"))) == "c");
  CHECK(letters(*after({from("", "linux/arm64/v8")}, from("--platform=linux ", "linux/arm64"))) == "c");
  CHECK(letters(*after({from("", "linux/amd64")}, from("--platform=linux/arm64 ", "linux/amd64"))) == "r");
  CHECK(letters(*after({from("--platform=linux/arm64 ", "")}, from("--platform=linux/amd64 ", ""))) == "r");
  const auto unknown = after({from("", "")}, from("--platform=linux/amd64 ", ""));
  CHECK(letters(*unknown) == "u");
  CHECK(analysis::next_build_text(*unknown, 1) == "unknown: which platform the builder builds for");
  CHECK(letters(*after({from("--platform=linux/amd64 ", "")}, from("", ""))) == "u");
}

TEST_CASE("What an image held is not known, so its place may be taken by equal files") {
  const std::string text = "FROM alpine\nCOPY --from=tools a /\n";
  CHECK(letters(*after({{text}}, {.dockerfile = text, .named = {{"tools", {{"a", "1"}}}}})) == "m");
}

TEST_CASE("The shell counts also for a script that names its own") {
  const std::string script = "RUN <<EOF\n#!/bin/sh\nmake\nEOF\n";
  CHECK(letters(*after({{"FROM alpine\n" + script}}, {"FROM alpine\nSHELL [\"/bin/sh\", \"-ec\"]\n" + script})) == "r");
}

TEST_CASE("A pattern that finds one file by its own name finds what the name would") {
  const FakeContext::Files files = {{"pkg-1/app.txt", "1"}};
  const std::string named = "FROM alpine\nCOPY pkg-1/app.txt /\n";
  const std::string pattern = "FROM alpine\nCOPY pkg-*/app.txt /\n";
  CHECK(letters(*after({{named, files}}, {pattern, files})) == "c");
  CHECK(letters(*after({{pattern, files}}, {pattern, {{"pkg-2/app.txt", "1"}}})) == "c");
  CHECK(letters(*after({{named, files}}, {"FROM alpine\nCOPY pkg-1/a*.txt /\n", files})) == "r");
}

TEST_CASE("A link within a wildcard's match counts by what it leads to") {
  const std::string all = "FROM alpine\nCOPY l* /o/\n";
  FakeContext::Files files = {{"a.txt", "1"}, {"link", FakeFile::symlink("a.txt")}, {"b.txt", "1"}};
  CHECK(letters(*after({{all, files}}, {all, files})) == "c");
  CHECK(letters(*after({{all, files}}, {all, with(files, "a.txt", "2")})) == "r");
  CHECK(letters(*after({{all, files}}, {all, with(files, "b.txt", "2")})) == "c");
  // By its own name, and by what is in the file it leads to.
  CHECK(letters(*after({{all, files}}, {all, with(files, "link", FakeFile::symlink("b.txt"))})) == "c");
  FakeContext::Files renamed = with(files, "lonk", FakeFile::symlink("a.txt"));
  renamed.erase("link");
  CHECK(letters(*after({{all, files}}, {all, renamed})) == "r");
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

TEST_CASE("The stage graph shows what the next build does with each step") {
  const auto snapshot = after({{app, sources}}, {app, with(sources, "src/a.js", "changed")});
  const analysis::StageGraph graph = analysis::stage_graph(*snapshot);
  CHECK(graph.forecast);
  std::string shown;
  for (const analysis::GraphStage& stage : graph.stages) {
    for (const analysis::GraphStep& step : stage.steps) shown += fmt::format("{}|", fate_name(step.fate));
  }
  CHECK(shown == "cached|cached|cached|re-runs|re-runs|depends|");
  CHECK(graph.stages[0].steps[3].hint == "re-runs: src/a.js");
  CHECK(graph.stages[1].summary == "1 step, 1 if copied files differ");
}

TEST_CASE("What steps took is found again when lines come and go") {
  analysis::StepTimes times;
  CHECK(times.empty());
  times.set("build", "RUN npm ci", 41);
  times.set("", "COPY . .", 0.2);
  times.set("build", "RUN npm ci", 42);
  CHECK(times.of("[build 4/6] RUN npm ci") == 42);
  CHECK(times.of("[build 11/12] RUN npm ci") == 42);
  CHECK(times.of("[2/3] COPY . .") == 0.2);
  CHECK_FALSE(times.of("[2/3] RUN npm ci"));
  CHECK_FALSE(times.of("[build 4/6] RUN npm ci --omit=dev"));
  CHECK_FALSE(times.of("RUN npm ci"));
}

TEST_CASE("Steps that re-run say what they took the last time") {
  analysis::StepTimes times;
  times.set("build", "RUN npm ci", 192);
  times.set("build", "RUN npm run build", 12.4);
  times.set("build", "COPY src ./src", 0.1);
  const State built{.dockerfile = app, .files = sources};
  const State edited{.dockerfile = app, .files = with(sources, "src/a.js", "3")};
  const auto snapshot = after({built}, edited, times);
  CHECK(hint_texts(*snapshot) == std::vector<std::string>{"cached", "cached", "cached", "re-runs: src/a.js",
                                                          "re-runs: line 5 (12 s)",
                                                          "re-runs if the output of line 5 differs"});
  const std::vector<analysis::Lens> lenses = analysis::lenses(*snapshot);
  CHECK(lenses.front().title == "5 steps, 2 re-run now (13 s)");
  const std::optional<analysis::Explanation> install =
      analysis::explain(*snapshot, static_cast<analysis::Offset>(app.find("npm ci")));
  REQUIRE(install);
  CHECK(install->notes == std::vector<std::string>{"It took 3 min 12 s when it last ran."});
  const std::string text = analysis::to_text(*install);
  CHECK(text.find("3 min 25 s, as they last took") != std::string::npos);
}

}  // namespace keyline::tests

// What reading a Dockerfile costs, by its number of lines: from nothing beside copying the same bytes (the machine's
// memory bandwidth), after a letter is typed in its middle, and with everything that follows from the text.
#include <benchmark/benchmark.h>

#include <cstring>
#include <memory>
#include <string>

#include "analysis/analysis.h"

namespace keyline::analysis {

namespace {

// Twenty lines of an ordinary service, again and again, each time with other names.
std::string dockerfile(std::int64_t lines) {
  std::string text = "# syntax=docker/dockerfile:1\n";
  for (std::int64_t stage = 0; stage * 20 < lines; ++stage) {
    const std::string name = "service" + std::to_string(stage);
    text += "FROM node:22-bookworm-slim AS " + name + "\nARG VERSION=1." + std::to_string(stage) +
            "\nENV NODE_ENV=production PORT=8080 \\\n    LOG_LEVEL=info\n"
            "WORKDIR /srv/" +
            name +
            "\n# What the system has to bring.\n"
            "RUN apt-get update \\\n    && apt-get install -y --no-install-recommends \\\n        ca-certificates \\\n"
            "        curl \\\n    && rm -rf /var/lib/apt/lists/*\n"
            "COPY " +
            name + "/package.json " + name +
            "/package-lock.json ./\nRUN --mount=type=cache,target=/root/.npm npm ci --omit=dev\nCOPY " + name +
            " .\nRUN npm run build -- --version=\"$VERSION\"\n"
            "LABEL org.opencontainers.image.version=$VERSION\nEXPOSE 8080\nUSER node\n"
            "CMD [\"node\", \"dist/server.js\"]\n\n";
  }
  return text;
}

using Text = std::shared_ptr<const std::string>;

// The text, and the same with one letter more inside the instruction in its middle.
struct Typing {
  explicit Typing(std::int64_t lines) {
    std::string text = dockerfile(lines);
    states[0] = std::make_shared<const std::string>(text);
    text.insert(text.find("build -- ", text.size() / 2), "x");
    states[1] = std::make_shared<const std::string>(std::move(text));
  }
  Text states[2];
};

void set_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void copy(benchmark::State& state) {
  const std::string text = dockerfile(state.range(0));
  std::string target(text.size(), ' ');
  for (auto _ : state) {
    std::memcpy(target.data(), text.data(), text.size());
    benchmark::DoNotOptimize(target.data());
    benchmark::ClobberMemory();
  }
  set_bytes(state, text.size());
}

void parse_all(benchmark::State& state) {
  const auto text = std::make_shared<const std::string>(dockerfile(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(parse(text));
  set_bytes(state, text->size());
}

void parse_edit(benchmark::State& state) {
  const Typing typing(state.range(0));
  SyntaxTree tree = parse(typing.states[0]);
  std::size_t turn = 0;
  for (auto _ : state) {
    turn = 1 - turn;
    tree = parse(typing.states[turn], &tree);
  }
}

void analyze_all(benchmark::State& state) {
  const auto text = std::make_shared<const std::string>(dockerfile(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(analyze({.text = text, .context = {}, .build = {}, .rules = {}}, nullptr, {}));
  }
  set_bytes(state, text->size());
}

void analyze_edit(benchmark::State& state) {
  const Typing typing(state.range(0));
  auto snapshot = analyze({.text = typing.states[0], .context = {}, .build = {}, .rules = {}}, nullptr, {});
  std::size_t turn = 0;
  for (auto _ : state) {
    turn = 1 - turn;
    snapshot = analyze({.text = typing.states[turn], .context = {}, .build = {}, .rules = {}}, snapshot.get(), {});
  }
}

constexpr std::int64_t fewest_lines = 100;
constexpr std::int64_t most_lines = 100'000;

BENCHMARK(copy)->RangeMultiplier(10)->Range(fewest_lines, most_lines);
BENCHMARK(parse_all)->RangeMultiplier(10)->Range(fewest_lines, most_lines);
BENCHMARK(parse_edit)->RangeMultiplier(10)->Range(fewest_lines, most_lines);
BENCHMARK(analyze_all)->RangeMultiplier(10)->Range(fewest_lines, most_lines);
BENCHMARK(analyze_edit)->RangeMultiplier(10)->Range(fewest_lines, most_lines);
}  // namespace

}  // namespace keyline::analysis

BENCHMARK_MAIN();

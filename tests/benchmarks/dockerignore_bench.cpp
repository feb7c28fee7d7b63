// What .dockerignore costs: 100,000 paths under the 26 patterns of an ordinary web project, walked with the skipping
// of ignored directories as the disk is, and every path on its own as the worst case.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/context/dockerignore.h"

namespace {

using keyline::analysis::Dockerignore;

constexpr std::string_view patterns =
    "node_modules\n**/node_modules\n.git\n.github\n.vscode\n.idea\n*.md\n!README.md\n**/*.log\n**/.DS_Store\ndist\n"
    "build\ncoverage\n**/*.test.ts\n**/__snapshots__\n.env\n.env.*\n!.env.example\ndocker-compose*.yml\nDockerfile*\n"
    ".dockerignore\ntmp/**\nlogs/*.txt\n**/*.swp\n.cache\npackages/*/dist\n";

struct Directory {
  std::string path;
  std::vector<std::string> files;
};

// 80 packages of sources, and the same number of files again in ignored places.
std::vector<Directory> project() {
  std::vector<Directory> directories;
  for (int package = 0; package < 80; ++package) {
    const std::string root = "packages/package-" + std::to_string(package);
    for (const std::string_view folder : {"src", "src/components", "test", "node_modules", "dist"}) {
      Directory directory{root + "/" + std::string(folder), {}};
      for (int file = 0; file < 250; ++file) {
        directory.files.push_back(directory.path + "/some-component-" + std::to_string(file) + ".ts");
      }
      directories.push_back(std::move(directory));
    }
  }
  return directories;
}

std::size_t count_files(const std::vector<Directory>& directories) {
  std::size_t count = 0;
  for (const Directory& directory : directories) count += directory.files.size();
  return count;
}

void count_paths(benchmark::State& state, const std::vector<Directory>& directories) {
  const auto paths = static_cast<std::int64_t>(count_files(directories));
  state.SetItemsProcessed(state.iterations() * paths);
}

void match_on_a_walk(benchmark::State& state) {
  const std::vector<Directory> directories = project();
  const Dockerignore dockerignore(patterns);
  Dockerignore::Parents packages;
  Dockerignore::Parents package;
  Dockerignore::Parents above;
  Dockerignore::Parents own;
  for (auto _ : state) {
    std::size_t visible = 0;
    dockerignore.match("packages", {}, packages);
    for (const Directory& directory : directories) {
      dockerignore.match(std::string_view(directory.path).substr(0, directory.path.find('/', 9)), packages, package);
      const bool ignored = dockerignore.match(directory.path, package, above).ignored;
      if (ignored && !dockerignore.may_reinclude_below(directory.path)) continue;
      for (const std::string& file : directory.files) visible += dockerignore.match(file, above, own).ignored ? 0U : 1U;
    }
    benchmark::DoNotOptimize(visible);
  }
  count_paths(state, directories);
}
BENCHMARK(match_on_a_walk)->Unit(benchmark::kMillisecond);

void match_each_path_alone(benchmark::State& state) {
  const std::vector<Directory> directories = project();
  const Dockerignore dockerignore(patterns);
  for (auto _ : state) {
    std::size_t visible = 0;
    for (const Directory& directory : directories) {
      for (const std::string& file : directory.files) visible += dockerignore.match(file).ignored ? 0U : 1U;
    }
    benchmark::DoNotOptimize(visible);
  }
  count_paths(state, directories);
}
BENCHMARK(match_each_path_alone)->Unit(benchmark::kMillisecond);

void read_patterns(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Dockerignore(patterns));
}
BENCHMARK(read_patterns)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();

// Reads a build directory as the language server does and prints what that cost:
//   context_bench list DIR CACHE     walk and .dockerignore
//   context_bench hash DIR CACHE     the same, then the contents; CACHE is a folder that remembers hashes, or "-"
// One look a process, so that the peak of memory is its own. context_bench.sh runs it beside find and git.

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "analysis/knowledge/manifests.h"
#include "server/environment/content_hashes.h"
#include "server/environment/disk_context.h"

namespace {

namespace analysis = keyline::analysis;
namespace server = keyline::server;

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

int measure(bool hash, const std::string& directory, const std::string& cache) {
  const auto begin = std::chrono::steady_clock::now();
  server::DiskContextRequest request;
  request.directory = directory;
  request.dockerfile = directory + "/Dockerfile";
  request.wanted = analysis::is_manifest;
  request.checkout_modes = true;
  auto listed = server::load_disk_context(request, {});
  if (!listed->complete()) {
    std::fprintf(stderr, "context_bench: %s\n", listed->unknown_reason().c_str());
    return 1;
  }
  std::size_t files_read = 0;
  std::size_t hashed = 0;
  if (hash) {
    server::HashRequest contents;
    contents.cache_folder = cache == "-" ? "" : cache;
    server::HashedContext found = server::hash_contents(std::move(listed), contents, {});
    files_read = found.files_read;
    listed = std::move(found.context);
    for (const analysis::ContextEntry& entry : listed->entries()) {
      if (entry.content) ++hashed;
    }
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%.3f %.3f %.0f %zu entries, %zu hidden, %zu hashed, %zu read\n", wall.count(),
              seconds(usage.ru_utime) + seconds(usage.ru_stime), static_cast<double>(usage.ru_maxrss) / 1024,
              listed->entries().size(), listed->hidden().size(), hashed, files_read);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (argc != 4 || (mode != "list" && mode != "hash")) {
    std::fputs("usage: context_bench list|hash DIR CACHE\n", stderr);
    return 2;
  }
  return measure(mode == "hash", argv[2], argv[3]);
}

#include "tests/builds/print_builds.h"

#include <fmt/format.h>

namespace keyline::tests {

namespace {

using analysis::Build;
using analysis::BuildArgument;
using analysis::BuildContextKind;
using analysis::BuildFile;
using analysis::BuildText;
using analysis::CacheBackend;
using analysis::NamedBuildContext;

std::string doubts(const BuildText& text) {
  std::string all;
  for (const std::string& open : text.open) all += fmt::format(" (open: {})", open);
  if (!text.per_build.empty()) all += fmt::format(" (per build: {})", text.per_build);
  if (!text.complete) all += " (incomplete)";
  return all;
}

std::string shown(const BuildText& text) { return text.text + doubts(text); }

std::string caches(std::string_view name, const std::vector<CacheBackend>& backends) {
  std::string all;
  for (const CacheBackend& each : backends) {
    all += fmt::format("  {}: {}", name, each.type);
    for (const auto& [key, value] : each.options) all += fmt::format(" {}={}", key, value);
    all += each.understood ? "\n" : " (not understood)\n";
  }
  return all;
}

}  // namespace

std::string print_builds(const BuildFile& file, std::string_view text) {
  std::string all = file.fault.empty() ? std::string() : fmt::format("fault: {}\n", file.fault);
  for (const Build& build : file.builds) {
    all += fmt::format("{} [{}]{}{}\n", build.name, slice(text, build.span), build.throwaway ? " throwaway" : "",
                       build.repeated ? " repeated" : "");
    const char* kind = build.context_kind == BuildContextKind::directory ? "context"
                       : build.context_kind == BuildContextKind::remote  ? "remote context"
                                                                         : "input";
    all += fmt::format("  {}: {}\n", kind, shown(build.context));
    all += fmt::format("  file: {}\n", build.dockerfile.text.empty() ? "none" : shown(build.dockerfile));
    if (build.target) all += fmt::format("  target: {} [{}]\n", shown(*build.target), slice(text, build.target->span));
    for (const BuildArgument& each : build.arguments) {
      all += fmt::format("  {}{} [{}]\n", each.name, each.value ? " = " + shown(*each.value) : " from the environment",
                         slice(text, each.name_span));
    }
    for (const NamedBuildContext& each : build.contexts) all += fmt::format("  {}: {}\n", each.name, shown(each.value));
    all += caches("from", build.cache_from) + caches("to", build.cache_to);
    for (const BuildText& each : build.platforms) all += fmt::format("  platform: {}\n", shown(each));
    for (const std::string& each : build.secrets) all += fmt::format("  secret: {}\n", each);
    if (build.no_cache) all += fmt::format("  no cache [{}]\n", slice(text, *build.no_cache));
    for (const BuildText& each : build.no_cache_filter) all += fmt::format("  no cache for: {}\n", shown(each));
  }
  return all;
}

}  // namespace keyline::tests

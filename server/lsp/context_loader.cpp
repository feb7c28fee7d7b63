#include "server/lsp/context_loader.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "analysis/knowledge/manifests.h"
#include "analysis/syntax/parser.h"
#include "server/environment/disk_context.h"
#include "server/environment/find_context.h"

namespace keyline::server {
namespace {

using analysis::BuildContext;
using analysis::ContextEntry;
using analysis::HiddenEntry;

std::vector<std::string> context_sources(const ContextQuery& query) {
  const analysis::SyntaxTree tree = analysis::parse(query.text);
  const analysis::Model model = analysis::build_model(tree, query.build);
  std::vector<std::string> sources;
  for (const analysis::Step& step : model.steps) {
    for (const analysis::Origin& origin : step.origins) {
      if (origin.kind != analysis::Origin::Kind::context) continue;
      for (const analysis::Value& path : origin.paths) {
        if (path.known) sources.push_back(path.text);
      }
    }
  }
  return sources;
}

bool same_entry(const ContextEntry& one, const ContextEntry& other) {
  return one.path == other.path && one.kind == other.kind && one.mode == other.mode && one.size == other.size &&
         one.target == other.target && one.readable == other.readable;
}

bool same_hidden(const HiddenEntry& one, const HiddenEntry& other) {
  return one.path == other.path && one.kind == other.kind && one.pattern == other.pattern;
}

bool same_pattern(const analysis::IgnorePattern& one, const analysis::IgnorePattern& other) {
  return one.text == other.text && one.exception == other.exception && one.span == other.span;
}

}  // namespace

std::string context_directory(const ContextQuery& query) {
  if (query.setting.empty()) return find_context({query.dockerfile, query.folders, context_sources(query)}).directory;
  const std::filesystem::path base = query.folders.empty() ? std::filesystem::path(query.dockerfile).parent_path()
                                                           : std::filesystem::path(query.folders.front());
  return (base / query.setting).lexically_normal().generic_string();
}

std::shared_ptr<const BuildContext> load_context_from_disk(const ContextQuery& query, std::stop_token stop) {
  DiskContextRequest request;
  request.directory = context_directory(query);
  request.dockerfile = query.dockerfile;
  request.open_texts = query.overrides;
  request.wanted = analysis::is_manifest;
  std::shared_ptr<const BuildContext> loaded = load_disk_context(request, std::move(stop));
  return query.previous && same_context(*query.previous, *loaded) ? query.previous : loaded;
}

bool same_context(const BuildContext& one, const BuildContext& other) {
  return one.complete() == other.complete() && one.unknown_reason() == other.unknown_reason() &&
         one.dockerfile_path() == other.dockerfile_path() &&
         std::ranges::equal(one.entries(), other.entries(), same_entry) &&
         std::ranges::equal(one.hidden(), other.hidden(), same_hidden) &&
         std::ranges::equal(one.dockerignore().patterns(), other.dockerignore().patterns(), same_pattern) &&
         std::ranges::all_of(one.entries(),
                             [&](const ContextEntry& entry) { return one.text(entry.path) == other.text(entry.path); });
}

}  // namespace keyline::server

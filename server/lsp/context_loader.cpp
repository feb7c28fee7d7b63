#include "server/lsp/context_loader.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "analysis/context/git_ignores.h"
#include "analysis/context/source_match.h"
#include "analysis/knowledge/context_paths.h"
#include "analysis/knowledge/manifests.h"
#include "analysis/syntax/parser.h"
#include "analysis/text/path.h"
#include "server/environment/cache_directory.h"
#include "server/environment/content_hashes.h"
#include "server/environment/find_context.h"

namespace keyline::server {
namespace {

using analysis::BuildContext;
using analysis::ContextEntry;
using analysis::HiddenEntry;

// The entries that the sources select, through links as a build finds them; empty when that is everything.
std::vector<bool> selected_entries(const BuildContext& context, const std::vector<std::string>& sources) {
  std::vector<bool> selected(context.entries().size());
  for (const std::string& source : sources) {
    const analysis::SourceMatch match = match_source(context, source);
    if (match.whole_context) return {};
    for (const std::uint32_t root : match.roots) {
      selected[root] = true;
      if (context.entries()[root].kind != analysis::EntryKind::directory) continue;
      const auto [begin, end] = range_below(context, context.entries()[root].path);
      for (std::size_t i = begin; i < end; ++i) selected[i] = true;
    }
  }
  return selected;
}

bool same_entry(const ContextEntry& one, const ContextEntry& other) {
  return one.path == other.path && one.kind == other.kind && one.mode == other.mode && one.size == other.size &&
         one.target == other.target && one.readable == other.readable && one.content == other.content;
}

bool same_hidden(const HiddenEntry& one, const HiddenEntry& other) {
  return one.path == other.path && one.kind == other.kind && one.pattern == other.pattern;
}

bool is_read_by_rules(std::string_view path) {
  return analysis::is_manifest(path) || analysis::is_gitignore(path) ||
         analysis::is_dockerfile_name(analysis::base_name(path));
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
  request.wanted = is_read_by_rules;
  std::shared_ptr<const BuildContext> loaded = load_disk_context(request, std::move(stop));
  return query.previous && same_context(*query.previous, *loaded) ? query.previous : loaded;
}

std::shared_ptr<const DiskContext> load_named_context(const ContextQuery& query, const std::string& value,
                                                      std::stop_token stop) {
  std::error_code error;
  const std::filesystem::path base =
      query.folders.empty() ? std::filesystem::current_path(error) : std::filesystem::path(query.folders.front());
  DiskContextRequest request;
  request.directory = (base / value).lexically_normal().string();
  if (!std::filesystem::is_directory(request.directory, error)) return nullptr;
  HashRequest hashing;
  hashing.cache_folder = content_cache_folder();
  return hash_contents(load_disk_context(request, stop), hashing, stop).context;
}

analysis::NamedContexts load_named_contexts(const ContextQuery& query, std::stop_token stop) {
  analysis::NamedContexts contexts;
  for (const auto& [name, value] : query.build.named_contexts) {
    if (auto context = load_named_context(query, value, stop)) contexts.emplace(name, std::move(context));
  }
  return contexts;
}

std::vector<std::string> context_sources(const analysis::Model& model) {
  std::vector<std::string> sources;
  for (const analysis::Step& step : model.steps) {
    for (const analysis::Origin& origin : step.origins) {
      if (origin.kind != analysis::Origin::Kind::context) continue;
      if (origin.paths.empty()) sources.emplace_back(".");
      for (const analysis::Value& path : origin.paths) {
        if (path.known) sources.push_back(path.text);
      }
    }
  }
  std::ranges::sort(sources);
  sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
  return sources;
}

std::vector<std::string> context_sources(const ContextQuery& query) {
  return context_sources(analysis::build_model(analysis::parse(query.text), query.build));
}

std::shared_ptr<const BuildContext> hash_context_on_disk(const ContextQuery& query,
                                                         const std::shared_ptr<const BuildContext>& listed,
                                                         DiskProgress& progress, std::stop_token stop) {
  const auto* on_disk = dynamic_cast<const DiskContext*>(listed.get());
  if (!on_disk || !on_disk->complete()) return listed;
  HashRequest request;
  request.wanted = selected_entries(*listed, context_sources(query));
  request.open_texts = query.open_texts;
  request.cache_folder = content_cache_folder();
  request.progress = [&progress](const HashProgress& now) {
    progress.files_done = now.files_done;
    progress.files = now.files;
    progress.bytes_done = now.bytes_done;
    progress.bytes = now.bytes;
  };
  std::shared_ptr<const BuildContext> hashed =
      hash_contents(std::make_shared<DiskContext>(*on_disk), request, stop).context;
  return query.previous && same_context(*query.previous, *hashed) ? query.previous : hashed;
}

bool same_context(const BuildContext& one, const BuildContext& other) {
  return one.complete() == other.complete() && one.unknown_reason() == other.unknown_reason() &&
         one.dockerfile_path() == other.dockerfile_path() &&
         std::ranges::equal(one.entries(), other.entries(), same_entry) &&
         std::ranges::equal(one.hidden(), other.hidden(), same_hidden) &&
         one.dockerignore().text() == other.dockerignore().text() &&
         one.ignore_file().exists == other.ignore_file().exists && one.ignore_file().path == other.ignore_file().path &&
         std::ranges::all_of(one.entries(),
                             [&](const ContextEntry& entry) { return one.text(entry.path) == other.text(entry.path); });
}

}  // namespace keyline::server

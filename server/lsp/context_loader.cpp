#include "server/lsp/context_loader.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "analysis/context/dockerignore_name.h"
#include "analysis/context/git_ignores.h"
#include "analysis/context/source_match.h"
#include "analysis/knowledge/context_paths.h"
#include "analysis/knowledge/manifests.h"
#include "analysis/syntax/parser.h"
#include "analysis/text/path.h"
#include "server/environment/build_files.h"
#include "server/environment/cache_directory.h"
#include "server/environment/content_hashes.h"
#include "server/environment/directory.h"
#include "server/environment/listing_cache.h"

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
         one.target == other.target && one.readable == other.readable && one.content == other.content &&
         one.checkout_mode == other.checkout_mode;
}

bool same_hidden(const HiddenEntry& one, const HiddenEntry& other) {
  return one.path == other.path && one.kind == other.kind && one.pattern == other.pattern;
}

bool is_read_by_rules(std::string_view path) {
  return analysis::is_manifest(path) || analysis::is_gitignore(path) ||
         analysis::is_dockerfile_name(analysis::base_name(path));
}

// Of a workspace: enough for a large monorepo, little enough to be looked through while somebody works.
constexpr std::size_t most_workspace_entries = 300'000;
constexpr std::size_t most_workspace_files = 2'000;
constexpr std::size_t largest_workspace_file = std::size_t{1} << 20U;

constexpr std::size_t largest_dockerfile = std::size_t{4} << 20U;

// What there is to hide for a .dockerignore: that at the top of a directory is for the directory, one with a name
// before it for the build of the Dockerfile of that name.
std::shared_ptr<const BuildContext> load_everything(const ContextQuery& query, std::stop_token stop) {
  ContextQuery build = query;
  const std::filesystem::path file(query.dockerfile);
  const bool at_top = analysis::base_name(query.dockerfile) == analysis::dockerignore_name ||
                      !query.dockerfile.ends_with(analysis::dockerignore_name);
  build.dockerfile = at_top ? (file.parent_path() / "Dockerfile").generic_string()
                            : query.dockerfile.substr(0, query.dockerfile.size() - analysis::dockerignore_name.size());
  const auto open = query.open_texts.find(build.dockerfile);
  if (open != query.open_texts.end()) {
    build.text = std::make_shared<const std::string>(open->second);
  } else {
    const SmallFile small =
        read_small_file(working_directory(), build.dockerfile, largest_dockerfile, OpenFile::Links::follow);
    build.text = std::make_shared<const std::string>(small.text.value_or(""));
  }
  DiskContextRequest request;
  request.directory = at_top ? file.parent_path().generic_string() : context_directory(build);
  request.dockerfile = build.dockerfile;
  // The file beside the Dockerfile goes first, and an empty one hides nothing.
  request.open_texts.emplace(analysis::clean_path(build.dockerfile).append(analysis::dockerignore_name), "");
  std::shared_ptr<const BuildContext> loaded = load_disk_context(request, std::move(stop));
  return query.previous && same_context(*query.previous, *loaded) ? query.previous : loaded;
}

// The workspace folder that the Dockerfile lies in, the innermost where they lie in each other; else the first.
std::string folder_around(const ContextQuery& query) {
  std::string around;
  for (const std::string& folder : query.folders) {
    if (folder.size() > around.size() && !path_within(folder, query.dockerfile).empty()) around = folder;
  }
  return around.empty() ? query.folders.front() : around;
}

}  // namespace

FoundContext found_context(const ContextQuery& query) {
  BuildFileReader present(query.open_texts);
  BuildFileReader& files = query.build_files ? *query.build_files : present;
  FoundContext found = find_context({query.dockerfile, query.folders, [&] { return context_sources(query); }}, files);
  if (query.setting.empty()) return found;
  const std::filesystem::path base = query.folders.empty() ? std::filesystem::path(query.dockerfile).parent_path()
                                                           : std::filesystem::path(folder_around(query));
  found.directory = (base / query.setting).lexically_normal().generic_string();
  found.reason = "A setting or option names this directory.";
  return found;
}

std::string context_directory(const ContextQuery& query) { return found_context(query).directory; }

std::shared_ptr<const BuildContext> load_context_from_disk(const ContextQuery& query, std::stop_token stop) {
  if (query.for_ignore_file) return load_everything(query, std::move(stop));
  return load_found_context(query, found_context(query), std::move(stop));
}

std::shared_ptr<const BuildContext> load_found_context(const ContextQuery& query, FoundContext found,
                                                       std::stop_token stop) {
  DiskContextRequest request;
  request.directory = std::move(found.directory);
  request.builds = std::move(found.builds);
  request.dockerfile = query.dockerfile;
  request.open_texts = query.overrides;
  request.wanted = is_read_by_rules;
  request.checkout_modes = true;
  std::shared_ptr<const BuildContext> loaded = load_disk_context(request, std::move(stop));
  return query.previous && same_context(*query.previous, *loaded) ? query.previous : loaded;
}

std::shared_ptr<const BuildContext> load_shared_context_from_disk(const ContextQuery& query, ListingCache& listings,
                                                                  std::stop_token stop) {
  ContextQuery shared = query;
  if (!shared.build_files) shared.build_files = listings.build_files();
  const FoundContext found = found_context(shared);
  return listings.of(found.directory, query.dockerfile, found.builds,
                     [&] { return load_found_context(shared, found, stop); });
}

std::vector<std::string> find_workspace_dockerfiles(const std::vector<std::string>& folders, std::stop_token stop) {
  std::vector<std::string> files = find_dockerfiles(folders, std::move(stop), most_workspace_entries).files;
  if (files.size() > most_workspace_files) files.resize(most_workspace_files);
  return files;
}

std::optional<StampedText> read_workspace_file(const std::string& path, const std::string& known_stamp) {
  const std::optional<FileStatus> status = status_of(working_directory(), path.c_str());
  if (!status || status->kind != FileKind::regular || status->size > largest_workspace_file) return std::nullopt;
  const FileStamp& stamp = status->stamp;
  std::string text =
      fmt::format("{}:{}:{}:{}:{}", stamp.device, stamp.inode, stamp.size, stamp.modified, stamp.changed);
  if (text == known_stamp) return StampedText{std::move(text), nullptr};
  SmallFile file = read_small_file(working_directory(), path, largest_workspace_file, OpenFile::Links::refuse);
  if (!file.text) return std::nullopt;
  return StampedText{std::move(text), std::make_shared<const std::string>(std::move(*file.text))};
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
         one.dockerfile_path() == other.dockerfile_path() && one.builds() == other.builds() &&
         std::ranges::equal(one.entries(), other.entries(), same_entry) &&
         std::ranges::equal(one.hidden(), other.hidden(), same_hidden) &&
         one.dockerignore().text() == other.dockerignore().text() &&
         one.ignore_file().exists == other.ignore_file().exists && one.ignore_file().path == other.ignore_file().path &&
         std::ranges::all_of(one.entries(),
                             [&](const ContextEntry& entry) { return one.text(entry.path) == other.text(entry.path); });
}

}  // namespace keyline::server

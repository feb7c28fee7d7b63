#include "analysis/context/source_match.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "analysis/context/glob.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

// As many links as contenthash follows before it gives up on a loop.
constexpr int most_links = 255;

struct Lookup {
  std::string path;  // what the source stands for, links followed; "" for the root
  const ContextEntry* entry = nullptr;
  bool undecided = false;  // a link leads out of the context or round in circles
};

std::string joined(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty()) path += '/';
  path += name;
  return path;
}

std::string_view directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

// checksum.go: getFollowLinks. Every symlink on the way is followed inside the context, the last one too.
Lookup follow(const BuildContext& context, std::string_view path) {
  if (const ContextEntry* entry = find_entry(context, path); entry && entry->kind != EntryKind::symlink) {
    return {.path = std::string(path), .entry = entry, .undecided = false};
  }
  Lookup found;
  std::string rest(path);
  bool left_context = false;
  for (int links = 0; !rest.empty();) {
    const std::size_t slash = rest.find('/');
    const std::string name = rest.substr(0, slash);
    rest = slash == std::string::npos ? std::string() : rest.substr(slash + 1);
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      left_context = left_context || found.path.empty();
      found.path = directory_of(found.path);
      continue;
    }
    std::string next = joined(found.path, name);
    found.entry = find_entry(context, next);
    if (found.entry && found.entry->kind == EntryKind::symlink) {
      if (++links > most_links) return {.path = {}, .entry = nullptr, .undecided = true};
      const std::string& target = found.entry->target;
      if (target.starts_with('/')) found.path.clear(), left_context = true;
      rest = rest.empty() ? target : target + '/' + rest;
      continue;
    }
    found.path = std::move(next);
  }
  found.entry = found.path.empty() ? nullptr : find_entry(context, found.path);
  found.undecided = left_context && !found.entry;
  return found;
}

std::size_t depth_of(std::string_view path) {
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

std::uint32_t index_of(const BuildContext& context, const ContextEntry* entry) {
  return static_cast<std::uint32_t>(entry - context.entries().data());
}

void count(const ContextEntry& entry, SourceMatch& match) {
  if (entry.kind != EntryKind::file && entry.kind != EntryKind::symlink) return;
  ++match.files;
  match.bytes += entry.size;
}

// Adds the entries of the roots; a root inside another one counts once.
void count_roots(const BuildContext& context, SourceMatch& match) {
  std::sort(match.roots.begin(), match.roots.end());
  match.roots.erase(std::unique(match.roots.begin(), match.roots.end()), match.roots.end());
  const std::vector<ContextEntry>& entries = context.entries();
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  for (const std::uint32_t root : match.roots) {
    ranges.emplace_back(root, root + 1U);
    if (entries[root].kind == EntryKind::directory) ranges.push_back(range_below(context, entries[root].path));
  }
  std::sort(ranges.begin(), ranges.end());
  std::size_t next = 0;
  for (const auto& [begin, end] : ranges) {
    for (std::size_t i = std::max(begin, next); i < end; ++i) count(entries[i], match);
    next = std::max(next, end);
  }
}

void match_everything(const BuildContext& context, SourceMatch& match) {
  match.whole_context = true;
  const std::vector<ContextEntry>& entries = context.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    count(entries[i], match);
    if (entries[i].path.find('/') == std::string::npos) match.roots.push_back(static_cast<std::uint32_t>(i));
  }
}

bool lies_in_unreadable_directory(const BuildContext& context, std::string_view path) {
  for (std::size_t end = path.find('/'); end != std::string_view::npos; end = path.find('/', end + 1)) {
    const ContextEntry* directory = find_entry(context, path.substr(0, end));
    if (directory && !directory->readable) return true;
  }
  return false;
}

void match_literal(const BuildContext& context, const std::string& path, SourceMatch& match) {
  const Lookup found = follow(context, path);
  const bool absent = !found.entry && !found.path.empty();
  if (found.undecided || (absent && lies_in_unreadable_directory(context, found.path))) {
    match.known = false;
  } else if (found.path.empty()) {
    match_everything(context, match);
  } else if (found.entry) {
    match.roots.push_back(index_of(context, found.entry));
    count_roots(context, match);
  } else {
    match.missing = true;
    match.hidden_by = find_hidden(context, found.path);
  }
}

// The part of a wildcard that can be looked up: the directories above the first name with a wildcard in it.
std::string_view literal_directory(std::string_view pattern) {
  std::string_view directory;
  for (std::size_t end = pattern.find('/'); end != std::string_view::npos; end = pattern.find('/', end + 1)) {
    if (has_wildcard(pattern.substr(0, end))) break;
    directory = pattern.substr(0, end);
  }
  return directory;
}

// A match that is a symlink is followed, as one that the source names itself.
void add_match(const BuildContext& context, const ContextEntry& entry, SourceMatch& match) {
  match.matches.push_back(index_of(context, &entry));
  if (entry.kind != EntryKind::symlink) {
    match.roots.push_back(index_of(context, &entry));
    return;
  }
  const Lookup found = follow(context, entry.path);
  if (found.entry) {
    match.roots.push_back(index_of(context, found.entry));
  } else {
    match.known = false;
  }
}

// checksum.go: includedPaths. The literal directory is looked up through links, the rest is compared name by name.
void match_wildcard(const BuildContext& context, const std::string& source, SourceMatch& match) {
  match.wildcard = true;
  const std::string_view directory = literal_directory(source);
  const std::string_view pattern = std::string_view(source).substr(directory.empty() ? 0 : directory.size() + 1);
  const Lookup base = directory.empty() ? Lookup{} : follow(context, directory);
  if (base.undecided) {
    match.known = false;
    return;
  }
  if (!is_valid_glob(pattern)) return;
  const auto [begin, end] = range_below(context, base.path);
  const std::vector<ContextEntry>& entries = context.entries();
  const std::size_t skipped = base.path.empty() ? 0 : base.path.size() + 1;
  const bool fixed_depth = pattern.find('[') == std::string_view::npos;  // a class may match "/"
  const std::size_t depth = depth_of(pattern);
  std::string_view matched;  // what lies below a match belongs to it
  for (std::size_t i = begin; i < end; ++i) {
    const std::string_view name = std::string_view(entries[i].path).substr(skipped);
    if (fixed_depth && depth_of(name) != depth) continue;
    if (!matched.empty() && name.starts_with(matched) && name[matched.size()] == '/') continue;
    if (!glob_matches(pattern, name)) continue;
    if (entries[i].kind == EntryKind::directory) matched = name;
    add_match(context, entries[i], match);
  }
  count_roots(context, match);
}

}  // namespace

std::pair<std::size_t, std::size_t> range_below(const BuildContext& context, std::string_view directory) {
  const std::vector<ContextEntry>& entries = context.entries();
  if (directory.empty()) return {0, entries.size()};
  const auto place = [&](char behind) {
    const std::string key = std::string(directory) + behind;
    const auto at =
        std::lower_bound(entries.begin(), entries.end(), key,
                         [](const ContextEntry& entry, const std::string& wanted) { return entry.path < wanted; });
    return static_cast<std::size_t>(at - entries.begin());
  };
  return {place('/'), place('/' + 1)};
}

std::string clean_source(std::string_view source) {
  if (!source.starts_with('/') && is_clean_path(source)) return std::string(source);
  std::string clean = clean_path("/" + std::string(source));
  clean.erase(0, 1);
  return clean.empty() ? "." : clean;
}

SourceMatch match_source(const BuildContext& context, std::string_view source) {
  SourceMatch match;
  const std::string path = clean_source(source);
  match.wildcard = has_wildcard(path);
  match.whole_context = path == ".";
  match.known = context.complete();
  if (!match.known) return match;
  if (match.whole_context) {
    match_everything(context, match);
  } else if (match.wildcard) {
    match_wildcard(context, path, match);
  } else {
    match_literal(context, path, match);
  }
  return match;
}

SourceMatch match_path(const BuildContext& context, std::string_view path) {
  SourceMatch match;
  match.known = context.complete();
  if (match.known) match_literal(context, std::string(path), match);
  return match;
}

bool source_selects(std::string_view source, std::string_view path) {
  const std::string wanted = clean_source(source);
  if (wanted == ".") return true;
  if (!has_wildcard(wanted)) {
    return path.starts_with(wanted) && (path.size() == wanted.size() || path[wanted.size()] == '/');
  }
  for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
    if (glob_matches(wanted, path.substr(0, end))) return true;
    if (end == std::string_view::npos) return false;
  }
}

}  // namespace keyline::analysis

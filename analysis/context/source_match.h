#pragma once
// Which context files a COPY, ADD or bind source selects, as BuildKit resolves it (cache-model 4.4): literal paths,
// directories as whole trees, `*` `?` `[]` wildcards that match dotfiles and do not cross "/".

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/context/build_context.h"

namespace keyline::analysis {

struct SourceMatch {
  bool known = false;  // false: the context is not (completely) known
  bool wildcard = false;
  bool whole_context = false;  // "." or "/" or equivalent
  std::uint64_t files = 0;     // regular files and symlinks selected
  std::uint64_t bytes = 0;
  std::vector<std::uint32_t> roots;        // indices into entries(): the entries the source names itself, sorted
  std::vector<std::uint32_t> matches;      // of a wildcard: the same, without following those that are links
  bool missing = false;                    // known, literal, and not there
  const HiddenEntry* hidden_by = nullptr;  // why it is missing, if .dockerignore did it
};

// `source` is the expanded text of the instruction. Leading "/", "./" and "../" are cut at the context root.
SourceMatch match_source(const BuildContext& context, std::string_view source);

// The same for the path of an entry, whatever characters it is spelled with: no wildcards.
SourceMatch match_path(const BuildContext& context, std::string_view path);

// The entries below a directory ("" is the root), at any depth: half-open, indices into entries().
std::pair<std::size_t, std::size_t> range_below(const BuildContext& context, std::string_view directory);

// The source as BuildKit looks it up: cleaned, relative to the root, "." for the whole context.
std::string clean_source(std::string_view source);

// Whether `source` selects the context path `path` (a file's path, or a directory's).
bool source_selects(std::string_view source, std::string_view path);

}  // namespace keyline::analysis

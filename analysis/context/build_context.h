#pragma once
// The build directory as analysis sees it: a frozen listing, the same for its whole life. It is the only door out of
// `analysis/`. A view may know nothing yet (`complete()` is false): then nothing is concluded from absence.
// `server/environment/disk_context` implements it over a disk, tests over a map.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/build_evidence.h"
#include "analysis/context/dockerignore.h"

namespace keyline::analysis {

enum class EntryKind : std::uint8_t { file, directory, symlink, other };

// 128 bits of a file's bytes (XXH3): tells contents of one user's files apart, protects nothing.
struct ContentHash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const ContentHash&, const ContentHash&) = default;
};
ContentHash hash_content(std::string_view bytes);

struct ContextEntry {
  std::string path;  // from the context root, "/" between names, no leading "/"
  EntryKind kind = EntryKind::file;
  std::uint32_t mode = 0;                             // permission bits with setuid, setgid, sticky
  std::uint64_t size = 0;                             // bytes; 0 for directories
  std::string target;                                 // of a symlink
  bool readable = true;                               // false: the entry's content cannot be known
  std::optional<ContentHash> content = std::nullopt;  // of a file; absent: not read (yet)
  std::uint32_t checkout_mode = 0;                    // of a file that git records: what a clean checkout gives it
};

// A path that .dockerignore hides; below a hidden directory nothing more is listed.
struct HiddenEntry {
  std::string path;
  EntryKind kind = EntryKind::file;
  std::size_t pattern = 0;  // index into Dockerignore::patterns
};

// The file that the patterns stand in, or would: BuildKit takes `<Dockerfile>.dockerignore` before the one at the top.
struct IgnoreFile {
  std::string path;  // as whoever made the context spells it; "": no edit can reach it
  bool exists = false;
};

class BuildContext {
 public:
  virtual ~BuildContext() = default;

  // False while the directory is still being read or could not be read: listings are then partial.
  virtual bool complete() const = 0;
  // Why the context is not known, in words for the user; empty when complete.
  virtual std::string unknown_reason() const = 0;

  // Everything BuildKit would be sent, sorted by path bytewise; directories included.
  virtual const std::vector<ContextEntry>& entries() const = 0;
  // Sorted by path bytewise as well.
  virtual const std::vector<HiddenEntry>& hidden() const = 0;
  virtual const Dockerignore& dockerignore() const = 0;
  virtual IgnoreFile ignore_file() const { return {}; }
  // The text of a small file that rules may read (manifests). Absent: not there, not loaded, or too large.
  virtual std::optional<std::string_view> text(std::string_view path) const = 0;
  // The path of the Dockerfile within the context, or "" when it lies outside.
  virtual std::string_view dockerfile_path() const = 0;
  // What build files say about the builds of this Dockerfile.
  virtual const BuildEvidence& builds() const;
};

// The entry at exactly `path`, or null.
const ContextEntry* find_entry(const BuildContext& context, std::string_view path);
// What hides `path`: the entry itself or the directory above it that is hidden; null when nothing does.
const HiddenEntry* find_hidden(const BuildContext& context, std::string_view path);

// A context of which nothing is known.
const BuildContext& unknown_context();

}  // namespace keyline::analysis

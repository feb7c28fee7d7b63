#pragma once
// .dockerignore as BuildKit reads and applies it (patternmatcher, ignorefile.ReadAll; cache-model 4.5): anchored
// patterns, `**`, `!`, the last match wins, and an entry inherits, pattern by pattern, its parent directory's matches.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/text/span.h"

namespace keyline::analysis {

struct IgnorePattern {
  std::string text;        // cleaned: no "!", no leading "/", no "." segments
  bool exception = false;  // "!pattern" brings back
  Span span;               // the line's visible text in the file
  std::uint32_t line = 0;  // zero-based
};

class Dockerignore {
 public:
  Dockerignore() = default;
  explicit Dockerignore(std::string_view text);

  // As it was read.
  const std::string& text() const { return text_; }
  const std::vector<IgnorePattern>& patterns() const { return patterns_; }
  // Faults as BuildKit words them (a pattern it cannot compile fails the build).
  struct Problem {
    Span span;
    std::string message;
  };
  const std::vector<Problem>& problems() const { return problems_; }
  bool has_exceptions() const { return has_exceptions_; }

  // The running state of a walk: which patterns the directory above matched, as a bit for each. Reuse the object from
  // entry to entry: then matching allocates nothing.
  struct Parents {
    std::vector<std::uint64_t> matched;
  };
  struct Verdict {
    bool ignored = false;
    std::optional<std::size_t> pattern;  // the one that decided
  };
  // `path` relative to the context, "/" between names; `above` is its directory's state, empty at the top. `own`
  // receives the state to pass on to what lies below.
  Verdict match(std::string_view path, const Parents& above, Parents& own) const;
  // The same for a single path, walking down from the root as BuildKit's walk does: below an ignored directory that it
  // skips, nothing is brought back.
  Verdict match(std::string_view path) const;
  // Whether BuildKit finds something below this ignored directory that a "!" brings back: false when it does not look,
  // or cannot find anything. It decides by comparing texts, so it also skips a directory whose entries some "!x/*/**"
  // would match (fsutil filter.go: Walk).
  bool may_reinclude_below(std::string_view directory) const;

 private:
  struct Compiled;

  void read_line(std::string_view line, Span span, std::uint32_t number);

  std::string text_;
  std::vector<IgnorePattern> patterns_;
  std::vector<Problem> problems_;
  bool has_exceptions_ = false;
  std::shared_ptr<const Compiled> compiled_;  // null without patterns
};

}  // namespace keyline::analysis

#pragma once
// `# keyline: ignore=<id>[,<id>] reason` in a comment above an instruction silences these rules there; in front of the
// first instruction it silences them in the whole file. Remembers which of them did something, so that the others can
// be reported. Used by run_rules only.

#include <functional>
#include <string>
#include <vector>

#include "analysis/rules/rule.h"

namespace keyline::analysis {

// Whether the file's `# check=skip=` directive names this check of BuildKit, or all of them.
bool skips_check(const SyntaxTree& tree, std::string_view check);

class Suppressions {
 public:
  explicit Suppressions(const SyntaxTree& tree);

  // Whether a finding of `rule` at `span` is to be dropped; marks what dropped it as used.
  bool silences(const Rule& rule, Span span);

  // Ids that no rule has.
  Findings unknown() const;
  // Ids that silenced nothing, of rules for which `ran` holds.
  Findings unused(const std::function<bool(const Rule&)>& ran) const;

 private:
  struct Entry {
    std::string id;
    Span id_span;
    Span removal;   // what to delete to take this id away
    Span comment;   // the visible text of the comment
    Span silenced;  // where it applies
    bool used = false;
  };
  void read_comment(Span line, Span silenced);

  const SyntaxTree& tree_;
  std::vector<Entry> entries_;
};

}  // namespace keyline::analysis

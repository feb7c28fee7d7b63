#pragma once
// Applies the fixes of all findings until nothing changes, as `keyline fix` and the editor's fix-all do. A pure
// function over analyze(): no file is read or written. Of two fixes that meet, the one that starts earlier in the text
// wins and the other waits for the next round, where it is computed anew. Running it on its own result changes nothing.

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::server {

enum class FixEnd : std::uint8_t {
  settled,      // no finding has a fix left that may be applied
  round_limit,  // ten rounds were not enough
  refused,      // the next round would have made a file that BuildKit refuses more than before; it was not taken
  stopped,      // by the stop token
  lets_in,      // .dockerignore lets in what has not been read: go on with a context made of what it says now
};

struct AppliedFix {
  const analysis::Rule* rule = nullptr;
  analysis::Safety safety = analysis::Safety::safe;
  std::string title;
  std::string unproven;
  std::uint32_t line = 0;  // zero-based, in the text of the round that applied it
};

struct FixScope {
  analysis::Safety up_to = analysis::Safety::safe;  // the least certain safety that is applied; a sketch never is
  bool dockerignore = true;                         // whether fixes may edit that file too

  bool allows(const analysis::Fix& fix) const {
    return fix.applicable() && fix.safety <= up_to && (dockerignore || fix.dockerignore_edits.empty());
  }
};

struct FixResult {
  std::string text;
  std::optional<std::string> dockerignore;  // its new text; absent: it stays as it is
  std::vector<AppliedFix> applied;
  std::shared_ptr<const analysis::Snapshot> snapshot;  // of `text`; null only when stopped before the first was there
  FixEnd end = FixEnd::settled;
};

FixResult fix_all(analysis::Inputs inputs, FixScope scope, std::stop_token stop);

}  // namespace keyline::server

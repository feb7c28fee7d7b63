#pragma once
// What findings cost, by history. For those about the order of steps and about what the context holds, the commits are
// replayed as the file is and as the finding's first fix would make it; others cost something whenever their step runs,
// and have the number of its runs as price. What git does not record (a work tree's own files, `.git`) no history can
// tell of: a finding about that has no price.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/cache/step_times.h"
#include "analysis/replay/replay.h"

namespace keyline::analysis {

struct Price {
  std::uint32_t commits = 0;               // looked at
  StepId step = none;                      // that loses most
  std::string title;                       // what it runs: "npm ci"
  std::uint32_t reran = 0;                 // commits
  std::uint32_t maybe = 0;                 // more of them, if what it takes from another stage differed
  std::optional<std::uint32_t> after_fix;  // commits, for findings about order that have a fix to try
  std::optional<double> seconds;           // that the step took when it last ran
  std::uint32_t spared = 0;                // runs of any step that the fix would have spared, certain ones
  bool worth_nothing = false;              // the fix would have changed nothing at all: not worth anybody's time

  friend bool operator==(const Price&, const Price&) = default;

  std::uint32_t cost() const { return after_fix ? spared : reran; }
};

// "`npm ci` re-ran in 93 of the last 100 commits, 41 s each; after this fix: 4"
std::string price_text(const Price& price);

// By index into a snapshot's findings; those without a price are not there.
using Prices = std::map<std::size_t, Price>;

// `directory` is the context's place in the repository.
Prices price_findings(const Snapshot& snapshot, const TreeHistory& history, std::string_view directory,
                      const StepTimes& times = {});

}  // namespace keyline::analysis

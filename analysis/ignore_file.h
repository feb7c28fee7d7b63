#pragma once
// The front door for a .dockerignore as a document: its text and a listing of the build directory in which nothing is
// hidden in, one immutable IgnoreSnapshot out. Pure and total, as analysis.h is. An edit needs no new listing, since
// what the patterns hide of it is worked out here.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/build_context.h"
#include "analysis/rules/registry.h"
#include "analysis/text/line_index.h"

namespace keyline::analysis {

// The one rule about the file's own lines.
inline constexpr std::string_view dead_pattern_rule = "dockerignore-dead-pattern";

struct IgnoreInputs {
  std::shared_ptr<const std::string> text;
  std::shared_ptr<const BuildContext> everything;  // null: nothing is known
  RuleSettings rules;
};

// What becomes of one entry of the listing.
struct Fate {
  static constexpr std::uint32_t nobody = 0xffffffff;
  bool hidden = false;
  std::uint32_t pattern = nobody;  // who decided: hides it, or brings it back
  std::uint32_t before = nobody;   // brought back: whom from
};

struct IgnoreSnapshot {
  IgnoreInputs inputs;
  LineIndex lines;
  Dockerignore dockerignore;
  std::vector<Fate> fates;  // of each entry; empty when the listing is not complete
  Findings findings;        // in this file's offsets

  std::string_view text() const { return *inputs.text; }
  const BuildContext& everything() const { return inputs.everything ? *inputs.everything : unknown_context(); }
};

// Null only when `stop` was requested before the work was done.
std::shared_ptr<const IgnoreSnapshot> analyze_ignore_file(IgnoreInputs inputs, const std::stop_token& stop);

// The pattern whose line contains `offset`, as an index into Dockerignore::patterns().
std::optional<std::size_t> pattern_at(const IgnoreSnapshot& snapshot, Offset offset);

// What one line does: what a pattern hides, what a "!" brings back.
struct IgnoreEffect {
  std::uint64_t files = 0;  // whatever is no directory
  std::uint64_t bytes = 0;
  std::vector<std::string> paths;  // the topmost of them, sorted, directories with a "/" at their end
  std::uint64_t more_paths = 0;    // that are not among `paths`
  // Of a pattern: how many files later lines bring back, by pattern.
  std::map<std::size_t, std::uint64_t> brought_back;
};
IgnoreEffect effect_of(const IgnoreSnapshot& snapshot, std::size_t pattern, std::size_t most_paths);

// The files it hides or brings back, at most so many, sorted.
std::vector<std::string> files_under(const IgnoreSnapshot& snapshot, std::size_t pattern, std::size_t most);

}  // namespace keyline::analysis

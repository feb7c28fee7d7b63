#pragma once
// What keyline answers where a fixture asks, in the fixture's own terms: lines and code points instead of offsets,
// steps by their line. Nothing here judges; fixture_check and fixture_update do.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/analysis.h"
#include "tests/support/fixture.h"

namespace keyline::tests {

// The files of the fixture as build context, the first Dockerfile among them; null when it names no other file.
std::shared_ptr<const analysis::BuildContext> context_of(const Fixture& fixture);

std::shared_ptr<const analysis::Snapshot> snapshot_of(std::shared_ptr<const analysis::BuildContext> context,
                                                      std::string text, const analysis::BuildOptions& build,
                                                      const analysis::Snapshot* previous = nullptr);

// Findings and problems as markers, in the order of their places.
std::vector<Marker> diagnostics(const analysis::Snapshot& snapshot);

// What fix, hover, lens, inlay or graph say at a marker; absent: nothing.
std::optional<std::string> answer(const analysis::Snapshot& snapshot, const Marker& marker);
// Whether that is what the marker asks for.
bool satisfied(const Marker& marker, const std::optional<std::string>& answer);

// The texts after one round of the first applicable fix of each finding of a rule ("" for every rule's safe fixes).
struct FixedTexts {
  std::string dockerfile;
  std::string dockerignore;  // of the file in force; "" also where there is none
  friend bool operator==(const FixedTexts&, const FixedTexts&) = default;
};
FixedTexts after_fixes(const analysis::Snapshot& snapshot, std::string_view rule);
// The context in which the fixed Dockerfile stands; the same one when .dockerignore is as before.
std::shared_ptr<const analysis::BuildContext> context_after(std::shared_ptr<const analysis::BuildContext> context,
                                                            std::string_view dockerignore);

// How many steps of `after` have a definition that some step of `before` has, and how many there are.
std::pair<unsigned, unsigned> reuse(const analysis::Snapshot& before, const analysis::Snapshot& after);

// One line a step that may re-run: "7 always", "12 if content differs". Absent when `change` is not understood.
std::optional<std::string> what_if(const analysis::Snapshot& snapshot, std::string_view change);

}  // namespace keyline::tests

#pragma once
// A Snapshot as text, with everything in it that can differ between two analyses: tree with all spans, model,
// digests, findings with their fixes, problems, hints. Two snapshots of equal inputs must print the same.

#include <string>

#include "analysis/analysis.h"

namespace keyline::tests {

std::string print_model(const analysis::Model& model);
std::string print_findings(const analysis::Findings& findings);
std::string print_snapshot(const analysis::Snapshot& snapshot);

}  // namespace keyline::tests

#pragma once
// What must hold of the names in any Dockerfile, whatever it says: all places of one thing lead to each other, and a
// name that may be changed can be changed back, with the same build in between.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::tests {

using Analyse = std::function<std::shared_ptr<const analysis::Snapshot>(std::string text)>;

std::vector<std::string> faults_of_names(const analysis::Snapshot& snapshot, const Analyse& analyse);

}  // namespace keyline::tests

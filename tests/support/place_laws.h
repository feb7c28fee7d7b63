#pragma once
// What must hold of outline, folds, selections, colours and layout in any Dockerfile, whatever it says.

#include <string>
#include <vector>

#include "tests/support/name_laws.h"

namespace keyline::tests {

std::vector<std::string> faults_of_places(const analysis::Snapshot& snapshot, const Analyse& analyse);

}  // namespace keyline::tests

#pragma once
// Names for findings that stay the same while a file is edited, so that a code host sees which are new. Use one object
// for each file, and ask in the order in which its entries are reported.

#include <map>
#include <string>

#include "server/cli/report.h"

namespace keyline::server {

// Findings are the same across runs when rule and marked text are, wherever the line has moved to; the n-th of equals
// is told apart by its number.
class Fingerprints {
 public:
  std::string of(const analysis::Snapshot& snapshot, const ReportEntry& entry);

 private:
  std::map<std::string, int> seen_;
};

}  // namespace keyline::server

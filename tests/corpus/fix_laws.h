#pragma once
// What must hold of every fix, on every file: the laws of tests/README.md, "Fixes on real files". A fault is a text
// that names the law, the rule and what is wrong.

#include <memory>
#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::corpus {

struct FixCounts {
  std::size_t files = 0;
  std::size_t safe_fixes = 0, review_fixes = 0;  // each applied alone
  std::size_t images = 0;                        // compared
};

// Judges one file; `context` may be null. Every fix is applied alone, and then all that are safe, and all.
std::vector<std::string> faults_of_fixes(const std::string& text,
                                         const std::shared_ptr<const analysis::BuildContext>& context,
                                         FixCounts& counts);

}  // namespace keyline::corpus

#pragma once
// Prices of findings, kept while a file is edited. They cost too much to be worked out with every letter, and most
// letters change none: a finding is taken for the same as before when its rule is and the line it stands on.

#include <map>
#include <string>
#include <vector>

#include "analysis/replay/price.h"

namespace keyline::analysis {

class KnownPrices {
 public:
  KnownPrices() = default;
  // Of all findings of a snapshot; `fault` says in one sentence why there are none.
  KnownPrices(const Snapshot& snapshot, const Prices& prices, std::string fault = {});

  // For a later text of the file.
  Prices of(const Snapshot& snapshot) const;
  // Whether each of its findings that history can price was looked at.
  bool covers(const Snapshot& snapshot) const;
  const std::string& fault() const { return fault_; }

 private:
  // Findings that look alike, in the order of the file.
  std::map<std::string, std::vector<std::optional<Price>>> known_;
  std::string fault_;
};

}  // namespace keyline::analysis

#pragma once
// What a `safe` fix may change in what a build does, rule by rule: a table with the reason for each entry. A rule that
// is not in it may change nothing at all that image.h can see.

#include <string>
#include <string_view>
#include <vector>

#include "tests/corpus/image.h"

namespace keyline::corpus {

struct Allowance {
  bool caches = false;     // where downloads are kept: cache mounts, and what empties or bypasses them
  bool order = false;      // a RUN passes a COPY whose files its commands do not name
  bool copies = false;     // a COPY more, of files that a later COPY brings to the same place
  bool arguments = false;  // a command sees other ARGs, none of which it names
  bool refreshes = false;  // package lists are refreshed in front of the install, not in a step of their own
  bool modes = false;      // a file's mode is given by COPY, not by a chmod of the next step
};

Allowance allowance_of(std::string_view rule);
Allowance both(Allowance left, const Allowance& right);

// What differs beyond the allowance, in words; empty when nothing does.
std::vector<std::string> differences(const Image& before, const Image& after, const Allowance& allowance);

}  // namespace keyline::corpus

#pragma once
// What is known of the rules on real Dockerfiles: how often each fires, how many firings a person has read and how many
// of those were wrong. The numbers stand in tests/corpus/precision.txt; a rule without them, or one that is on although
// it is often wrong, is an error, so that neither can happen unseen.

#include <string>
#include <string_view>

#include "protocol/result.h"

namespace keyline::server {

// The section of analysis/rules/README.md, from its heading; `table` is the text of the file.
protocol::Result<std::string> precision_section(std::string_view table);

}  // namespace keyline::server

#pragma once
// The generated files, rendered in memory from the rules, the settings table and what was measured of the rules:
// analysis/rules/README.md, the list of rules in README.md and the schema of the editor settings. `keyline reference`
// writes them; a test compares them.

#include <string>
#include <string_view>
#include <vector>

#include "analysis/rules/rule.h"
#include "protocol/result.h"

namespace keyline::server {

struct GeneratedFile {
  std::string path;  // from the root of the source tree
  std::string content;
};

// `readme` is README.md as it is, `precision` tests/corpus/precision.txt. An error when the one lacks the markers that
// say where the list goes, or the other the row of a rule.
protocol::Result<std::vector<GeneratedFile>> generated_files(std::string_view readme, std::string_view precision);

// One rule as a page of Markdown that begins with a heading of this level.
std::string rule_page(const analysis::Rule& rule, int heading_level);

}  // namespace keyline::server

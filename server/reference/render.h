#pragma once
// The generated files, rendered in memory from the rules, the settings table and what was measured of the rules:
// analysis/rules/README.md, the list of rules in README.md, the schema of the editor settings its defaults for
// LSP4IJ, and the same settings in the manifest of the VS Code extension. `keyline reference` writes them; a test
// compares them.

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

// Files of the source tree as they are, which say where rendered parts go or what was measured.
struct GeneratedFrom {
  std::string_view readme;              // README.md, with the markers of the rule list
  std::string_view precision;           // tests/corpus/precision.txt, with a row for each rule
  std::string_view extension_manifest;  // editors/vscode/package.json, with a group for the server's settings
};

// An error when one of them lacks what is said above.
protocol::Result<std::vector<GeneratedFile>> generated_files(const GeneratedFrom& from);

// One rule as a page of Markdown that begins with a heading of this level.
std::string rule_page(const analysis::Rule& rule, int heading_level);

}  // namespace keyline::server

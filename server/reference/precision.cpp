#include "server/reference/precision.h"

#include <algorithm>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "analysis/rules/registry.h"

namespace keyline::server {

namespace {

using analysis::Rule;
using analysis::Severity;

constexpr std::size_t sample = 20;          // to be read of each rule, or all if there are fewer
constexpr std::size_t wrong_in_twenty = 1;  // of a rule whose findings fail a build

struct Row {
  std::size_t in_files = 0, in_projects = 0, read = 0, wrong = 0;
  std::string remark;
};

struct Table {
  std::size_t files = 0, projects = 0;
  std::map<std::string, Row, std::less<>> rows;
};

protocol::Result<Table> read_table(std::string_view text) {
  Table table;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name == "corpus") {
      words >> table.files >> table.projects;
    } else {
      Row row;
      words >> row.in_files >> row.in_projects >> row.read >> row.wrong;
      if (words.fail()) return protocol::Unexpected({fmt::format("not a row: {}", line)});
      std::getline(words >> std::ws, row.remark);
      if (analysis::find_rule(name) == nullptr) return protocol::Unexpected({fmt::format("{} is no rule", name)});
      table.rows[name] = row;
      continue;
    }
    if (words.fail() || table.files == 0) return protocol::Unexpected({fmt::format("not a row: {}", line)});
  }
  if (table.files == 0) return protocol::Unexpected({"no row says how large the corpus is"});
  return table;
}

std::string fault_of(const Rule& rule, const Row& row) {
  const std::size_t found = row.in_files + row.in_projects;
  if (row.read < std::min(found, sample))
    return fmt::format("{} fires {} times and {} of those were read: read {}", rule.id, found, row.read,
                       std::min(found, sample));
  const bool fails_builds = rule.severity == Severity::warning || rule.severity == Severity::error;
  if (fails_builds && row.wrong * sample > row.read * wrong_in_twenty)
    return fmt::format("{} is wrong in {} of {}: too often to be a {}", rule.id, row.wrong, row.read,
                       severity_name(rule.severity));
  return {};
}

}  // namespace

protocol::Result<std::string> precision_section(std::string_view text) {
  const protocol::Result<Table> table = read_table(text);
  if (!table) return protocol::Unexpected({"tests/corpus/precision.txt: " + table.error().message});
  std::string out = fmt::format(
      "## How often they fire, and how often they are wrong\n\n"
      "On {} Dockerfiles from public repositories, each alone, and on {} projects whose files are known. *Read* are "
      "findings\n"
      "that a person has looked at, drawn by chance: twenty of each rule, or all where there are fewer; *wrong* are "
      "those\n"
      "that say what is not so, or advise what does not help. The files were chosen for rare features, so that shares "
      "among\n"
      "them are not shares in general. A rule that is wrong more than once in twenty may be no warning.\n\n"
      "A new rule needs its row: let `keyline_corpus --count tests/corpus/precision.txt` count, draw twenty lines of\n"
      "`keyline_corpus --list RULE` (`| shuf -n 20`), read each in its file, and write how many you read and how many "
      "were\n"
      "wrong behind the two counts. Without it this page cannot be rendered and the test `generated_files` fails.\n\n"
      "| rule | severity | in 1,000 files | in the projects | read | wrong | |\n|---|---|---:|---:|---:|---:|---|\n",
      table->files, table->projects);
  for (const Rule* rule : analysis::all_rules()) {
    const auto found = table->rows.find(rule->id);
    if (found == table->rows.end())
      return protocol::Unexpected({fmt::format("tests/corpus/precision.txt has no row for {}", rule->id)});
    const Row& row = found->second;
    if (const std::string fault = fault_of(*rule, row); !fault.empty())
      return protocol::Unexpected({"tests/corpus/precision.txt: " + fault});
    const double share = 1000.0 * static_cast<double>(row.in_files) / static_cast<double>(table->files);
    out += fmt::format("| [{0}](#{0}) | {1} | {2:.{3}f} | {4} | {5} | {6} | {7} |\n", rule->id,
                       severity_name(rule->severity), share, share > 0 && share < 10 ? 1 : 0, row.in_projects, row.read,
                       row.wrong, row.remark);
  }
  return out;
}

}  // namespace keyline::server

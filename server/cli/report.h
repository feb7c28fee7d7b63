#pragma once
// What `keyline check` found, and its five forms: text for people; JSON, SARIF 2.1.0, GitHub annotations and
// GitLab's code quality report for machines. Lines and columns count from 1, columns in code points, ends are
// exclusive, in every form.

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/replay/price.h"
#include "server/cli/terminal.h"

namespace keyline::server {

// The id under which faults are reported that BuildKit itself would refuse.
inline constexpr std::string_view problem_id = "buildkit-error";
inline constexpr std::string_view problem_summary = "BuildKit refuses this Dockerfile";

struct CheckedFile {
  std::string path;
  std::shared_ptr<const analysis::Snapshot> snapshot;  // null when the file could not be read
  std::string fault;                                   // why, in that case
  analysis::Prices prices = {};                        // of findings, by their index; where history was asked
  std::string price_fault = {};                        // why history could not be asked
};

// Findings and BuildKit's problems in one list, sorted by place; where history was asked, errors first, then what costs
// most, and without what costs nothing. Points into the file.
struct ReportEntry {
  analysis::Span span;
  analysis::Severity severity = analysis::Severity::error;
  std::string_view id;
  std::string_view message;
  const analysis::Finding* finding = nullptr;  // null for a problem
  const analysis::Price* price = nullptr;
};
std::vector<ReportEntry> report_entries(const CheckedFile& file);
// What history shows to cost nothing.
std::vector<ReportEntry> silenced_entries(const CheckedFile& file);

// For forms that have one text: the message, and behind it what the finding costs.
std::string priced_message(const ReportEntry& entry);

struct ReportCount {
  std::size_t files = 0;  // read
  std::size_t unread = 0;
  std::size_t affected = 0;  // files with at least one entry
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t information = 0;
  std::size_t safe_fixes = 0;  // entries that `keyline fix` repairs
  std::size_t review_fixes = 0;
  std::size_t silenced = 0;  // by history

  std::size_t at_least(analysis::Severity severity) const;
};
ReportCount count(const std::vector<CheckedFile>& files);

std::string report_as_text(const std::vector<CheckedFile>& files, const Terminal& terminal);
std::string report_as_json(const std::vector<CheckedFile>& files);
std::string report_as_sarif(const std::vector<CheckedFile>& files);
std::string report_as_github(const std::vector<CheckedFile>& files);
std::string report_as_gitlab(const std::vector<CheckedFile>& files);

// One source line with a part of it underlined, as in text reports; `label` stands behind the mark.
std::string marked_line(const analysis::Snapshot& snapshot, analysis::Span span, char mark, std::string_view label,
                        std::size_t gutter, const Terminal& terminal);

}  // namespace keyline::server

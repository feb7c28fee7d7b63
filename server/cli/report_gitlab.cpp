#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/text/path.h"
#include "server/cli/fingerprint.h"
#include "server/cli/json_text.h"
#include "server/cli/report.h"
#include "server/cli/text_file.h"

namespace keyline::server {

namespace {

using analysis::Severity;
using nlohmann::ordered_json;

std::string_view gitlab_severity(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "critical";
    case Severity::warning:
      return "major";
    case Severity::information:
    case Severity::off:
      return "info";
  }
  return "info";
}

}  // namespace

// The members that GitLab documents for code quality reports; a path with `./` in front is shown nowhere.
std::string report_as_gitlab(const std::vector<CheckedFile>& files) {
  ordered_json issues = ordered_json::array();
  const auto add = [&](const std::string& path, const std::string& fingerprint, Severity severity, std::string_view id,
                       std::string_view message, std::size_t line) {
    issues.push_back({{"description", message},
                      {"check_name", id},
                      {"fingerprint", fmt::format("{}:{}", path, fingerprint)},
                      {"severity", gitlab_severity(severity)},
                      {"location", {{"path", path}, {"lines", {{"begin", line}}}}}});
  };
  for (const CheckedFile& file : files) {
    const std::string path = analysis::clean_path(file.path);
    if (!file.snapshot) {
      add(path, "unread", Severity::error, "unread", file.fault, 1);
      continue;
    }
    Fingerprints fingerprints;
    for (const ReportEntry& entry : report_entries(file)) {
      add(path, fingerprints.of(*file.snapshot, entry), entry.severity, entry.id, entry.message,
          place_of(*file.snapshot, entry.span).line);
    }
  }
  return json_text(issues);
}

}  // namespace keyline::server

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "server/cli/fingerprint.h"
#include "server/cli/json_text.h"
#include "server/cli/report.h"
#include "server/cli/text_file.h"

namespace keyline::server {

namespace {

using analysis::Finding;
using analysis::Fix;
using analysis::Rule;
using analysis::Severity;
using analysis::Snapshot;
using analysis::Span;
using nlohmann::ordered_json;

std::string_view sarif_level(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::information:
      return "note";
    case Severity::off:
      return "none";
  }
  return "none";
}

// A path as a URI reference (RFC 3986): what is neither unreserved nor "/" is percent-encoded.
std::string uri_of(std::string_view path) {
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~' || c == '/';
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

ordered_json artifact(std::string_view path) {
  ordered_json json = {{"uri", uri_of(path)}};
  if (!path.starts_with('/')) json["uriBaseId"] = "%SRCROOT%";
  return json;
}

ordered_json region(const Place& place) {
  return {{"startLine", place.line},
          {"startColumn", place.column},
          {"endLine", place.end_line},
          {"endColumn", place.end_column}};
}

ordered_json region(const Snapshot& snapshot, Span span) { return region(place_of(snapshot, span)); }

ordered_json location(const CheckedFile& file, Span span) {
  return {{"physicalLocation", {{"artifactLocation", artifact(file.path)}, {"region", region(*file.snapshot, span)}}}};
}

ordered_json location(const analysis::BuildOrigin& origin) {
  return {{"physicalLocation",
           {{"artifactLocation", artifact(shown_path(origin.path))}, {"region", region(place_of(origin))}}}};
}

ordered_json replacement(const Place& place, const std::string& text) {
  return {{"deletedRegion", region(place)}, {"insertedContent", {{"text", text}}}};
}

// The format has no word for a file that does not exist yet.
bool can_be_told(const Snapshot& snapshot, const Fix& fix) {
  return fix.applicable() && (fix.dockerignore_edits.empty() || snapshot.context().ignore_file().exists);
}

ordered_json fix_of(const CheckedFile& file, const Fix& fix) {
  ordered_json changes = ordered_json::array();
  const auto add = [&](const std::string& path, ordered_json replacements) {
    if (replacements.empty()) return;
    changes.push_back({{"artifactLocation", artifact(path)}, {"replacements", std::move(replacements)}});
  };
  ordered_json own = ordered_json::array(), ignored = ordered_json::array();
  for (const analysis::Edit& edit : fix.edits.edits()) {
    own.push_back(replacement(place_of(*file.snapshot, edit.span), edit.text));
  }
  for (const analysis::Edit& edit : fix.dockerignore_edits.edits()) {
    ignored.push_back(replacement(place_in_dockerignore(*file.snapshot, edit.span), edit.text));
  }
  add(file.path, std::move(own));
  add(shown_path(file.snapshot->context().ignore_file().path), std::move(ignored));
  return {{"description", {{"text", fix.title}}}, {"artifactChanges", std::move(changes)}};
}

using RuleIndex = std::map<std::string_view, std::size_t>;

ordered_json result_of(const CheckedFile& file, const ReportEntry& entry, const RuleIndex& rules,
                       Fingerprints& fingerprints) {
  ordered_json json = {{"ruleId", entry.id}};
  if (const auto rule = rules.find(entry.id); rule != rules.end()) json["ruleIndex"] = rule->second;
  json["level"] = sarif_level(entry.severity);
  json["message"] = {{"text", priced_message(entry)}};
  json["locations"] = ordered_json::array({location(file, entry.span)});
  json["partialFingerprints"] = {{"keyline/v1", fingerprints.of(*file.snapshot, entry)}};
  if (const analysis::Price* price = entry.price) {
    // Of 100: SARIF's place for what matters most.
    if (price->commits > 0) json["rank"] = std::min(100.0, 100.0 * price->reran / price->commits);
    json["properties"] = {{"commits", price->commits}, {"reran", price->reran}};
    if (price->after_fix) json["properties"]["afterFix"] = *price->after_fix;
  }
  if (!entry.finding) return json;
  ordered_json related = ordered_json::array();
  for (const analysis::Related& other : entry.finding->related) {
    ordered_json place = other.elsewhere ? location(*other.elsewhere) : location(file, other.span);
    place["id"] = related.size();
    place["message"] = {{"text", other.message}};
    related.push_back(std::move(place));
  }
  if (!related.empty()) json["relatedLocations"] = std::move(related);
  ordered_json fixes = ordered_json::array();
  for (const Fix& fix : entry.finding->fixes) {
    if (can_be_told(*file.snapshot, fix)) fixes.push_back(fix_of(file, fix));
  }
  if (!fixes.empty()) json["fixes"] = std::move(fixes);
  return json;
}

ordered_json descriptor(std::string_view id, std::string_view summary, Severity severity, std::string_view why) {
  return {{"id", id},
          {"shortDescription", {{"text", summary}}},
          {"help", {{"text", why.empty() ? summary : why}, {"markdown", why.empty() ? summary : why}}},
          {"defaultConfiguration", {{"level", sarif_level(severity)}}}};
}

}  // namespace

std::string report_as_sarif(const std::vector<CheckedFile>& files) {
  ordered_json rules = ordered_json::array();
  RuleIndex index;
  rules.push_back(descriptor(problem_id, problem_summary, Severity::error, ""));
  index[problem_id] = 0;
  for (const Rule* rule : analysis::all_rules()) {
    index[rule->id] = rules.size();
    rules.push_back(descriptor(rule->id, rule->summary, rule->severity, rule->why));
  }

  ordered_json results = ordered_json::array();
  ordered_json notifications = ordered_json::array();
  for (const CheckedFile& file : files) {
    if (!file.snapshot) {
      notifications.push_back(
          {{"level", "error"},
           {"message", {{"text", fmt::format("{}: {}", file.path, file.fault)}}},
           {"locations", ordered_json::array({{{"physicalLocation", {{"artifactLocation", artifact(file.path)}}}}})}});
      continue;
    }
    Fingerprints fingerprints;
    for (const ReportEntry& entry : report_entries(file)) {
      results.push_back(result_of(file, entry, index, fingerprints));
    }
  }

  ordered_json invocation = {{"executionSuccessful", notifications.empty()}};
  if (!notifications.empty()) invocation["toolExecutionNotifications"] = std::move(notifications);
  const ordered_json run = {
      {"tool", {{"driver", {{"name", "keyline"}, {"semanticVersion", KEYLINE_VERSION}, {"rules", std::move(rules)}}}}},
      {"columnKind", "unicodeCodePoints"},
      {"invocations", ordered_json::array({std::move(invocation)})},
      {"results", std::move(results)}};
  return json_text({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", ordered_json::array({run})}});
}

}  // namespace keyline::server

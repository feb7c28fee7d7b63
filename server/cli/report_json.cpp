#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "server/cli/json_text.h"
#include "server/cli/report.h"
#include "server/cli/text_file.h"

namespace keyline::server {

namespace {

using analysis::Finding;
using analysis::Fix;
using analysis::Severity;
using analysis::Snapshot;
using nlohmann::ordered_json;

ordered_json json_of(const Snapshot& snapshot, const Fix& fix) {
  ordered_json edits = ordered_json::array();
  for (const analysis::Edit& edit : fix.edits.edits()) {
    edits.push_back({{"range", json_range(snapshot, edit.span)}, {"text", edit.text}});
  }
  ordered_json json = {{"title", fix.title}, {"safety", safety_name(fix.safety)}};
  if (!fix.unproven.empty()) json["unproven"] = fix.unproven;
  json["edits"] = std::move(edits);
  if (fix.dockerignore_edits.empty()) return json;
  const analysis::IgnoreFile file = snapshot.context().ignore_file();
  ordered_json other = {{"path", shown_path(file.path)}, {"create", !file.exists}, {"edits", ordered_json::array()}};
  for (const analysis::Edit& edit : fix.dockerignore_edits.edits()) {
    other["edits"].push_back({{"range", json_range(place_in_dockerignore(snapshot, edit.span))}, {"text", edit.text}});
  }
  json["dockerignore"] = std::move(other);
  return json;
}

ordered_json json_of(const Snapshot& snapshot, const ReportEntry& entry) {
  ordered_json json = {{"rule", entry.id},
                       {"severity", severity_name(entry.severity)},
                       {"message", entry.message},
                       {"range", json_range(snapshot, entry.span)},
                       {"related", ordered_json::array()},
                       {"fixes", ordered_json::array()}};
  if (!entry.finding) return json;
  for (const analysis::Related& related : entry.finding->related) {
    if (related.elsewhere) {
      json["related"].push_back({{"message", related.message},
                                 {"path", shown_path(related.elsewhere->path)},
                                 {"build", related.elsewhere->name},
                                 {"range", json_range(place_of(*related.elsewhere))}});
      continue;
    }
    json["related"].push_back({{"message", related.message}, {"range", json_range(snapshot, related.span)}});
  }
  for (const Fix& fix : entry.finding->fixes) json["fixes"].push_back(json_of(snapshot, fix));
  return json;
}

ordered_json json_of(const Snapshot& snapshot, const analysis::Price& price) {
  const analysis::Step& step = snapshot.model.steps[price.step];
  ordered_json json = {{"commits", price.commits},
                       {"step", {{"line", snapshot.lines.line_at(step.span.begin) + 1}, {"runs", price.title}}},
                       {"reran", price.reran},
                       {"reranIfContentDiffers", price.maybe}};
  if (price.after_fix) {
    json["afterFix"] = *price.after_fix;
    json["spared"] = price.spared;
  }
  return json;
}

ordered_json with_price(const Snapshot& snapshot, const ReportEntry& entry) {
  ordered_json json = json_of(snapshot, entry);
  if (entry.price) json["history"] = json_of(snapshot, *entry.price);
  return json;
}

// As the workflow commands of GitHub's runner want it (actions/toolkit, packages/core/src/command.ts).
std::string escaped_data(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string escaped_property(std::string_view text) {
  std::string out;
  for (const char c : escaped_data(text)) {
    switch (c) {
      case ':':
        out += "%3A";
        break;
      case ',':
        out += "%2C";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string_view github_level(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::information:
    case Severity::off:
      return "notice";
  }
  return "notice";
}

}  // namespace

std::string report_as_json(const std::vector<CheckedFile>& files) {
  ordered_json listed = ordered_json::array();
  for (const CheckedFile& file : files) {
    ordered_json json = {{"path", file.path}};
    if (file.snapshot) {
      json["findings"] = ordered_json::array();
      for (const ReportEntry& entry : report_entries(file)) {
        json["findings"].push_back(with_price(*file.snapshot, entry));
      }
      if (!file.prices.empty()) {
        json["silenced"] = ordered_json::array();
        for (const ReportEntry& entry : silenced_entries(file))
          json["silenced"].push_back(with_price(*file.snapshot, entry));
      }
    } else {
      json["fault"] = file.fault;
    }
    listed.push_back(std::move(json));
  }
  const ReportCount total = count(files);
  const ordered_json report = {{"version", 1},
                               {"files", std::move(listed)},
                               {"summary",
                                {{"files", total.files},
                                 {"unread", total.unread},
                                 {"errors", total.errors},
                                 {"warnings", total.warnings},
                                 {"information", total.information}}}};
  return json_text(report);
}

std::string report_as_github(const std::vector<CheckedFile>& files) {
  std::string out;
  for (const CheckedFile& file : files) {
    if (!file.snapshot) {
      out += fmt::format("::error file={}::{}\n", escaped_property(file.path), escaped_data(file.fault));
      continue;
    }
    for (const ReportEntry& entry : report_entries(file)) {
      const Place place = place_of(*file.snapshot, entry.span);
      out +=
          fmt::format("::{} file={},line={},endLine={},col={},endColumn={},title={}::{}\n",
                      github_level(entry.severity), escaped_property(file.path), place.line, place.end_line,
                      place.column, place.end_column, escaped_property(entry.id), escaped_data(priced_message(entry)));
    }
  }
  return out;
}

}  // namespace keyline::server

#include "server/cli/replay_report.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/explain/words.h"

namespace keyline::server {

namespace {

using analysis::count_of;
using nlohmann::ordered_json;

constexpr std::size_t shown_causes = 3;

// "14", "0-187" where what other stages produce decides, "" for never.
std::string count_text(const ReplayRow& row) {
  if (row.maybe > 0) return fmt::format("{}–{}", row.reran, row.reran + row.maybe);
  return row.reran > 0 ? std::to_string(row.reran) : std::string();
}

std::string share_text(const ReplayRow& row) {
  if (row.reran == 0 || row.commits == 0) return {};
  const double share = 100.0 * row.reran / row.commits;
  return share < 1 ? "<1%" : fmt::format("{:.0f}%", share);
}

std::string path_causes(const ReplayRow& row) {
  std::string text;
  std::size_t shown = 0;
  for (const ReplayRow::Cause& cause : row.paths) {
    if (shown == shown_causes) break;
    text += fmt::format("{}{} {}", shown++ == 0 ? "" : ", ", visible(cause.path), cause.commits);
  }
  if (row.all_paths > shown) text += ", " + count_of(row.all_paths - shown, "other path", "other paths");
  return text;
}

std::string cause_text(const ReplayRow& row) {
  if (row.reran + row.maybe == 0) return {};
  // A step of another line's making says which; its paths stand there.
  const bool own = row.through.empty() || row.through.front().line == row.line;
  if (own) return path_causes(row);
  std::string text = row.through.size() == 1 ? "line " : "lines ";
  for (std::size_t i = 0; i < std::min(row.through.size(), shown_causes); ++i) {
    const ReplayRow::Through& through = row.through[i];
    text += fmt::format("{}{}", i == 0 ? "" : ", ", through.line);
    if (row.through.size() > 1) text += fmt::format(" ({})", through.commits);
  }
  return text;
}

std::string time_text(const ReplayRow& row) {
  return row.seconds && row.reran > 0 ? analysis::duration_of(*row.seconds * row.reran) : std::string();
}

struct Widths {
  std::size_t step = 0, count = 0, time = 0;
};

Widths widths_of(const ReplayReport& report, const Terminal& terminal) {
  Widths widths;
  for (const ReplayRow& row : report.rows) {
    widths.step = std::max(widths.step, display_width(visible(row.step)));
    widths.count = std::max(widths.count, display_width(count_text(row)));
    widths.time = std::max(widths.time, time_text(row).size());
  }
  widths.step = std::min<std::size_t>(widths.step, terminal.is_terminal ? terminal.width * 2 / 5 : 56);
  return widths;
}

std::string row_text(const ReplayRow& row, const Widths& widths, const Terminal& terminal) {
  const bool idle = row.reran + row.maybe == 0;
  const bool often = row.commits > 0 && row.reran * 2 >= row.commits;
  const Style style = idle ? Style::dim : often ? Style::warning : Style::plain;
  const std::string count = row.commits == 0 ? "new" : idle ? "never" : count_text(row);
  const std::size_t columns = std::max<std::size_t>(widths.count, 5);
  std::string line =
      terminal.paint(Style::dim, fmt::format("{:>4}", row.line > 0 ? std::to_string(row.line) : "")) + "  " +
      terminal.paint(idle ? Style::dim : Style::plain, pad(fit(visible(row.step), widths.step), widths.step)) + "  " +
      terminal.paint(style, std::string(columns - display_width(count), ' ') + count) + " " +
      terminal.paint(style, fmt::format("{:>4}", share_text(row)));
  if (widths.time > 0) line += "  " + fmt::format("{:>{}}", time_text(row), widths.time);
  std::string causes = cause_text(row);
  if (terminal.is_terminal) {
    const std::size_t used = 4 + 2 + widths.step + 2 + columns + 5 + (widths.time > 0 ? widths.time + 2 : 0) + 2;
    causes = terminal.width > used + 8 ? fit(causes, terminal.width - used) : std::string();
  }
  if (!causes.empty()) line += "  " + terminal.paint(Style::dim, causes);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string head_text(const ReplayReport& report, const Terminal& terminal) {
  std::string text = terminal.paint(Style::strong, visible(report.file)) +
                     fmt::format(": {}, {} to {}", count_of(report.commits, "commit", "commits"),
                                 day_of(report.oldest_time), day_of(report.newest_time));
  text += report.as_committed ? ", each with the Dockerfile of its time\n" : ", with the Dockerfile as it is now\n";
  return text;
}

std::string foot_text(const ReplayReport& report) {
  std::string text;
  const bool uncertain = std::ranges::any_of(report.rows, [](const ReplayRow& row) { return row.maybe > 0; });
  const bool measured = std::ranges::any_of(report.rows, [](const ReplayRow& row) { return row.seconds.has_value(); });
  if (uncertain) text += "a–b: at least a; up to b, where what the step takes from another stage came out different.\n";
  if (report.without_dockerfile > 0)
    text += fmt::format("{} had no such Dockerfile, or nothing to compare it with.\n",
                        count_of(report.without_dockerfile, "commit", "commits"));
  text += measured ? "Times: what these re-runs take, each as long as the last measured one.\n"
                   : "No times are known; `keyline build` measures them.\n";
  return text;
}

std::string report_text(const ReplayReport& report, const Terminal& terminal) {
  if (report.rows.empty()) return head_text(report, terminal) + "no steps\n";
  const Widths widths = widths_of(report, terminal);
  std::string text = head_text(report, terminal) + "\n";
  for (const ReplayRow& row : report.rows) text += row_text(row, widths, terminal);
  return text + "\n" + terminal.paint(Style::dim, foot_text(report));
}

ordered_json json_of(const ReplayRow& row) {
  ordered_json paths = ordered_json::array();
  for (const ReplayRow::Cause& cause : row.paths) paths.push_back({{"path", cause.path}, {"commits", cause.commits}});
  ordered_json through = ordered_json::array();
  for (const ReplayRow::Through& each : row.through)
    through.push_back({{"line", each.line}, {"commits", each.commits}});
  ordered_json json{{"line", row.line},
                    {"step", row.step},
                    {"commits", row.commits},
                    {"reran", row.reran},
                    {"reranIfContentDiffers", row.maybe}};
  json["seconds"] = row.seconds ? ordered_json(*row.seconds) : ordered_json();
  json["through"] = std::move(through);
  json["paths"] = std::move(paths);
  json["allPaths"] = row.all_paths;
  json["byCommit"] = row.by_commit;
  return json;
}

}  // namespace

std::string day_of(std::int64_t time) {
  const std::chrono::sys_days day =
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(time)));
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string replay_as_text(const std::vector<ReplayReport>& reports, const Terminal& terminal) {
  std::string text;
  for (const ReplayReport& report : reports) {
    if (!report.fault.empty()) continue;
    if (!text.empty()) text += "\n";
    text += report_text(report, terminal);
  }
  return text;
}

ordered_json replay_as_json(const std::vector<ReplayReport>& reports) {
  ordered_json files = ordered_json::array();
  for (const ReplayReport& report : reports) {
    ordered_json file{{"file", report.file}};
    if (!report.fault.empty()) {
      file["fault"] = report.fault;
      files.push_back(std::move(file));
      continue;
    }
    file["asCommitted"] = report.as_committed;
    file["commits"] = report.commits;
    file["newest"] = {{"commit", report.newest}, {"date", day_of(report.newest_time)}};
    file["oldest"] = {{"commit", report.oldest}, {"date", day_of(report.oldest_time)}};
    if (report.as_committed) file["withoutDockerfile"] = report.without_dockerfile;
    ordered_json steps = ordered_json::array();
    for (const ReplayRow& row : report.rows) steps.push_back(json_of(row));
    file["steps"] = std::move(steps);
    files.push_back(std::move(file));
  }
  return {{"files", std::move(files)}};
}

}  // namespace keyline::server

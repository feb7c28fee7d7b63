#include "server/cli/diff_report.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/explain/next_build.h"
#include "analysis/explain/words.h"
#include "server/cli/json_text.h"

namespace keyline::server {

namespace {

using analysis::count_of;
using analysis::Outcome;
using nlohmann::ordered_json;

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::cached:
      return "cached";
    case Outcome::if_content_differs:
      return "if-content-differs";
    case Outcome::unknown:
      return "unknown";
    case Outcome::reruns:
      return "re-runs";
  }
  return "";
}

std::uint64_t count(const DiffedFile& file, Outcome outcome) {
  return static_cast<std::uint64_t>(std::count_if(file.steps.begin(), file.steps.end(),
                                                  [&](const DiffedStep& step) { return step.outcome == outcome; }));
}

// What the steps that re-run took the last time, as far as that is known; "" where it is not worth a word.
std::string time_of(const DiffedFile& file) {
  double seconds = 0;
  for (const DiffedStep& step : file.steps) {
    if (step.outcome == Outcome::reruns) seconds += step.seconds.value_or(0);
  }
  return seconds < 1 ? std::string() : analysis::duration_of(seconds);
}

std::string summary_of(const DiffedFile& file) {
  const std::string time = time_of(file);
  std::string text = fmt::format("{}: {} re-run{}, {} cached", count_of(file.steps.size(), "step", "steps"),
                                 count(file, Outcome::reruns), time.empty() ? "" : fmt::format(" ({})", time),
                                 count(file, Outcome::cached));
  if (const std::uint64_t open = count(file, Outcome::if_content_differs); open > 0)
    text += fmt::format(", {} re-run only if what they read differs", open);
  if (const std::uint64_t unknown = count(file, Outcome::unknown); unknown > 0)
    text += fmt::format(", {} unknown", unknown);
  return text;
}

bool keeps_everything(const DiffedFile& file) {
  return file.note.empty() && count(file, Outcome::cached) == file.steps.size();
}

ordered_json steps_as_json(const DiffedFile& file) {
  ordered_json steps = ordered_json::array();
  for (const DiffedStep& step : file.steps) {
    steps.push_back({{"line", step.line},
                     {"step", step.name},
                     {"outcome", outcome_name(step.outcome)},
                     {"reason", step.text},
                     {"seconds", step.seconds ? ordered_json(*step.seconds) : ordered_json()}});
  }
  return steps;
}

// ---- Markdown

// For a cell of a table, which ends at a bar or at the end of the line; nothing of a Dockerfile becomes markup. What
// stands between backquotes is code, as elements, because entities mean nothing between backquotes.
std::string cell(std::string_view text) {
  const bool paired = std::count(text.begin(), text.end(), '`') % 2 == 0;
  bool inside = false;
  std::string safe;
  for (const char c : visible(text)) {
    switch (c) {
      case '`':
        safe += !paired ? "'" : inside ? "</code>" : "<code>";
        inside = !inside;
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '|':
      case '*':
      case '_':
      case '[':
      case ']':
      case '\\':
      case '@':
      case '#':
        safe += fmt::format("&#{};", static_cast<int>(c));
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string code(std::string_view text, std::size_t columns) {
  std::string plain = fit(visible(text), columns);
  std::replace(plain.begin(), plain.end(), '`', '\'');
  return fmt::format("<code>{}</code>", cell(plain));
}

// What the next build does with a step, and how long that took the last time.
std::string fate_of(const DiffedStep& step) {
  if (step.outcome == Outcome::cached) return "cached";
  if (step.seconds.value_or(0) < 1) return step.text;
  return fmt::format("{} ({})", step.text, analysis::duration_of(*step.seconds));
}

std::string share_of(const DiffedFile& file) {
  const std::uint64_t reruns = count(file, Outcome::reruns);
  std::string text = reruns == 0 ? fmt::format("none of {}", file.steps.size())
                                 : fmt::format("**{} of {}**", reruns, file.steps.size());
  if (const std::uint64_t open = count(file, Outcome::if_content_differs) + count(file, Outcome::unknown); open > 0)
    text += fmt::format(", perhaps {} more", open);
  if (const std::string time = time_of(file); !time.empty()) text += fmt::format(" ({})", time);
  return text;
}

std::string first_cause(const DiffedFile& file) {
  const auto first = std::find_if(file.steps.begin(), file.steps.end(),
                                  [](const DiffedStep& step) { return step.outcome != Outcome::cached; });
  if (first == file.steps.end()) return {};
  std::string_view cause = first->text;
  if (constexpr std::string_view verb = "re-runs: "; cause.starts_with(verb)) cause.remove_prefix(verb.size());
  return fmt::format("line {}: {}", first->line, cell(cause));
}

std::string details_of(const DiffedFile& file) {
  std::string out =
      fmt::format("\n<details><summary>{}: {}</summary>\n\n| line | step | next build |\n|---:|---|---|\n",
                  code(file.path, 120), summary_of(file));
  for (const DiffedStep& step : file.steps) {
    out += fmt::format("| {} | {} | {} |\n", step.line, code(step.name, 80), cell(fate_of(step)));
  }
  return out + "\n</details>\n";
}

}  // namespace

std::vector<DiffedStep> diffed_steps(const analysis::Snapshot& snapshot) {
  std::vector<DiffedStep> steps;
  for (analysis::StepId id = 0; id < snapshot.model.steps.size(); ++id) {
    const analysis::Step& step = snapshot.model.steps[id];
    if (step.op != analysis::Op::exec && step.op != analysis::Op::file) continue;
    if (!snapshot.forecast.steps[id].needed) continue;
    steps.push_back({snapshot.lines.line_at(step.span.begin) + 1,
                     analysis::step_name(snapshot.model, snapshot.tree, id), snapshot.forecast.steps[id].outcome,
                     analysis::next_build_text(snapshot, id), analysis::last_seconds(snapshot, id)});
  }
  return steps;
}

std::string diff_as_text(const std::vector<DiffedFile>& files, const Terminal& terminal) {
  const std::size_t columns = terminal.is_terminal ? terminal.width : 120;
  std::string out;
  for (const DiffedFile& file : files) {
    if (!out.empty()) out += '\n';
    if (!file.path.empty()) out += terminal.paint(Style::place, visible(file.path)) + "\n";
    if (!file.note.empty()) {
      out += visible(file.note) + "\n";
      continue;
    }
    std::size_t widest = 0;
    for (const DiffedStep& step : file.steps) widest = std::max(widest, display_width(visible(step.name)));
    const std::size_t step_columns = std::min(widest, columns / 2);
    for (const DiffedStep& step : file.steps) {
      const Style style = step.outcome == Outcome::cached ? Style::dim : Style::warning;
      out += terminal.paint(Style::dim, fmt::format("{:>4}", step.line)) + "  " +
             pad(fit(visible(step.name), step_columns), step_columns) + "  " +
             terminal.paint(style, visible(fate_of(step))) + "\n";
    }
    out += "\n" + terminal.paint(Style::strong, summary_of(file)) + "\n";
  }
  return out;
}

std::string diff_as_json(const std::vector<DiffedFile>& files) {
  if (files.size() == 1 && files.front().path.empty()) return json_text({{"steps", steps_as_json(files.front())}});
  ordered_json all = ordered_json::array();
  for (const DiffedFile& file : files) {
    ordered_json each{{"path", file.path}, {"steps", steps_as_json(file)}};
    if (!file.note.empty()) each["note"] = file.note;
    all.push_back(std::move(each));
  }
  return json_text({{"files", std::move(all)}});
}

std::string diff_as_markdown(const std::vector<DiffedFile>& files, const std::string& before) {
  std::string out = "### Docker builds: what this change re-runs\n\n";
  std::string kept, table, details;
  for (const DiffedFile& file : files) {
    if (keeps_everything(file)) {
      kept += fmt::format("{}{}", kept.empty() ? "" : ", ", code(file.path, 120));
      continue;
    }
    table += fmt::format("| {} | {} | {} |\n", code(file.path, 120), file.note.empty() ? share_of(file) : "",
                         file.note.empty() ? first_cause(file) : cell(file.note));
    if (file.note.empty()) details += details_of(file);
  }
  if (!table.empty()) out += "| Dockerfile | steps that re-run | first cause |\n|---|---|---|\n" + table;
  if (!kept.empty()) out += fmt::format("{}Every step is reused in {}.\n", table.empty() ? "" : "\n", kept);
  if (files.empty()) out += "There are no Dockerfiles.\n";
  return out + details +
         fmt::format("\n<sub>A forecast by keyline, for a builder that has built {}.</sub>\n", code(before, 120));
}

}  // namespace keyline::server

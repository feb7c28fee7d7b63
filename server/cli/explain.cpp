#include "analysis/explain/explanation.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/explain/hints.h"
#include "server/cli/build_flags.h"
#include "server/cli/commands.h"
#include "server/cli/json_text.h"
#include "server/cli/recording.h"
#include "server/cli/terminal.h"

namespace keyline::server {

namespace {

using analysis::Explanation;
using analysis::Snapshot;
using analysis::StepId;
using nlohmann::ordered_json;
using protocol::Result;
using protocol::Unexpected;

struct ExplainOptions {
  std::string place;
  std::vector<std::string> changed_paths;
  std::vector<std::string> changed_arguments;
  std::string format = "text";
  BuildFlags build;
};

// FILE, FILE:LINE or FILE:LINE:COLUMN, as reports print it. 0: not given.
struct FilePlace {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

std::optional<std::uint32_t> cut_number(std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) return std::nullopt;
  std::uint32_t number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number == 0) return std::nullopt;
  text.resize(colon);
  return number;
}

FilePlace read_place(const std::string& text) {
  FilePlace place = {text};
  std::error_code ignored;
  // A file may have such a name.
  if (std::filesystem::exists(text, ignored)) return place;
  if (const auto last = cut_number(place.file)) {
    place.line = *last;
    if (const auto first = cut_number(place.file)) {
      place.column = *last;
      place.line = *first;
    }
  }
  return place;
}

// ---- one place

Result<Explanation> explain_place(const Snapshot& snapshot, const FilePlace& place) {
  if (place.line > snapshot.lines.line_count()) {
    return Unexpected({fmt::format("there are only {} lines", snapshot.lines.line_count())});
  }
  const std::string_view text = snapshot.text();
  const analysis::Span line = snapshot.lines.line(text, place.line - 1);
  analysis::Offset offset = line.begin;
  while (offset < line.end && (text[offset] == ' ' || text[offset] == '\t')) ++offset;
  std::optional<Explanation> found;
  if (place.column > 0) {
    const analysis::Position position = {place.line - 1, place.column - 1};
    found = analysis::explain(snapshot, snapshot.lines.offset(text, position, analysis::Encoding::utf32));
  } else {
    const StepId step = analysis::step_at(snapshot, offset);
    if (step != analysis::none) found = analysis::explain_step(snapshot, step);
  }
  if (!found) found = analysis::explain(snapshot, offset);
  if (!found) return Unexpected({fmt::format("there is no instruction on line {}", place.line)});
  return *found;
}

ordered_json json_of(const Snapshot& snapshot, const Explanation& explanation) {
  ordered_json json = {{"title", explanation.title}, {"forecast", explanation.forecast}};
  if (!explanation.span.empty()) json["range"] = json_range(snapshot, explanation.span);
  json["sections"] = ordered_json::array();
  for (const analysis::ExplanationSection& section : explanation.sections) {
    ordered_json rows = ordered_json::array();
    for (const analysis::ExplanationRow& row : section.rows) {
      ordered_json cell = {{"label", row.label}, {"value", row.value}, {"origin", row.origin}};
      if (!row.place.empty()) cell["range"] = json_range(snapshot, row.place);
      rows.push_back(std::move(cell));
    }
    json["sections"].push_back({{"title", section.title}, {"rows", std::move(rows)}});
  }
  json["notes"] = explanation.notes;
  return json;
}

std::string text_of(const Explanation& explanation, const Terminal& terminal) {
  std::string out;
  const std::string text = analysis::to_text(explanation);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string line = visible(rest.substr(0, end));
    const bool heading = out.empty() || std::ranges::any_of(explanation.sections, [&](const auto& section) {
                           return !section.title.empty() && line.starts_with(visible(section.title));
                         });
    out += terminal.paint(heading ? Style::strong : Style::plain, line) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

// ---- the whole file

struct OverviewRow {
  std::uint32_t line = 0;  // from 1
  std::string step;
  std::string reason;
};

struct OverviewStage {
  std::string title;
  bool reachable = true;
  std::uint32_t line = 0;
  std::vector<OverviewRow> rows;
};

std::vector<OverviewStage> overview(const Snapshot& snapshot) {
  std::map<StepId, std::string> reasons;
  for (const analysis::Hint& hint : analysis::hints(snapshot)) reasons[hint.step] = hint.text;
  std::map<analysis::StageId, std::string> totals;
  for (const analysis::Lens& lens : analysis::lenses(snapshot)) totals[lens.stage] = lens.title;
  std::vector<OverviewStage> stages;
  for (analysis::StageId id = 0; id < snapshot.model.stages.size(); ++id) {
    const analysis::Stage& stage = snapshot.model.stages[id];
    const analysis::Item& from = snapshot.tree.items[stage.item];
    OverviewStage shown;
    shown.title = std::string(analysis::slice(snapshot.text(), from.header()));
    if (const auto total = totals.find(id); total != totals.end()) shown.title += "   " + total->second;
    shown.reachable = stage.reachable;
    shown.line = snapshot.lines.line_at(from.header().begin) + 1;
    for (const StepId step : stage.steps) {
      const analysis::Step& placed = snapshot.model.steps[step];
      if (placed.op == analysis::Op::nothing || placed.op == analysis::Op::image) continue;
      shown.rows.push_back({snapshot.lines.line_at(placed.span.begin) + 1,
                            analysis::step_name(snapshot.model, snapshot.tree, step), reasons[step]});
    }
    stages.push_back(std::move(shown));
  }
  return stages;
}

std::string overview_as_text(const std::vector<OverviewStage>& stages, const Terminal& terminal) {
  const std::size_t columns = terminal.is_terminal ? terminal.width : 120;
  std::size_t widest = 0;
  for (const OverviewStage& stage : stages) {
    for (const OverviewRow& row : stage.rows) widest = std::max(widest, display_width(visible(row.step)));
  }
  const std::size_t step_columns = std::min(widest, columns / 2);
  std::string out;
  for (const OverviewStage& stage : stages) {
    if (!out.empty()) out += "\n";
    out += fmt::format("{:>4}  {}{}\n", stage.line, terminal.paint(Style::strong, visible(stage.title)),
                       stage.reachable ? "" : terminal.paint(Style::dim, "   (not needed by the target)"));
    for (const OverviewRow& row : stage.rows) {
      const std::string step = fit(visible(row.step), step_columns);
      out += terminal.paint(Style::dim, fmt::format("{:>4}", row.line)) + "    ";
      out += row.reason.empty() ? step
                                : pad(step, step_columns) + "  " + terminal.paint(Style::warning, visible(row.reason));
      out += "\n";
    }
  }
  return out;
}

ordered_json overview_as_json(const std::vector<OverviewStage>& stages) {
  ordered_json listed = ordered_json::array();
  for (const OverviewStage& stage : stages) {
    ordered_json steps = ordered_json::array();
    for (const OverviewRow& row : stage.rows) {
      steps.push_back({{"line", row.line}, {"step", row.step}, {"reason", row.reason}});
    }
    listed.push_back(
        {{"line", stage.line}, {"title", stage.title}, {"needed", stage.reachable}, {"steps", std::move(steps)}});
  }
  return listed;
}

// ---- the what-if

// People name files from where they are; the analysis names them from the context's root.
std::string from_context_root(const std::string& path, const std::string& context_root) {
  std::error_code error;
  if (!context_root.empty() && std::filesystem::exists(path, error)) {
    const std::filesystem::path root = std::filesystem::canonical(context_root, error);
    const std::filesystem::path full = std::filesystem::canonical(path, error);
    const std::filesystem::path relative = full.lexically_relative(root);
    if (!error && !relative.empty() && *relative.begin() != "..") return relative.generic_string();
  }
  return std::filesystem::path(path).lexically_normal().generic_string();
}

int fail(const std::string& message) {
  write_error(fmt::format("keyline: {}\n", message));
  return exit_could_not_run;
}

int print(const Snapshot& snapshot, const Explanation& explanation, const std::string& format) {
  const std::string out =
      format == "json" ? json_text(json_of(snapshot, explanation)) : text_of(explanation, terminal_of(STDOUT_FILENO));
  return write_out(out) ? exit_clean : exit_could_not_run;
}

int run(const ExplainOptions& options) {
  const Result<Build> build = read_build_flags(options.build);
  if (!build) return fail(build.error().message);
  const FilePlace place = read_place(options.place);
  Result<LoadedDockerfile> loaded = load_dockerfile(place.file, *build, Contents::hashed);
  if (!loaded) return fail(fmt::format("{}: {}", visible(place.file), loaded.error().message));
  add_known_builds(*loaded, place.file);
  const std::shared_ptr<const Snapshot> snapshot = analysis::analyze(loaded->inputs, nullptr, {});

  if (!options.changed_paths.empty() || !options.changed_arguments.empty()) {
    std::vector<std::string> paths;
    for (const std::string& path : options.changed_paths)
      paths.push_back(from_context_root(path, loaded->context_root));
    return print(*snapshot, analysis::explain_change(*snapshot, paths, options.changed_arguments), options.format);
  }
  if (place.line > 0) {
    const Result<Explanation> explanation = explain_place(*snapshot, place);
    if (!explanation) return fail(fmt::format("{}: {}", visible(place.file), explanation.error().message));
    return print(*snapshot, *explanation, options.format);
  }
  const std::vector<OverviewStage> stages = overview(*snapshot);
  if (stages.empty()) return fail(fmt::format("{}: there is no stage (no FROM) to explain", visible(place.file)));
  const std::string out = options.format == "json" ? json_text({{"stages", overview_as_json(stages)}})
                                                   : overview_as_text(stages, terminal_of(STDOUT_FILENO));
  return write_out(out) ? exit_clean : exit_could_not_run;
}

}  // namespace

Command add_explain(Options& declared) {
  const auto options = std::make_shared<ExplainOptions>();
  declared.text("FILE[:LINE]", options->place, "FILE",
                "A Dockerfile, and the line or line:column to explain;\nwithout a line, an overview of all steps",
                Options::Need::required);
  declared.list("--change", options->changed_paths, "PATH", "Tell what re-runs when these files of the context change");
  declared.list("--change-arg", options->changed_arguments, "NAME",
                "Tell what re-runs when these build arguments change");
  declared.choice("--format", options->format, {"text", "json"}, "FORMAT", "The form of the answer (default: text)");
  add_build_flags(declared, options->build);
  declared.footer(
      "Exit code: 0 explained, 2 there is no such file or line.\n"
      "\nExamples:\n"
      "  keyline explain Dockerfile\n"
      "  keyline explain Dockerfile:7\n"
      "  keyline explain Dockerfile --change src/server.js package.json\n"
      "  keyline explain Dockerfile:3:5 --build-arg NODE_VERSION=22");
  return [options] { return run(*options); };
}

}  // namespace keyline::server

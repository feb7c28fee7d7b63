#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/context/listed_context.h"
#include "analysis/explain/next_build.h"
#include "analysis/explain/words.h"
#include "server/cli/build_flags.h"
#include "server/cli/commands.h"
#include "server/cli/json_text.h"
#include "server/cli/terminal.h"
#include "server/cli/text_file.h"
#include "server/environment/build_files.h"
#include "server/environment/find_context.h"
#include "server/environment/git_revision.h"
#include "server/lsp/context_loader.h"

namespace keyline::server {

namespace {

namespace fs = std::filesystem;
using analysis::BuildContext;
using analysis::Outcome;
using analysis::Snapshot;
using analysis::StepId;
using nlohmann::ordered_json;
using protocol::Result;
using protocol::Unexpected;

struct DiffFlags {
  std::string before;
  std::string after;
  std::string file;  // of the Dockerfile, where OLD or NEW is a folder or a revision
  std::string format = "text";
  BuildFlags build;
};

// One side, read. A revision has no modes but "may be executed" and no `.git`, so the other side's are taken the same
// way.
struct Side {
  std::shared_ptr<const std::string> text;
  std::shared_ptr<const BuildContext> context;
  bool revision = false;
};

std::shared_ptr<const BuildContext> as_git_keeps_it(const BuildContext& context) {
  analysis::ListedContext::Source source;
  for (analysis::ContextEntry entry : context.entries()) {
    if (entry.path == ".git" || entry.path.starts_with(".git/")) continue;
    if (entry.kind == analysis::EntryKind::directory) entry.mode = 0755;
    if (entry.kind == analysis::EntryKind::file) entry.mode = (entry.mode & 0100U) != 0 ? 0755 : 0644;
    source.entries.push_back(std::move(entry));
  }
  source.dockerfile = context.dockerfile_path();
  source.unknown_reason = context.unknown_reason();
  return std::make_shared<analysis::ListedContext>(std::move(source));
}

Result<Side> read_files(const std::string& dockerfile, const Build& build) {
  const Result<LoadedDockerfile> loaded = load_dockerfile(dockerfile, build, Contents::hashed);
  if (!loaded) return Unexpected({fmt::format("{}: {}", visible(dockerfile), loaded.error().message)});
  return Side{loaded->inputs.text, loaded->inputs.context, false};
}

// The Dockerfile that stands for a whole project, and where it is built, as they are in the working tree.
Result<Side> read_revision_side(const std::string& revision, const std::string& file, const Build& build) {
  const std::string dockerfile = absolute_path(file);
  std::string context = build.context.value_or("");
  if (context.empty()) {
    BuildFileReader build_files;
    context = find_context({dockerfile, {}, {}}, build_files).directory;
  }
  const Result<RevisionFiles> files = read_revision({revision, absolute_path(context), dockerfile});
  if (!files) return Unexpected(files.error());
  return Side{std::make_shared<const std::string>(files->dockerfile), files->context, true};
}

Result<Side> read_side(const std::string& name, const DiffFlags& flags, const Build& build) {
  std::error_code error;
  const std::string file = flags.file.empty() ? "Dockerfile" : flags.file;
  if (fs::is_directory(name, error)) {
    // A folder is a project of its own: its Dockerfile, built there.
    Build there = build;
    if (!there.context) there.context = name;
    return read_files((fs::path(name) / file).string(), there);
  }
  if (fs::exists(name, error)) return read_files(name, build);
  return read_revision_side(name, file, build);
}

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

struct Row {
  std::uint32_t line = 0;
  std::string step;
  Outcome outcome = Outcome::cached;
  std::string text;
};

std::vector<Row> rows_of(const Snapshot& snapshot) {
  std::vector<Row> rows;
  for (StepId id = 0; id < snapshot.model.steps.size(); ++id) {
    const analysis::Step& step = snapshot.model.steps[id];
    if (step.op != analysis::Op::exec && step.op != analysis::Op::file) continue;
    if (!snapshot.forecast.steps[id].needed) continue;
    rows.push_back({snapshot.lines.line_at(step.span.begin) + 1, analysis::step_name(snapshot.model, snapshot.tree, id),
                    snapshot.forecast.steps[id].outcome, analysis::next_build_text(snapshot, id)});
  }
  return rows;
}

std::string summary_of(const std::vector<Row>& rows) {
  const auto count = [&](Outcome outcome) {
    return static_cast<std::uint64_t>(
        std::count_if(rows.begin(), rows.end(), [&](const Row& row) { return row.outcome == outcome; }));
  };
  std::string text = fmt::format("{}: {} re-run, {} cached", analysis::count_of(rows.size(), "step", "steps"),
                                 count(Outcome::reruns), count(Outcome::cached));
  if (count(Outcome::if_content_differs) > 0)
    text += fmt::format(", {} re-run only if what they read differs", count(Outcome::if_content_differs));
  if (count(Outcome::unknown) > 0) text += fmt::format(", {} unknown", count(Outcome::unknown));
  return text;
}

std::string as_text(const std::vector<Row>& rows, const Terminal& terminal) {
  const std::size_t columns = terminal.is_terminal ? terminal.width : 120;
  std::size_t widest = 0;
  for (const Row& row : rows) widest = std::max(widest, display_width(visible(row.step)));
  const std::size_t step_columns = std::min(widest, columns / 2);
  std::string out;
  for (const Row& row : rows) {
    const Style style = row.outcome == Outcome::cached ? Style::dim : Style::warning;
    const std::string text = row.outcome == Outcome::cached ? "cached" : row.text;
    out += terminal.paint(Style::dim, fmt::format("{:>4}", row.line)) + "  " +
           pad(fit(visible(row.step), step_columns), step_columns) + "  " + terminal.paint(style, visible(text)) + "\n";
  }
  return out + "\n" + terminal.paint(Style::strong, summary_of(rows)) + "\n";
}

ordered_json as_json(const std::vector<Row>& rows) {
  ordered_json steps = ordered_json::array();
  for (const Row& row : rows) {
    steps.push_back(
        {{"line", row.line}, {"step", row.step}, {"outcome", outcome_name(row.outcome)}, {"reason", row.text}});
  }
  return {{"steps", std::move(steps)}};
}

int fail(const std::string& message) {
  write_error(fmt::format("keyline: {}\n", message));
  return exit_could_not_run;
}

int run(const DiffFlags& flags) {
  const Result<Build> build = read_build_flags(flags.build);
  if (!build) return fail(build.error().message);
  Result<Side> before = read_side(flags.before, flags, *build);
  if (!before) return fail(visible(before.error().message));
  Result<Side> after = read_side(flags.after, flags, *build);
  if (!after) return fail(visible(after.error().message));
  if (before->revision != after->revision) {
    Side& files = before->revision ? *after : *before;
    files.context = as_git_keeps_it(*files.context);
  }
  analysis::Inputs inputs;
  inputs.text = after->text;
  inputs.context = after->context;
  inputs.build = build->options;
  std::vector<std::shared_ptr<const analysis::BuildState>> past;
  ContextQuery named;
  named.build = build->options;
  inputs.named_contexts = load_named_contexts(named, {});
  past.push_back(
      std::make_shared<analysis::BuildState>(before->text, before->context, build->options, inputs.named_contexts));
  inputs.history = std::make_shared<analysis::BuildHistory>(std::move(past));
  const std::shared_ptr<const Snapshot> snapshot = analysis::analyze(std::move(inputs), nullptr, {});
  const std::vector<Row> rows = rows_of(*snapshot);
  const std::string out = flags.format == "json" ? json_text(as_json(rows)) : as_text(rows, terminal_of(STDOUT_FILENO));
  return write_out(out) ? exit_clean : exit_could_not_run;
}

}  // namespace

Command add_diff(Options& declared) {
  const auto flags = std::make_shared<DiffFlags>();
  declared.text("OLD", flags->before, "OLD", "The state that was built: a folder, a Dockerfile or a git revision",
                Options::Need::required);
  declared.text("NEW", flags->after, "NEW", "The state to build next, named the same way", Options::Need::required);
  declared.text("-f,--file", flags->file, "FILE",
                "The Dockerfile in a folder or revision, from that folder or the\ncurrent one (default: Dockerfile)");
  declared.choice("--format", flags->format, {"text", "json"}, "FORMAT", "The form of the answer (default: text)");
  add_build_flags(declared, flags->build);
  declared.footer(
      "Tells which steps a builder that has built OLD reuses for NEW, and the first cause for each that it does not.\n"
      "Revisions are read from git's objects; nothing is checked out.\n"
      "Exit code: 0 compared, 2 one of them could not be read.\n"
      "\nExamples:\n"
      "  keyline diff HEAD .\n"
      "  keyline diff main HEAD --file docker/Dockerfile --context .\n"
      "  keyline diff Dockerfile Dockerfile.new --context .");
  return [flags] { return run(*flags); };
}

}  // namespace keyline::server

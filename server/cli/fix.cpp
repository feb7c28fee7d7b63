#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "server/cli/build_flags.h"
#include "server/cli/commands.h"
#include "server/cli/given_files.h"
#include "server/cli/progress.h"
#include "server/cli/terminal.h"
#include "server/cli/text_file.h"
#include "server/fixing/fix_all.h"
#include "server/fixing/replace_file.h"
#include "server/fixing/unified_diff.h"

namespace keyline::server {

namespace {

using analysis::Finding;
using analysis::Fix;
using analysis::Safety;

struct FixOptions {
  std::vector<std::string> paths;
  bool diff = false;
  bool review = false;
  BuildFlags build;
};

std::string coloured(const std::string& diff, const Terminal& terminal) {
  if (!terminal.is_terminal) return diff;  // exact bytes, for `patch`
  std::string out;
  std::string_view rest = diff;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    const bool header = line.starts_with("--- ") || line.starts_with("+++ ");
    const Style style = header                  ? Style::strong
                        : line.starts_with('@') ? Style::information
                        : line.starts_with('+') ? Style::added
                        : line.starts_with('-') ? Style::removed
                                                : Style::plain;
    out += terminal.paint(style, visible(line)) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

// What a person still has to decide, once the allowed fixes are in.
std::string left_for_review(const std::string& path, const FixResult& result, const Terminal& terminal) {
  std::string out;
  for (const Finding& finding : result.snapshot->findings) {
    const auto fix = std::ranges::find_if(finding.fixes, [](const Fix& each) { return each.safety != Safety::safe; });
    if (fix == finding.fixes.end()) continue;
    const std::uint32_t line = result.snapshot->lines.line_at(finding.span.begin) + 1;
    std::string why = fix->safety == Safety::sketch ? "by hand" : "with --review";
    if (!fix->unproven.empty()) why += "; not proved: " + fix->unproven;
    out += fmt::format("  {} {}:{}: {} {}\n", terminal.paint(Style::warning, "left"), visible(path), line,
                       visible(fix->title), terminal.paint(Style::dim, "(" + visible(why) + ")"));
  }
  return out;
}

std::string ending(const FixResult& result) {
  switch (result.end) {
    case FixEnd::settled:
    case FixEnd::stopped:
      return "";
    case FixEnd::round_limit:
    case FixEnd::lets_in:
      return "  the fixes did not come to rest; what is done is kept\n";
    case FixEnd::refused:
      return "  the next fix would have made a file that BuildKit refuses, so it was left out\n";
  }
  return "";
}

std::string account(const std::string& path, const FixResult& result, const Terminal& terminal) {
  std::string out;
  for (const AppliedFix& fix : result.applied) {
    const std::string doubt =
        fix.unproven.empty() ? "" : " " + terminal.paint(Style::dim, "(not proved: " + visible(fix.unproven) + ")");
    out += fmt::format("  {} {}:{}: {} {}{}\n", terminal.paint(Style::added, "fixed"), visible(path), fix.line + 1,
                       visible(fix.title), terminal.paint(Style::dim, fmt::format("[{}]", fix.rule->id)), doubt);
  }
  return out + left_for_review(path, result, terminal) + ending(result);
}

// A .dockerignore that fixes change; several Dockerfiles may share it.
struct ChangedIgnoreFile {
  std::optional<std::string> before;  // absent: there was none
  std::string after;
};

struct Outcome {
  std::size_t applied = 0;
  std::size_t changed = 0;
  std::size_t faults = 0;
  std::map<std::string, ChangedIgnoreFile> ignore_files;  // by absolute path
  bool written = true;
};

// Where .dockerignore lets in what was not read before, that is read before anything more is fixed.
FixResult fix_to_rest(const std::string& path, const analysis::Inputs& inputs, Build build, FixScope scope) {
  constexpr int most_readings = 10;
  FixResult result = fix_all(inputs, scope, {});
  for (int reading = 0; result.end == FixEnd::lets_in && reading < most_readings; ++reading) {
    build.ignore_files[inputs.context->ignore_file().path] = *result.dockerignore;
    protocol::Result<LoadedDockerfile> again = load_dockerfile(path, build);
    if (!again) break;
    again->inputs.text = std::make_shared<const std::string>(result.text);
    FixResult more = fix_all(again->inputs, scope, {});
    if (!more.dockerignore) more.dockerignore = std::move(result.dockerignore);
    more.applied.insert(more.applied.begin(), result.applied.begin(), result.applied.end());
    result = std::move(more);
  }
  return result;
}

// What is only shown is what the next Dockerfile finds, as if it had been written.
protocol::Result<void> change_ignore_file(const analysis::BuildContext& context, const std::string& text,
                                          const FixOptions& options, Build& build, Outcome& outcome) {
  const analysis::IgnoreFile file = context.ignore_file();
  const std::string& before = context.dockerignore().text();
  if (options.diff) {
    build.ignore_files[file.path] = text;
  } else {
    const protocol::Result<void> written =
        file.exists ? replace_file(file.path, before, text) : create_file(file.path, text);
    if (!written) return protocol::Unexpected({fmt::format("{}: {}", file.path, written.error().message)});
  }
  const auto [changed, first] = outcome.ignore_files.try_emplace(file.path);
  if (first && file.exists) changed->second.before = before;
  changed->second.after = text;
  return {};
}

protocol::Result<void> write_fixed(const std::string& path, const analysis::Inputs& inputs, const FixResult& result,
                                   const FixOptions& options, Build& build, Outcome& outcome) {
  const std::string& before = *inputs.text;
  if (options.diff) {
    const std::string name = path == "-" ? "Dockerfile" : path;
    outcome.written &= write_out(coloured(unified_diff(name, before, result.text), terminal_of(STDOUT_FILENO)));
  } else if (path == "-") {
    outcome.written &= write_out(result.text);
  } else if (result.text != before) {
    if (protocol::Result<void> replaced = replace_file(path, before, result.text); !replaced) return replaced;
  }
  if (!result.dockerignore) return {};
  return change_ignore_file(*inputs.context, *result.dockerignore, options, build, outcome);
}

// Standard input is not a file to be written: its repaired text goes to standard output, and no other file is touched.
void fix_file(const std::string& path, Build& build, const FixOptions& options, Outcome& outcome) {
  const protocol::Result<LoadedDockerfile> loaded = load_dockerfile(path, build);
  if (!loaded) {
    report_fault(path, loaded.error().message);
    ++outcome.faults;
    return;
  }
  const FixScope scope{.up_to = options.review ? Safety::review : Safety::safe, .dockerignore = path != "-"};
  const FixResult result = fix_to_rest(path, loaded->inputs, build, scope);
  if (const auto written = write_fixed(path, loaded->inputs, result, options, build, outcome); !written) {
    report_fault(path, written.error().message);
    ++outcome.faults;
    return;
  }
  outcome.applied += result.applied.size();
  if (result.text != *loaded->inputs.text) ++outcome.changed;
  if (options.diff || path == "-") {
    write_error(account(path, result, terminal_of(STDERR_FILENO)));
  } else {
    outcome.written &= write_out(account(path, result, terminal_of(STDOUT_FILENO)));
  }
}

void show_ignore_files(Outcome& outcome) {
  const Terminal terminal = terminal_of(STDOUT_FILENO);
  for (const auto& [path, file] : outcome.ignore_files) {
    outcome.written &= write_out(coloured(unified_diff(shown_path(path), file.before, file.after), terminal));
  }
}

std::string summary(const Outcome& outcome, const FixOptions& options) {
  if (outcome.applied == 0) return "nothing to fix\n";
  const std::size_t changed = outcome.changed + outcome.ignore_files.size();
  return fmt::format("{} {} in {} file{}{}\n", outcome.applied, outcome.applied == 1 ? "fix" : "fixes", changed,
                     changed == 1 ? "" : "s", options.diff ? ", shown and not written" : "");
}

int run(const FixOptions& options) {
  protocol::Result<Build> build = read_build_flags(options.build);
  if (!build) {
    write_error(fmt::format("keyline: {}\n", build.error().message));
    return exit_could_not_run;
  }
  const GivenFiles found = files_for(options.paths);
  Outcome outcome;
  Progress progress("fixing", found.files.size());
  for (std::size_t i = 0; i < found.files.size(); ++i) {
    progress.at(i, found.files[i]);
    fix_file(found.files[i], *build, options, outcome);
    progress.clear();
  }
  if (options.diff) show_ignore_files(outcome);
  for (const PathFault& fault : found.faults) {
    report_fault(fault.path, fault.message);
    ++outcome.faults;
  }
  const bool to_stdout = options.diff || std::ranges::count(found.files, "-") > 0;
  if (to_stdout) {
    write_error(summary(outcome, options));
  } else if (outcome.applied + outcome.faults == 0 || outcome.applied > 0) {
    outcome.written &= write_out(summary(outcome, options));
  }
  return outcome.faults > 0 || !outcome.written ? exit_could_not_run : exit_clean;
}

}  // namespace

Command add_fix(Options& declared) {
  const auto options = std::make_shared<FixOptions>();
  declared.list("PATH", options->paths, "",
                "Dockerfiles, or folders to search (default: .);\n`-` repairs standard input to standard output");
  declared.flag("--diff", options->diff, "Show a patch and write nothing");
  declared.flag("--review", options->review, "Also apply fixes that may change the image; look at each");
  add_build_flags(declared, options->build);
  add_rule_flag(declared, options->build);
  declared.footer(
      "Only fixes that build the same image are applied, until none is left. A file is replaced as a whole or\n"
      "not at all, and keeps its mode, line endings and symlink. Some fixes edit or create the .dockerignore that\n"
      "is in force, unless a link leads out of the build directory.\n"
      "Exit code: 0 done, 2 something could not be read or written.\n"
      "\nExamples:\n"
      "  keyline fix --diff\n"
      "  keyline fix Dockerfile\n"
      "  keyline fix --review --diff | git apply");
  return [options] { return run(*options); };
}

}  // namespace keyline::server

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "server/cli/build_flags.h"
#include "server/cli/check_builds.h"
#include "server/cli/commands.h"
#include "server/cli/commit_count.h"
#include "server/cli/contract.h"
#include "server/cli/given_files.h"
#include "server/cli/progress.h"
#include "server/cli/report.h"
#include "server/cli/text_file.h"
#include "server/history/commit_store.h"
#include "server/history/project_history.h"
#include "server/history/step_times.h"
#include "server/settings/settings.h"

namespace keyline::server {

namespace {

struct CheckOptions {
  std::vector<std::string> paths;
  std::string format = "text";
  std::string fail_on = "warning";
  std::string contract;
  bool update = false;
  std::string history;  // "": not asked
  BuildFlags build;
};

// Where there is no history, the findings stay as they are, and stderr says why.
void add_prices(CheckedFile& file, const std::string& context_root, ProjectHistories& histories) {
  const protocol::Result<ProjectHistory> project = histories.of(context_root);
  if (!project) {
    file.price_fault = "findings have no price, and stay in the order of the file: " + project.error().message;
    return;
  }
  file.prices = analysis::price_findings(*file.snapshot, *project->tree, project->directory,
                                         step_times(absolute_path(file.path)));
}

CheckedFile check_file(const std::string& path, const Build& build, ListingCache& listings, BuildFileCheck& builds,
                       ProjectHistories* histories) {
  const protocol::Result<LoadedDockerfile> loaded = load_dockerfile(path, build, Contents::unread, &listings);
  if (!loaded) return {path, nullptr, loaded.error().message};
  try {
    CheckedFile checked{path, analysis::analyze(loaded->inputs, nullptr, {}), ""};
    if (path != "-") builds.add(absolute_path(path), checked.snapshot, loaded->found);
    if (histories != nullptr) add_prices(checked, loaded->context_root, *histories);
    return checked;
  } catch (const std::exception& error) {
    // A fault of ours in one file must not hide what there is to say about the others.
    return {path, nullptr, fmt::format("internal error: {}", error.what())};
  }
}

std::string report(const std::vector<CheckedFile>& files, const std::string& format) {
  if (format == "json") return report_as_json(files);
  if (format == "sarif") return report_as_sarif(files);
  if (format == "github") return report_as_github(files);
  if (format == "gitlab") return report_as_gitlab(files);
  return report_as_text(files, terminal_of(1));
}

int run(const CheckOptions& options) {
  const protocol::Result<Build> build = read_build_flags(options.build);
  if (!build) {
    write_error(fmt::format("keyline: {}\n", build.error().message));
    return exit_could_not_run;
  }
  std::optional<std::size_t> commits;
  if (!options.history.empty()) {
    commits = commit_count(options.history);
    if (!commits) {
      write_error(fmt::format("keyline: {}\n", commit_count_fault("--history", options.history)));
      return exit_could_not_run;
    }
  }
  const GivenFiles found = files_for(options.paths);
  std::vector<CheckedFile> files;
  ListingCache listings;
  BuildFileCheck builds;
  std::unique_ptr<ProjectHistories> histories;
  if (commits) {
    histories = std::make_unique<ProjectHistories>(*commits, default_commit_file(), [](std::size_t, std::size_t) {});
  }
  Progress progress("checking", found.files.size());
  for (const std::string& path : found.files) {
    progress.at(files.size(), path);
    files.push_back(check_file(path, *build, listings, builds, histories.get()));
  }
  progress.clear();
  if (options.update && options.contract.empty()) {
    write_error("keyline: --update says nothing without --contract FILE\n");
    return exit_could_not_run;
  }
  if (options.update) {
    const protocol::Result<bool> written = update_contract(options.contract, files);
    if (!written) write_error(fmt::format("keyline: {}\n", written.error().message));
    if (!written) return exit_could_not_run;
  } else if (!options.contract.empty()) {
    const protocol::Result<void> held = hold_to_contract(options.contract, files);
    if (!held) write_error(fmt::format("keyline: {}\n", held.error().message));
    if (!held) return exit_could_not_run;
  }
  for (CheckedFile& file : builds.finish(build->rules)) files.push_back(std::move(file));

  for (const PathFault& fault : found.faults) files.push_back({fault.path, nullptr, fault.message});
  for (const CheckedFile& file : files) {
    if (!file.price_fault.empty()) report_fault(file.path, file.price_fault);
    if (!file.snapshot) {
      report_fault(file.path, file.fault);
    } else if (const auto& context = file.snapshot->inputs.context; context && !context->complete()) {
      // Findings that need to know the context are then missing, which would look like a clean file.
      report_fault(file.path, "the context is not known: " + context->unknown_reason());
    }
  }
  const bool written = write_out(report(files, options.format));
  const ReportCount total = count(files);
  if (!written || total.unread > 0) return exit_could_not_run;
  if (options.fail_on == "never") return exit_clean;
  return total.at_least(*severity_from(options.fail_on)) > 0 ? exit_findings : exit_clean;
}

}  // namespace

Command add_check(Options& declared) {
  const auto options = std::make_shared<CheckOptions>();
  declared.list("PATH", options->paths, "", "Dockerfiles, or folders to search; `-` reads standard input (default: .)");
  declared.choice("--format", options->format, {"text", "json", "sarif", "github", "gitlab"}, "FORMAT",
                  "The form of the report (default: text)");
  declared.choice("--fail-on", options->fail_on, {"error", "warning", "information", "never"}, "SEVERITY",
                  "The least severity that makes the exit code 1\n(default: warning)");
  declared.text("--contract", options->contract, "FILE",
                "Fail when an install depends on more than this reviewed file says");
  declared.flag("--update", options->update, "Write the contract as things are");
  declared.text(
      "--history", options->history, "N",
      "Price findings: what they cost in the last N commits. The dearest\ncome first, and what cost nothing is silent");
  add_build_flags(declared, options->build);
  add_rule_flag(declared, options->build);
  declared.footer(
      "Exit code: 0 clean, 1 findings at or above --fail-on, 2 something could not be read.\n"
      "\nExamples:\n"
      "  keyline check\n"
      "  keyline check services/ --fail-on error\n"
      "  keyline check --format sarif > keyline.sarif\n"
      "  keyline check --contract keyline.lock\n"
      "  keyline check docker/Dockerfile --context . --build-arg NODE_VERSION=22");
  return [options] { return run(*options); };
}

}  // namespace keyline::server

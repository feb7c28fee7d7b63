#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "server/cli/build_flags.h"
#include "server/cli/commands.h"
#include "server/cli/commit_count.h"
#include "server/cli/given_files.h"
#include "server/cli/json_text.h"
#include "server/cli/progress.h"
#include "server/cli/replay_file.h"
#include "server/cli/replay_page.h"
#include "server/cli/replay_report.h"
#include "server/cli/text_file.h"
#include "server/fixing/replace_file.h"
#include "server/history/commit_store.h"
#include "server/history/project_history.h"

namespace keyline::server {

namespace {

using protocol::Result;
using protocol::Unexpected;

struct ReplayFlags {
  std::vector<std::string> paths;
  std::string commits = "200";
  std::string format = "text";
  std::string page;  // a file; "": none is wanted
  bool as_committed = false;
  BuildFlags build;
};

// The user has named it; what stands there already is replaced as a whole.
Result<void> write_page(const std::string& file, const std::string& page) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return create_file(file, page);
  const Result<std::string> present = read_text_file(file);
  if (!present) return Unexpected(present.error());
  return replace_file(file, *present, page);
}

int fail(const std::string& message) {
  write_error(fmt::format("keyline: {}\n", message));
  return exit_could_not_run;
}

int run(const ReplayFlags& flags) {
  const std::optional<std::size_t> commits = commit_count(flags.commits);
  if (!commits) return fail(commit_count_fault("--commits", flags.commits));
  const Result<Build> build = read_build_flags(flags.build);
  if (!build) return fail(build.error().message);
  const GivenFiles given = files_for(flags.paths);
  std::unique_ptr<Progress> progress;
  ProjectHistories histories(*commits, default_commit_file(), [&](std::size_t done, std::size_t total) {
    if (!progress) progress = std::make_unique<Progress>("reading commits", total);
    constexpr std::size_t now_and_then = 50;
    if (done % now_and_then == 0) progress->at(done, "");
    if (done == total) progress.reset();
  });
  std::vector<ReplayReport> reports;
  for (const std::string& path : given.files) {
    reports.push_back(flags.as_committed ? replay_file_as_committed(path, *build, histories)
                                         : replay_file(path, *build, histories, !flags.page.empty()));
  }
  progress.reset();
  bool good = given.faults.empty();
  for (const PathFault& fault : given.faults) report_fault(fault.path, fault.message);
  for (const ReplayReport& report : reports) {
    if (report.fault.empty()) continue;
    good = false;
    report_fault(report.file, report.fault);
  }
  if (!flags.page.empty()) {
    const Result<void> written = write_page(flags.page, replay_page(reports));
    if (!written) return fail(fmt::format("{}: {}", visible(flags.page), visible(written.error().message)));
  }
  const std::string out =
      flags.format == "json" ? json_text(replay_as_json(reports)) : replay_as_text(reports, terminal_of(STDOUT_FILENO));
  return write_out(out) && good ? exit_clean : exit_could_not_run;
}

}  // namespace

Command add_replay(Options& declared) {
  const auto flags = std::make_shared<ReplayFlags>();
  declared.list("PATH", flags->paths, "", "Dockerfiles, or folders to search (default: .)");
  declared.text("--commits", flags->commits, "N", "How many commits to go back, along first parents (default: 200)");
  declared.choice("--format", flags->format, {"text", "json"}, "FORMAT", "The form of the answer (default: text)");
  declared.flag("--as-committed", flags->as_committed,
                "Each commit with the Dockerfile and .dockerignore it has itself");
  declared.text("--html", flags->page, "FILE",
                "Also write a page that shows it all, with the order that fixes propose");
  add_build_flags(declared, flags->build);
  declared.footer(
      "Tells for each step how many of the last commits would have re-run it on a builder that had built the commit\n"
      "before, and which files did it. Commits are read from git's objects; nothing is checked out, and what they\n"
      "changed is remembered for the next time.\n"
      "Exit code: 0 replayed, 2 something could not be read.\n"
      "\nExamples:\n"
      "  keyline replay\n"
      "  keyline replay --commits 1000 docker/Dockerfile\n"
      "  keyline replay --html report.html");
  return [flags] { return run(*flags); };
}

}  // namespace keyline::server

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "server/cli/build_flags.h"
#include "server/cli/commands.h"
#include "server/cli/diff_report.h"
#include "server/cli/diff_sides.h"
#include "server/cli/terminal.h"
#include "server/cli/text_file.h"
#include "server/environment/disk_path.h"
#include "server/history/step_times.h"
#include "server/lsp/context_loader.h"

namespace keyline::server {

namespace {

using protocol::Result;
using protocol::Unexpected;

struct DiffFlags {
  std::string before;
  std::string after;
  std::string file;  // of the Dockerfile, where OLD or NEW is a folder or a revision
  bool all = false;
  std::string format = "text";
  BuildFlags build;
};

// The named contexts are read once, whatever the number of Dockerfiles.
struct Comparison {
  Build build;
  analysis::NamedContexts named_contexts;
};

// `dockerfile`: where it is on disk, for what is remembered of its builds.
std::vector<DiffedStep> compare(Side before, Side after, const std::string& dockerfile, const Comparison& with) {
  make_comparable(before, after);
  const analysis::BuildOptions& options = with.build.options;
  analysis::Inputs inputs;
  inputs.text = after.text;
  inputs.context = after.context;
  inputs.build = options;
  inputs.named_contexts = with.named_contexts;
  std::vector<std::shared_ptr<const analysis::BuildState>> past;
  past.push_back(std::make_shared<analysis::BuildState>(before.text, before.context, options, with.named_contexts));
  inputs.history = std::make_shared<analysis::BuildHistory>(std::move(past), step_times(dockerfile));
  return diffed_steps(*analysis::analyze(std::move(inputs), nullptr, {}));
}

Result<std::vector<DiffedFile>> compare_one(const DiffFlags& flags, const Comparison& with) {
  const std::string file = flags.file.empty() ? "Dockerfile" : flags.file;
  std::error_code error;
  const std::string name = std::filesystem::is_regular_file(flags.after, error) ? flags.after : file;
  Result<Side> before = read_side(flags.before, file, with.build);
  if (!before) return Unexpected(before.error());
  Result<Side> after = read_side(flags.after, file, with.build);
  if (!after) return Unexpected(after.error());
  return std::vector<DiffedFile>{{.path = flags.format == "github" ? name : "",
                                  .steps = compare(*std::move(before), *std::move(after), absolute_path(name), with)}};
}

DiffedFile compare_file(const Project& before, const Project& after, const std::string& path, const Comparison& with) {
  const auto is_in = [&](const Project& project) {
    return std::binary_search(project.dockerfiles.begin(), project.dockerfiles.end(), path);
  };
  if (!is_in(before)) return {.path = path, .note = "is new: nothing of it was built before"};
  if (!is_in(after)) return {.path = path, .note = "is gone"};
  Result<Side> one = read_project_side(before, path, with.build);
  Result<Side> other = read_project_side(after, path, with.build);
  for (const Result<Side>* side : {&one, &other}) {
    if (!*side) return {.path = path, .note = fmt::format("cannot be compared: {}", side->error().message)};
  }
  return {.path = path, .steps = compare(*std::move(one), *std::move(other), path_in(after.folder, path), with)};
}

Result<std::vector<DiffedFile>> compare_all(const DiffFlags& flags, const Comparison& with) {
  const Result<std::pair<Project, Project>> projects = read_projects(flags.before, flags.after);
  if (!projects) return Unexpected(projects.error());
  const auto& [before, after] = *projects;
  std::vector<std::string> paths;
  std::set_union(before.dockerfiles.begin(), before.dockerfiles.end(), after.dockerfiles.begin(),
                 after.dockerfiles.end(), std::back_inserter(paths));
  std::vector<DiffedFile> files;
  files.reserve(paths.size());
  for (const std::string& path : paths) files.push_back(compare_file(before, after, path, with));
  return files;
}

std::string as_format(const DiffFlags& flags, const std::vector<DiffedFile>& files) {
  if (flags.format == "json") return diff_as_json(files);
  if (flags.format == "github") return diff_as_markdown(files, flags.before);
  return diff_as_text(files, terminal_of(STDOUT_FILENO));
}

int fail(const std::string& message) {
  write_error(fmt::format("keyline: {}\n", visible(message)));
  return exit_could_not_run;
}

int run(const DiffFlags& flags) {
  const Result<Build> build = read_build_flags(flags.build);
  if (!build) return fail(build.error().message);
  std::error_code error;
  const bool names_file = !flags.file.empty() || std::filesystem::is_regular_file(flags.before, error) ||
                          std::filesystem::is_regular_file(flags.after, error);
  const bool all = flags.all || (flags.format == "github" && !names_file);
  if (flags.all && names_file) return fail("--all compares projects, and a Dockerfile was named");
  ContextQuery named;
  named.build = build->options;
  const Comparison with{*build, load_named_contexts(named, {})};
  const Result<std::vector<DiffedFile>> files = all ? compare_all(flags, with) : compare_one(flags, with);
  if (!files) return fail(files.error().message);
  return write_out(as_format(flags, *files)) ? exit_clean : exit_could_not_run;
}

}  // namespace

Command add_diff(Options& declared) {
  const auto flags = std::make_shared<DiffFlags>();
  declared.text("OLD", flags->before, "OLD", "The state that was built: a folder, a Dockerfile or a git revision",
                Options::Need::required);
  declared.text("NEW", flags->after, "NEW", "The state to build next, named the same way", Options::Need::required);
  declared.text("-f,--file", flags->file, "FILE",
                "The Dockerfile in a folder or revision, from that folder or the\ncurrent one (default: Dockerfile)");
  declared.flag("--all", flags->all,
                "Every Dockerfile of two folders or revisions, each with the context\nfound for it");
  declared.choice("--format", flags->format, {"text", "json", "github"}, "FORMAT",
                  "The form of the answer (default: text). github: Markdown for\npeople who review a change, of all "
                  "Dockerfiles unless one is named");
  add_build_flags(declared, flags->build);
  declared.footer(
      "Tells which steps a builder that has built OLD reuses for NEW, and the first cause for each that it does not.\n"
      "Revisions are read from git's objects; nothing is checked out.\n"
      "Exit code: 0 compared, 2 one of them could not be read.\n"
      "\nExamples:\n"
      "  keyline diff HEAD .\n"
      "  keyline diff main HEAD --file docker/Dockerfile --context .\n"
      "  keyline diff origin/main HEAD --format github >> \"$GITHUB_STEP_SUMMARY\"\n"
      "  keyline diff Dockerfile Dockerfile.new --context .");
  return [flags] { return run(*flags); };
}

}  // namespace keyline::server

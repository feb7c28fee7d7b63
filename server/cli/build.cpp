#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/engine_command.h"
#include "server/cli/recording.h"
#include "server/cli/run_program.h"
#include "server/cli/terminal.h"

namespace keyline::server {

namespace {

namespace fs = std::filesystem;
using protocol::Result;
using protocol::Unexpected;
using Engine = EngineBuild::Engine;

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

// Where the engine looks: beside the caller, and then in the context.
std::string dockerfile_of(const EngineBuild& build, const fs::path& context) {
  if (!build.file.empty()) {
    const fs::path below = context / build.file;
    return is_file(build.file) || !is_file(below) ? build.file : below.string();
  }
  std::vector<const char*> names{"Dockerfile", "dockerfile"};
  if (build.engine == Engine::podman) names = {"Containerfile", "Dockerfile"};
  if (build.engine == Engine::nerdctl) names = {"Dockerfile", "Containerfile"};
  for (const char* name : names) {
    if (is_file(context / name)) return (context / name).string();
  }
  return (context / names.front()).string();
}

Result<RecordedBuild> read_inputs_of(const EngineBuild& build) {
  const std::string context = build.context.empty() && build.engine == Engine::podman ? "." : build.context;
  if (context == "-" || build.file == "-") return Unexpected({"standard input is not remembered"});
  std::error_code error;
  if (!fs::is_directory(context, error)) return Unexpected({"the build context is not a directory on this machine"});
  BuildFlags flags;
  flags.context = context;
  flags.target = build.target;
  flags.platform = build.platform;
  flags.build_arguments = build.build_arguments;
  const char* platform = std::getenv("DOCKER_DEFAULT_PLATFORM");
  if (flags.platform.empty() && platform && build.engine == Engine::docker) flags.platform = platform;
  Result<Build> read = read_build_flags(flags);
  if (!read) return Unexpected(read.error());
  read->options.named_contexts = build.named_contexts;
  return read_inputs(dockerfile_of(build, context), *read);
}

// Listening makes standard error a pipe, so it is done only where progress is text anyway.
bool prints_text(const EngineBuild& build) {
  if (build.quiet || build.engine == Engine::podman) return false;
  const char* preset = std::getenv("BUILDKIT_PROGRESS");
  const std::string_view progress = !build.progress.empty() ? std::string_view(build.progress) : preset ? preset : "";
  if (progress == "plain" || progress == "rawjson") return true;
  return (progress.empty() || progress == "auto") && ::isatty(STDERR_FILENO) == 0;
}

void tell_not_recorded(const std::string& reason) {
  write_error(fmt::format("keyline: not recorded: {}\n", visible(reason)));
}

int run(const std::vector<std::string>& words) {
  const Result<EngineBuild> build = read_engine_command(words);
  if (!build) tell_not_recorded(build.error().message);
  // Before the command starts: what is edited while it runs may not be in the image.
  Result<RecordedBuild> inputs = build ? read_inputs_of(*build) : Unexpected(build.error());
  ProgressLogReader reader;
  Listener listener;
  if (inputs && prints_text(*build)) listener = [&reader](std::string_view bytes) { reader.read(bytes); };
  const ProgramEnd end = run_program(words, listener);
  if (!end.error.empty()) write_error(fmt::format("keyline: {}: {}\n", visible(words.front()), end.error));
  if (end.exit_code != 0 || !build) return end.exit_code;
  if (!inputs) {
    tell_not_recorded(inputs.error().message);
  } else if (const Result<void> added = remember(*inputs, reader.finish()); !added) {
    tell_not_recorded(added.error().message);
  }
  return end.exit_code;
}

}  // namespace

Command add_build(Options& declared) {
  const auto words = std::make_shared<std::vector<std::string>>();
  declared.list("COMMAND", *words, "",
                "docker build ..., docker buildx build ..., podman build ..., nerdctl build ...,\nbehind `--`",
                Options::Need::required);
  declared.footer(
      "Runs the command as it is, with its own input, output and exit code, and when it succeeds remembers what the\n"
      "build was made of when it started, as `keyline record` does. Seconds of steps are taken from plain or rawjson\n"
      "progress. A command that is not understood is run all the same.\n"
      "Exit code: that of the command; 127 there is none of that name, 126 it cannot be run.\n"
      "\nExamples:\n"
      "  keyline build -- docker build -t app .\n"
      "  keyline build -- docker buildx build --progress=plain --target test -f docker/Dockerfile .");
  return [words] { return run(*words); };
}

}  // namespace keyline::server

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "analysis/explain/words.h"
#include "server/cli/commands.h"
#include "server/cli/recording.h"
#include "server/cli/terminal.h"
#include "server/environment/directory.h"

namespace keyline::server {

namespace {

using analysis::count_of;
using protocol::Result;
using protocol::Unexpected;

struct RecordFlags {
  std::string file;
  std::string log;  // "": none; "-": standard input
  BuildFlags build;
};

// A pipe may stand behind the name, so this waits for whoever writes into it.
Result<BuildLog> read_log(const std::string& path) {
  int descriptor = STDIN_FILENO;
  if (path != "-") {
    descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) return Unexpected({error_text(errno)});
  }
  ProgressLogReader reader;
  std::array<char, 65536> block;
  int error = 0;
  for (;;) {
    const ssize_t size = ::read(descriptor, block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) error = errno;
    if (size <= 0) break;
    reader.read({block.data(), static_cast<std::size_t>(size)});
  }
  if (path != "-") ::close(descriptor);
  if (error != 0) return Unexpected({error_text(error)});
  BuildLog log = reader.finish();
  if (log.result == BuildLog::Result::failed) return Unexpected({"the build it tells of failed"});
  if (log.steps.empty()) return Unexpected({"there is no progress of BuildKit in it"});
  return log;
}

int fail(const std::string& message) {
  write_error(fmt::format("keyline: {}\n", message));
  return exit_could_not_run;
}

int run(const RecordFlags& flags) {
  const Result<Build> build = read_build_flags(flags.build);
  if (!build) return fail(build.error().message);
  if (flags.file == "-") return fail("a Dockerfile from standard input has no place to be remembered under");
  BuildLog log;
  if (!flags.log.empty()) {
    Result<BuildLog> read = read_log(flags.log);
    if (!read) return fail(fmt::format("{}: {}; nothing is recorded", visible(flags.log), read.error().message));
    log = *std::move(read);
  }
  Result<RecordedBuild> inputs = read_inputs(flags.file, *build);
  if (!inputs) return fail(inputs.error().message);
  if (const Result<void> added = remember(*inputs, std::move(log)); !added) return fail(visible(added.error().message));
  std::string said = fmt::format("Recorded the build of {}: {} in the context", visible(flags.file),
                                 count_of(inputs->context.entries.size(), "entry", "entries"));
  if (!inputs->steps.empty()) said += fmt::format(", {} in the log", count_of(inputs->steps.size(), "step", "steps"));
  if (!inputs->context.unknown_reason.empty()) said += fmt::format(" ({})", visible(inputs->context.unknown_reason));
  return write_out(said + "\n") ? exit_clean : exit_could_not_run;
}

}  // namespace

Command add_record(Options& declared) {
  const auto flags = std::make_shared<RecordFlags>();
  declared.text("FILE", flags->file, "FILE", "The Dockerfile of a build that has just succeeded",
                Options::Need::required);
  declared.text(
      "--log", flags->log, "FILE",
      "What the build printed, for the seconds of each step: plain progress\nor --progress=rawjson; `-` reads "
      "standard input");
  add_build_flags(declared, flags->build);
  declared.footer(
      "Remembers what the build was made of, so that forecasts can say what changed since: the Dockerfile, hashes of\n"
      "the context's files, arguments. That stays in $XDG_CACHE_HOME/keyline (~/.cache/keyline), readable by you "
      "alone.\n"
      "Exit code: 0 recorded, 2 something could not be read or written, or the log tells of a failure.\n"
      "\nExamples:\n"
      "  keyline record Dockerfile --context . --build-arg VERSION=1.4\n"
      "  docker build --progress=plain . 2>&1 | tee build.log && keyline record Dockerfile --log build.log\n"
      "  docker buildx history logs | keyline record Dockerfile --log -");
  return [flags] { return run(*flags); };
}

}  // namespace keyline::server

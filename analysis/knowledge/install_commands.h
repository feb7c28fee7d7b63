#pragma once
// Finds, in the commands of a RUN, those that install packages or fetch them on the way, and says what they take: from
// manifests, from the command line, or from the project's own sources. Looks through wrappers (`sudo`, `env`, `npx`,
// `poetry run`, `sh -c`) and follows `cd`. Spans count from the instruction's first byte.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/knowledge/package_managers.h"
#include "analysis/knowledge/programs.h"
#include "analysis/syntax/tree.h"

namespace keyline::analysis {

// What of the project an install reads besides manifests.
enum class SourceUse : std::uint8_t {
  nothing,
  project,  // the project itself, if its manifest makes it a package
  sources,  // paths that the command names
};

struct Install {
  Tool tool = Tool::npm;
  Verb verb = Verb::install;
  std::size_t command = 0;               // index into the commands that were given
  Span span;                             // the simple command, wrappers included
  std::vector<ShellWord> words = {};     // the program first, wrappers left out
  std::string title;                     // as people say it: "npm ci"
  std::vector<ShellWord> operands = {};  // what is neither program, verb nor option
  std::vector<std::pair<std::string, std::optional<std::string>>> options = {};
  std::vector<std::string> requirements = {};  // files that -r and -c name, as written
  std::string directory = {};                  // where the project stands in the image; "" when not known
  SourceUse sources = SourceUse::nothing;
  bool names_packages = false;   // takes only what its operands name: reads no manifest
  bool keeps_manifests = false;  // promises not to rewrite manifests and lock files
  bool scripts = true;           // lifecycle scripts of the project may run
  bool offline = false;          // fetches nothing: takes what an earlier step left in the cache
  bool publishes = false;        // leaves what it built in the cache, for later commands to take
  bool conditional = false;
  bool other_user = false;  // not the user of the step
  // Variables set in front of the command or earlier in the RUN; a value with a variable in it is not known: "$".
  std::vector<std::pair<std::string, std::string>> variables = {};

  const PackageManager& manager() const { return package_manager(tool); }
  // Of one of the options in the list, the last value; "" for an option without one.
  std::optional<std::string> option(std::string_view names) const;
};

// The commands of a RUN in any form: those of its script, or the exec form as one command.
std::vector<ShellCommand> run_commands(const Instruction& run);

std::vector<Install> find_installs(const std::vector<ShellCommand>& commands, std::string_view workdir);

}  // namespace keyline::analysis

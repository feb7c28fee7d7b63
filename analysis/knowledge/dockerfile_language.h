#pragma once
// The words of the Dockerfile language as its reference defines them: instructions with their forms and flags, the keys
// of RUN --mount, and the arguments that need no ARG line to have a value. One table for completion, signatures and
// hovers; what the parser accepts is not decided here. Plain facts.

#include <span>
#include <string_view>

#include "analysis/syntax/tree.h"

namespace keyline::analysis {

struct FlagFact {
  std::string_view name;         // without dashes
  std::string_view value;        // what to write behind "=", "<user>[:<group>]"; "": it stands alone
  std::string_view values = {};  // words to choose from, if there are any
  std::string_view text = {};    // one sentence
};

struct InstructionFact {
  Keyword keyword = Keyword::unknown;
  std::string_view summary;  // one line
  std::string_view cache;    // what of it counts for the build cache, one or two sentences
  // Each way to write what follows the keyword: parameters separated by "|", as they stand behind one another.
  std::span<const std::string_view> forms;
  std::span<const FlagFact> flags = {};
};

std::span<const InstructionFact> instruction_facts();
const InstructionFact* instruction_fact(Keyword keyword);  // null for unknown
const FlagFact* flag_fact(Keyword keyword, std::string_view name);

struct MountKey {
  std::string_view name;
  std::string_view types;   // of mounts that take it
  std::string_view values;  // words to choose from
  std::string_view text;
};
std::span<const MountKey> mount_keys();

struct PredefinedArgument {
  std::string_view name;
  std::string_view text;
  bool platform = false;  // has a value in front of the first FROM; in a stage an ARG line brings it in
};
std::span<const PredefinedArgument> predefined_arguments();
const PredefinedArgument* predefined_argument(std::string_view name);

struct DirectiveFact {
  std::string_view name;
  std::string_view usual;  // a value that is nearly always right
  std::string_view text;
};
std::span<const DirectiveFact> directive_facts();

}  // namespace keyline::analysis

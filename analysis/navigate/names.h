#pragma once
// What a name in a Dockerfile stands for, and where else the same thing is named. Scopes are the model's: a variable is
// one from its first declaration through every redeclaration that hides it, in the stages that inherit it and, for an
// ARG without a value of its own, up to the ARG before the first FROM. Pure and total; spans are absolute.
//
// name_at() looks at one instruction. same_names() looks at all of them, and reads those that have the name in them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::analysis {

enum class NameKind : std::uint8_t {
  stage,           // AS name, FROM name, --from=name or number
  image,           // FROM reference, --from=reference
  variable,        // of ARG and ENV, and its uses
  shell_variable,  // known to the shell of one RUN alone
  heredoc,
  mount_id,  // the id that mounts share; that of a cache mount without one is its target
  source,    // a path of the build context
};

struct Name {
  NameKind kind = NameKind::variable;
  std::string text;  // as it is compared: stages in lower case, values expanded, paths clean
  Span span;
  std::uint32_t item = 0;  // index into SyntaxTree::items
  StepId step = none;      // that of the item, or the trigger in a stage that runs it; none before the first FROM
  bool declares = false;   // a value or a meaning is given here
  bool literal = true;     // the span holds the name and nothing else
  StageId stage = none;    // NameKind::stage: which one
  Mount::Type mount = Mount::Type::unknown;  // NameKind::mount_id: ids of different types are different things
  // NameKind::variable: where the declaration that is seen here has its name. Empty: none is in this file.
  std::optional<Offset> declaration;
};

// The narrowest name that `offset` touches.
std::optional<Name> name_at(const Snapshot& snapshot, Offset offset);

// Where what is named got the meaning that it has here: the setting that a variable's use sees, the FROM of a stage.
// On a declaration without a value, where its value comes from; on any other declaration, the declaration.
std::vector<Span> definitions_of(const Snapshot& snapshot, const Name& name);
// Where it was introduced first.
std::vector<Span> declarations_of(const Snapshot& snapshot, const Name& name);

// All places that name the same thing, sorted, the one given among them.
std::vector<Name> same_names(const Snapshot& snapshot, const Name& name);

// NameKind::source: the files of the context that it selects, at most so many, sorted.
std::vector<std::string> files_of(const Snapshot& snapshot, const Name& source, std::size_t most);
// Those that all sources of an instruction select.
std::vector<std::string> files_of(const Snapshot& snapshot, StepId step, std::size_t most);
// The steps that can re-run when these files change, in file order.
std::vector<StepId> readers_of(const Snapshot& snapshot, const std::vector<std::string>& files);

}  // namespace keyline::analysis

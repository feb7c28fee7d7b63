#pragma once
// Which declarations in the file are one variable. Private to `navigate/`. A declaration is known by where its name
// stands, since the model copies what a stage inherits.

#include <optional>
#include <set>
#include <string_view>

#include "analysis/analysis.h"

namespace keyline::analysis {

// Where the declaration of `name` stands that a step sees; of an ARG without any value also, which sets nothing.
std::optional<Offset> declaration_seen(const Snapshot& snapshot, StepId step, DefinitionId definition,
                                       std::string_view name);
// Of the ARG in front of the first FROM; `before` leaves out what stands behind it.
std::optional<Offset> global_declaration(const Snapshot& snapshot, std::string_view name, Offset before);

// Every declaration of the variable that is declared at `place`.
std::set<Offset> declarations_with(const Snapshot& snapshot, std::string_view name, Offset place);

// `ARG name` without a value, at `place` in this instruction.
bool is_bare_argument(const Snapshot& snapshot, std::uint32_t item, Offset place);

}  // namespace keyline::analysis

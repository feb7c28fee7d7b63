#pragma once
// RUN --mount: the CSV of one flag into a Mount, as instructions/commands_runmount.go reads it (cache-model 3).

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/model/model.h"

namespace keyline::analysis {

// Expands one value that stands at `span`; mounts expand everything but `from`.
using ValueExpander = std::function<Value(std::string_view text, Span span)>;

struct MountReading {
  Mount mount;
  std::vector<ModelProblem> problems;  // met when the stage is built
  std::optional<Span> variable_from;   // a variable in `from`, refused in every stage
};

// `span` is the whole flag in the file; `verbatim` says that the flag's text stands there without quotes or escapes, so
// that places inside it can be told.
MountReading read_mount(std::string_view value, Span span, bool verbatim, const ValueExpander& expand_value);

// The fields of one line of CSV. Quotes may only surround a whole field.
std::vector<std::pair<std::string, Offset>> csv_fields(std::string_view line);

}  // namespace keyline::analysis

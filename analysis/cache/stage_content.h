#pragma once
// Where a path in a stage's files comes from, as far as that can be told without running anything: a COPY elsewhere
// leaves it alone, and one that brings a context file says what it holds. Only a RUN hides what it does.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/cache/builder_cache.h"
#include "analysis/cache/content.h"
#include "analysis/cache/operations.h"

namespace keyline::analysis {

struct ContentTrace {
  // Operations whose results hold the same at the path, from the one asked about downwards.
  std::vector<OperationId> same_in;
  // What it holds, when a COPY of a context file put it there; `form` names what else went into its digest.
  std::optional<SourceContent> file;
  std::string form;
};

// `path` is clean and relative to the root, as in a selector.
ContentTrace trace_content(const Operations& operations, const BuildView& build, OperationId operation,
                           std::string_view path);

}  // namespace keyline::analysis

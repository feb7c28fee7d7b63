#pragma once
// A step's cache key as the list of what enters it, in order, each with the place it comes from (cache-model 1.4). The
// digest is derived from the list; the list is the product, since it says why. Computed on demand from a Model: nothing
// is kept, so nothing can be stale.

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/context/build_context.h"
#include "analysis/context/source_match.h"
#include "analysis/model/model.h"

namespace keyline::analysis {

enum class InputKind : std::uint8_t {
  parent,     // the chain: the step before it, with all that entered its key
  no_parent,  // COPY --link: nothing above enters
  base_image,
  operation,  // the instruction after expansion
  shell,
  environment,
  argument,
  user,
  workdir,
  network,
  security,
  mount,
  platform,
  context_files,
  stage_files,
  image_files,
  remote,
  heredoc,
};

struct Input {
  InputKind kind = InputKind::operation;
  std::string label;    // "DATABASE_URL", "src/", "--mount=type=cache"
  std::string value;    // what is hashed, as text; for files a count and size
  Span source;          // where it was set; empty: from outside the file
  StepId step = none;   // the step it names, for parent and stage files
  bool known = true;    // false: keyline does not know the value (and says so)
  std::string missing;  // what would have to be known
  SourceMatch files;    // context_files
};

// What people believe to be in the key and is not, with the reason in a few words.
struct NotAnInput {
  std::string label;
  std::string why;
};

struct CacheKey {
  std::vector<Input> inputs;
  std::vector<NotAnInput> not_inputs;
  bool known = true;  // all inputs are
};

// Empty for steps with Op::nothing.
CacheKey cache_key(const Model& model, const SyntaxTree& tree, const BuildContext& context, StepId step);

}  // namespace keyline::analysis

#pragma once
// The model as BuildKit's solver sees it: operations, each with a key of its own and the inputs that its key is
// chained over (cache-model 1.3, 1.4, 1.6). Whatever is in no key (names, comments, positions, tags, secret values,
// contents of cache mounts) is not here. Inputs have smaller indices than the operations that take them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/model/model.h"
#include "analysis/syntax/tree.h"

namespace keyline::analysis {

using OperationId = std::uint32_t;

struct OperationInput {
  enum class From : std::uint8_t {
    operation,
    scratch,        // a stage without any operation: no files
    context,        // the build context
    named_context,  // `name`
    heredoc,        // `own` of the operation says it all
    remote,         // `name` is a URL
    git,
  };
  From from = From::operation;
  OperationId operation = none;
  std::string name;
  // Content inputs also match when the selected files are the same; chain inputs only when the key matches.
  bool content = false;
  bool pinned = false;  // remote, git: a checksum or commit says which content it is
  struct Selector {
    std::string path;  // clean, as clean_source() gives it; "." for everything
    bool known = true;
    friend bool operator==(const Selector&, const Selector&) = default;
  };
  std::vector<Selector> selectors;
  std::uint32_t origin = none;  // index into the step's origins; none: what stands above it
};

struct Operation {
  enum class Kind : std::uint8_t { image, exec, copy, mkdir, merge };
  Kind kind = Kind::exec;
  StepId step = none;  // none: an image that only COPY --from or a mount names
  std::string own;     // hexadecimal; equal exactly when BuildKit's own keys are equal
  std::vector<OperationInput> inputs;
  // Of an image: the reference as BuildKit asks for it, and what it is known to be. Not known: "".
  std::string reference, digest, layers;
  std::string platform;  // of an image, in its normal form
  // Of an image: the named context that stands for it. A directory is sent anew by each build, under another key.
  std::string named_context;
  // --exclude patterns and --parents of a COPY: they decide what of the sources counts.
  std::vector<std::string> excludes;
  bool parents = false;
};

struct Operations {
  std::vector<Operation> all;
  // By step: its operation, and what the next step stands on (the merge of a COPY --link); none: it makes nothing.
  std::vector<OperationId> of_step;
  std::vector<OperationId> result_of_step;
};

Operations operations_of(const Model& model, const SyntaxTree& tree, const BuildOptions& options = {});

// Digest of each operation with all it stands on, file contents left out: two builds give a step the same digest
// exactly when BuildKit's definitions (LLB) of it are the same. Hexadecimal, by operation.
std::vector<std::string> definition_digests(const Operations& operations);
// The same by step; "" for steps without an operation.
std::vector<std::string> definition_digests(const Model& model, const SyntaxTree& tree);

}  // namespace keyline::analysis

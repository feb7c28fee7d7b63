#pragma once
// The cache of a builder, replayed: what builds that ran have left behind, and what the next one finds there
// (cache-model 1.5, 1.9). It knows only inputs; what files a step will make is known once it ran, and until then every
// answer that hangs on them says so.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/cache/content.h"
#include "analysis/cache/operations.h"
#include "analysis/context/build_context.h"
#include "analysis/model/model.h"
#include "analysis/syntax/tree.h"

namespace keyline::analysis {

using NamedContexts = std::map<std::string, std::shared_ptr<const BuildContext>, std::less<>>;

// The inputs of one build, read. Refers to them.
struct BuildView {
  const SyntaxTree& tree;
  const Model& model;
  const BuildContext& context;
  const BuildOptions& options;
  const NamedContexts& named_contexts;
};

// In order: the worst of its inputs decides about a step.
enum class Outcome : std::uint8_t {
  cached,
  if_content_differs,  // re-runs unless what it reads comes out as it was
  unknown,             // hangs on something that keyline does not know
  reruns,
};

// A step of a build that is remembered.
struct PastStep {
  std::uint32_t build = none;  // in the order of BuilderCache::add
  OperationId operation = none;
};

struct StepForecast {
  Outcome outcome = Outcome::cached;
  bool needed = false;              // false: the target does not need it, or it makes nothing
  Outcome merge = Outcome::cached;  // of a COPY --link: whether putting it onto the layers below is reused
  std::string missing;              // unknown: what would have to be known
  PastStep reused;                  // the step whose result it may take; none: there is none
};

class BuilderCache {
 public:
  // A build of these inputs that succeeded. Its forecast says what it found when it started.
  std::vector<StepForecast> add(const BuildView& build);
  // By step of the model. `contents` answers what files hold.
  std::vector<StepForecast> predict(const BuildView& next, ContentMemo& contents) const;

  std::uint32_t builds() const { return builds_; }

 private:
  friend class BuildReplay;
  using Token = std::string;  // names a key, a content or an image
  struct Record {
    Token key;
    std::vector<std::unordered_set<Token>> inputs;
    PastStep made_by;
  };
  std::unordered_map<std::string, std::vector<Record>> records_;  // by own key, oldest first
  std::unordered_set<Token> images_;                              // digests and layers that were built on
  std::uint32_t builds_ = 0;
  std::uint64_t keys_ = 0;
};

}  // namespace keyline::analysis

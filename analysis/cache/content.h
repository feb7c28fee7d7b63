#pragma once
// What the files that a source selects hash to: types, modes, names, link targets and bytes count; times, owners and
// everything not selected do not (cache-model 4.3, 4.4).

#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/build_context.h"

namespace keyline::analysis {

struct SourceContent {
  // Equal: every BuildKit finds the same content. "" when it is not known; `missing` says why.
  std::string exact;
  // Different: every BuildKit finds another content. Equal while `exact` differs: it depends on the builder, since only
  // such things changed as a builder that has seen the context overlooks (modes of directories), or some versions do
  // (a file moved within a wildcard's match, the target of a link inside it).
  std::string loose;
  std::string missing;
  bool known() const { return !exact.empty(); }
};

struct SourceRules {
  std::vector<std::string> excludes = {};
  bool parents = false;
};

// `path` is clean, as clean_source() gives it.
SourceContent content_of(const BuildContext& context, std::string_view path, const SourceRules& rules = {});

// The same digest for one file from elsewhere, for instance one that an earlier COPY put into a stage.
SourceContent content_of_file(std::uint32_t mode, const ContentHash& content);

}  // namespace keyline::analysis

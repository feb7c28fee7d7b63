#pragma once
// What the files that a source selects hash to: types, modes, names, link targets and bytes count; times, owners and
// everything not selected do not (cache-model 4.3, 4.4).

#include <map>
#include <string>
#include <string_view>
#include <utility>
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

// What was asked of contexts, to be handed from one analysis to the next: while the contexts are the same objects they
// need not be read again. The contexts must outlive it.
using KnownContents = std::map<std::string, SourceContent>;

// Answers from what is known, and keeps only what was asked for.
class ContentMemo {
 public:
  explicit ContentMemo(const KnownContents* before) : before_(before) {}
  const SourceContent& of(const BuildContext& context, std::string_view path, const SourceRules& rules);
  KnownContents take() && { return std::move(known_); }

 private:
  const KnownContents* before_;
  KnownContents known_;
};

// The same digest for one file from elsewhere, for instance one that an earlier COPY put into a stage.
SourceContent content_of_file(std::uint32_t mode, const ContentHash& content);

}  // namespace keyline::analysis

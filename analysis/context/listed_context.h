#pragma once
// A BuildContext over a list: files that are not, or no longer, on a disk (an earlier build, a git revision, a test).
// The list is filtered by .dockerignore as a walk over a directory would be. Directories above a path exist by
// themselves, with mode 0755 unless they are listed.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/build_context.h"

namespace keyline::analysis {

class ListedContext final : public BuildContext {
 public:
  struct Source {
    std::vector<ContextEntry> entries = {};  // in any order
    Dockerignore dockerignore = {};
    IgnoreFile ignore_file = {};
    std::string dockerfile = "Dockerfile";                       // within the context, or ""
    std::map<std::string, std::string, std::less<>> texts = {};  // what rules may read, by path
    std::string unknown_reason = {};                             // not empty: the list is not complete
    BuildEvidence builds = {};
  };
  explicit ListedContext(Source source);

  bool complete() const override { return unknown_reason_.empty(); }
  std::string unknown_reason() const override { return unknown_reason_; }
  const std::vector<ContextEntry>& entries() const override { return entries_; }
  const std::vector<HiddenEntry>& hidden() const override { return hidden_; }
  const Dockerignore& dockerignore() const override { return dockerignore_; }
  IgnoreFile ignore_file() const override { return ignore_file_; }
  std::optional<std::string_view> text(std::string_view path) const override;
  std::string_view dockerfile_path() const override { return dockerfile_; }
  const BuildEvidence& builds() const override { return builds_; }

 private:
  std::vector<ContextEntry> entries_;
  std::vector<HiddenEntry> hidden_;
  Dockerignore dockerignore_;
  IgnoreFile ignore_file_;
  std::string dockerfile_;
  std::map<std::string, std::string, std::less<>> texts_;
  std::string unknown_reason_;
  BuildEvidence builds_;
};

}  // namespace keyline::analysis

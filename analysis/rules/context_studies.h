#pragma once
// What rules found out about a build context by looking through its entries. It follows from the context alone, so an
// analysis hands it on to the next one of the same context: a letter typed in a Dockerfile costs no look at its
// project's files. For run_facts.h and the Snapshot.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "analysis/context/build_context.h"

namespace keyline::analysis {

class ContextStudies {
 public:
  ContextStudies() = default;
  // `earlier`, of the same context, is asked before a study is made; null: there is none.
  ContextStudies(const BuildContext& context, const ContextStudies* earlier) : context_(&context), earlier_(earlier) {}

  // What `study` says of the context and the words. The result stays where it is.
  template <class Result>
  const Result& of(Result (*study)(const BuildContext&, std::string_view), std::string_view words) {
    return find<Result>(reinterpret_cast<Function>(study), words, [&] { return study(*context_, words); });
  }
  template <class Result>
  const Result& of(Result (*study)(const BuildContext&)) {
    return find<Result>(reinterpret_cast<Function>(study), {}, [&] { return study(*context_); });
  }

  // To be kept: what this analysis asked for, and nothing of those before it.
  ContextStudies finish() && {
    ContextStudies kept;
    kept.results_ = std::move(results_);
    return kept;
  }

 private:
  using Function = void (*)();
  struct Less {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the name that std::map looks for
    bool operator()(const auto& a, const auto& b) const {
      if (a.first != b.first) return std::less<Function>()(a.first, b.first);
      return std::string_view(a.second) < std::string_view(b.second);
    }
  };
  using Results = std::map<std::pair<Function, std::string>, std::shared_ptr<const void>, Less>;

  template <class Result>
  const Result& find(Function study, std::string_view words, const auto& make) {
    const std::pair asked(study, words);
    if (const auto known = results_.find(asked); known != results_.end()) return value<Result>(known->second);
    std::shared_ptr<const void> result;
    if (earlier_ != nullptr) {
      if (const auto known = earlier_->results_.find(asked); known != earlier_->results_.end()) result = known->second;
    }
    if (!result) result = std::make_shared<const Result>(make());
    return value<Result>(results_.emplace(std::pair(study, std::string(words)), std::move(result)).first->second);
  }
  template <class Result>
  static const Result& value(const std::shared_ptr<const void>& result) {
    return *static_cast<const Result*>(result.get());
  }

  const BuildContext* context_ = nullptr;
  const ContextStudies* earlier_ = nullptr;
  Results results_;
};

}  // namespace keyline::analysis

#include "analysis/context/edited_context.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "analysis/context/listed_context.h"

namespace keyline::analysis {

namespace {

ListedContext::Source source_of(const BuildContext& context, std::string_view text) {
  ListedContext::Source source{.entries = context.entries()};
  for (const HiddenEntry& hidden : context.hidden()) {
    source.entries.push_back({.path = hidden.path, .kind = hidden.kind, .target = {}, .readable = false});
  }
  source.dockerignore = Dockerignore(text);
  source.ignore_file = {.path = context.ignore_file().path, .exists = true};
  source.dockerfile = context.dockerfile_path();
  source.unknown_reason = context.unknown_reason();
  return source;
}

class EditedContext final : public BuildContext {
 public:
  EditedContext(std::shared_ptr<const BuildContext> before, std::string_view text)
      : before_(std::move(before)), after_(source_of(*before_, text)) {
    shows_more_ = std::any_of(before_->hidden().begin(), before_->hidden().end(), [&](const HiddenEntry& hidden) {
      if (find_entry(*before_, hidden.path) != nullptr) return false;
      // Nobody has looked into a directory that nothing could bring anything back from.
      return find_entry(after_, hidden.path) != nullptr ||
             (hidden.kind == EntryKind::directory && !before_->dockerignore().may_reinclude_below(hidden.path) &&
              after_.dockerignore().may_reinclude_below(hidden.path));
    });
  }

  bool complete() const override { return after_.complete() && !shows_more_; }
  std::string unknown_reason() const override {
    return shows_more_ ? "what .dockerignore no longer hides has not been read" : after_.unknown_reason();
  }
  const std::vector<ContextEntry>& entries() const override { return after_.entries(); }
  const std::vector<HiddenEntry>& hidden() const override { return after_.hidden(); }
  const Dockerignore& dockerignore() const override { return after_.dockerignore(); }
  IgnoreFile ignore_file() const override { return after_.ignore_file(); }
  std::optional<std::string_view> text(std::string_view path) const override {
    return find_entry(after_, path) != nullptr ? before_->text(path) : std::nullopt;
  }
  std::string_view dockerfile_path() const override { return after_.dockerfile_path(); }
  const BuildEvidence& builds() const override { return before_->builds(); }

 private:
  std::shared_ptr<const BuildContext> before_;
  ListedContext after_;
  bool shows_more_ = false;
};

}  // namespace

std::shared_ptr<const BuildContext> with_dockerignore(std::shared_ptr<const BuildContext> context,
                                                      std::string_view text) {
  return std::make_shared<const EditedContext>(std::move(context), text);
}

}  // namespace keyline::analysis

#include "analysis/context/build_context.h"

#include <xxhash.h>

#include <algorithm>

namespace keyline::analysis {

namespace {

class UnknownContext final : public BuildContext {
 public:
  bool complete() const override { return false; }
  std::string unknown_reason() const override { return "the build context is not known"; }
  const std::vector<ContextEntry>& entries() const override { return entries_; }
  const std::vector<HiddenEntry>& hidden() const override { return hidden_; }
  const Dockerignore& dockerignore() const override { return dockerignore_; }
  std::optional<std::string_view> text(std::string_view) const override { return std::nullopt; }
  std::string_view dockerfile_path() const override { return {}; }

 private:
  std::vector<ContextEntry> entries_;
  std::vector<HiddenEntry> hidden_;
  Dockerignore dockerignore_;
};

template <typename Entry>
const Entry* find_path(const std::vector<Entry>& entries, std::string_view path) {
  const auto found = std::lower_bound(entries.begin(), entries.end(), path,
                                      [](const Entry& entry, std::string_view wanted) { return entry.path < wanted; });
  return found != entries.end() && found->path == path ? &*found : nullptr;
}

}  // namespace

ContentHash hash_content(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

const ContextEntry* find_entry(const BuildContext& context, std::string_view path) {
  return find_path(context.entries(), path);
}

const HiddenEntry* find_hidden(const BuildContext& context, std::string_view path) {
  for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
    if (const HiddenEntry* hidden = find_path(context.hidden(), path.substr(0, end))) return hidden;
    if (end == std::string_view::npos) return nullptr;
  }
}

const BuildEvidence& BuildContext::builds() const {
  static const BuildEvidence none;
  return none;
}

const BuildContext& unknown_context() {
  static const UnknownContext context;
  return context;
}

}  // namespace keyline::analysis

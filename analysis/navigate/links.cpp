#include "analysis/navigate/links.h"

#include <algorithm>

#include "analysis/context/source_match.h"
#include "analysis/model/reference.h"
#include "analysis/navigate/mentions.h"

namespace keyline::analysis {

namespace {

constexpr std::string_view hub = "docker.io/";
constexpr std::string_view official = "docker.io/library/";

// The one file that a source names; "" for a directory, a pattern and what is not there.
std::string file_of(const Snapshot& snapshot, const Name& source) {
  const SourceMatch match = match_source(snapshot.context(), source.text);
  if (!match.known || match.wildcard || match.roots.size() != 1) return {};
  const ContextEntry& entry = snapshot.context().entries()[match.roots.front()];
  return entry.kind == EntryKind::directory ? std::string() : entry.path;
}

}  // namespace

std::string image_page(std::string_view reference) {
  const auto parsed = parse_reference(reference);
  if (!parsed || !parsed->repository.starts_with(hub)) return {};
  const std::string_view repository = parsed->repository;
  if (repository.starts_with(official))
    return "https://hub.docker.com/_/" + std::string(repository.substr(official.size()));
  return "https://hub.docker.com/r/" + std::string(repository.substr(hub.size()));
}

std::vector<Link> links(const Snapshot& snapshot) {
  std::vector<Link> found;
  if (const Directive* syntax = snapshot.tree.directive("syntax"); syntax != nullptr) {
    if (std::string page = image_page(syntax->value); !page.empty())
      found.push_back({syntax->value_span, std::move(page), ""});
  }
  for (std::uint32_t index = 0; index < snapshot.tree.items.size(); ++index) {
    const Instruction& instruction = *snapshot.tree.items[index].instruction;
    const Keyword keyword = instruction.keyword;
    const bool leads = keyword == Keyword::from || keyword == Keyword::copy || keyword == Keyword::add ||
                       (keyword == Keyword::run && !instruction.flags.empty());
    if (!leads) continue;
    for (const Name& name : mentions(snapshot, index, Look::names)) {
      Link link{name.span, "", ""};
      if (name.kind == NameKind::image) link.page = image_page(name.text);
      if (name.kind == NameKind::source) link.file = file_of(snapshot, name);
      if (!link.page.empty() || !link.file.empty()) found.push_back(std::move(link));
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Link& one, const Link& other) { return one.span.begin < other.span.begin; });
  return found;
}

}  // namespace keyline::analysis

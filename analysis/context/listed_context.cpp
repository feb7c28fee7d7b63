#include "analysis/context/listed_context.h"

#include <algorithm>
#include <utility>

#include "analysis/context/listing.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

// Depth first: a directory, what lies in it, and only then its neighbours.
bool in_walking_order(const ContextEntry& a, const ContextEntry& b) {
  return std::lexicographical_compare(
      a.path.begin(), a.path.end(), b.path.begin(), b.path.end(), [](char left, char right) {
        const auto rank = [](char c) { return c == '/' ? 0 : 1 + static_cast<unsigned char>(c); };
        return rank(left) < rank(right);
      });
}

class ListWalk {
 public:
  explicit ListWalk(const Dockerignore& dockerignore) : listing_(dockerignore) {}

  void visit(ContextEntry entry) {
    while (!open_.empty() && !is_within(entry.path, open_.back())) leave();
    for (std::size_t end = entry.path.find('/'); end != std::string::npos; end = entry.path.find('/', end + 1)) {
      ContextEntry above;
      above.path = entry.path.substr(0, end);
      above.kind = EntryKind::directory;
      above.mode = 0755;
      enter(std::move(above));
    }
    if (is_closed(entry.path)) return;
    if (entry.kind == EntryKind::directory)
      enter(std::move(entry));
    else
      listing_.add(std::move(entry));
  }

  Listing finish() {
    while (!open_.empty()) leave();
    return std::move(listing_);
  }

 private:
  bool is_closed(std::string_view path) const { return !closed_.empty() && is_within(path, closed_); }

  void enter(ContextEntry directory) {
    if (std::find(open_.begin(), open_.end(), directory.path) != open_.end()) return;
    if (directory.path == closed_ || is_closed(directory.path)) return;
    std::string path = directory.path;
    if (listing_.enter(std::move(directory)))
      open_.push_back(std::move(path));
    else
      closed_ = std::move(path);
  }

  void leave() {
    open_.pop_back();
    listing_.leave();
  }

  Listing listing_;
  std::vector<std::string> open_;
  std::string closed_;  // the last directory that the listing did not want
};

}  // namespace

ListedContext::ListedContext(Source source)
    : dockerignore_(std::move(source.dockerignore)),
      ignore_file_(std::move(source.ignore_file)),
      dockerfile_(std::move(source.dockerfile)),
      texts_(std::move(source.texts)),
      unknown_reason_(std::move(source.unknown_reason)),
      builds_(std::move(source.builds)) {
  std::sort(source.entries.begin(), source.entries.end(), in_walking_order);
  ListWalk walk(dockerignore_);
  for (ContextEntry& entry : source.entries) walk.visit(std::move(entry));
  Listing listing = walk.finish();
  entries_ = listing.take_entries();
  hidden_ = listing.take_hidden();
}

std::optional<std::string_view> ListedContext::text(std::string_view path) const {
  const auto found = texts_.find(path);
  return found == texts_.end() || find_entry(*this, path) == nullptr ? std::nullopt
                                                                     : std::optional<std::string_view>(found->second);
}

}  // namespace keyline::analysis

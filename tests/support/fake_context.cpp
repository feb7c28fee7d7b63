#include "tests/support/fake_context.h"

#include <algorithm>
#include <iterator>

#include "analysis/context/listing.h"

namespace keyline::tests {

namespace {

using analysis::ContextEntry;
using analysis::EntryKind;

// Depth first: a directory, what lies in it, and only then its neighbours.
bool in_walking_order(const std::string& a, const std::string& b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char left, char right) {
    const auto rank = [](char c) { return c == '/' ? 0 : 1 + static_cast<unsigned char>(c); };
    return rank(left) < rank(right);
  });
}

bool lies_in(const std::string& path, const std::string& directory) {
  return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

class Walk {
 public:
  explicit Walk(const analysis::Dockerignore& dockerignore) : listing_(dockerignore) {}

  void visit(const std::string& path, const FakeFile& file) {
    while (!open_.empty() && !lies_in(path, open_.back())) leave();
    for (std::size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1)) {
      enter(path.substr(0, end));
    }
    if (path.back() == '/' || closed_above(path)) return;
    listing_.add({.path = path,
                  .kind = file.kind,
                  .mode = file.mode,
                  .size = file.kind == EntryKind::symlink ? file.target.size() : file.text.size(),
                  .target = file.target,
                  .readable = file.readable});
  }

  analysis::Listing finish() {
    while (!open_.empty()) leave();
    return std::move(listing_);
  }

 private:
  bool closed_above(const std::string& path) const { return !closed_.empty() && lies_in(path, closed_); }

  void enter(const std::string& directory) {
    if (std::find(open_.begin(), open_.end(), directory) != open_.end()) return;
    if (directory == closed_ || closed_above(directory)) return;
    ContextEntry entry;
    entry.path = directory;
    entry.kind = EntryKind::directory;
    entry.mode = 0755;
    if (listing_.enter(std::move(entry))) {
      open_.push_back(directory);
    } else {
      closed_ = directory;
    }
  }

  void leave() {
    open_.pop_back();
    listing_.leave();
  }

  analysis::Listing listing_;
  std::vector<std::string> open_;
  std::string closed_;  // the last directory that the listing did not want
};

}  // namespace

FakeFile FakeFile::symlink(std::string target) {
  FakeFile file("");
  file.kind = EntryKind::symlink;
  file.mode = 0777;
  file.target = std::move(target);
  return file;
}

FakeFile FakeFile::special() {
  FakeFile file("");
  file.kind = EntryKind::other;
  return file;
}

FakeFile FakeFile::unreadable() {
  FakeFile file("", 0);
  file.readable = false;
  return file;
}

FakeContext::FakeContext(Files files, FakeContextOptions options)
    : files_(std::make_move_iterator(files.begin()), std::make_move_iterator(files.end())),
      options_(std::move(options)) {
  auto ignore = files_.find(options_.dockerfile + ".dockerignore");
  if (ignore == files_.end()) ignore = files_.find(".dockerignore");
  if (ignore != files_.end()) dockerignore_ = analysis::Dockerignore(ignore->second.text);

  std::vector<std::string> paths;
  for (const auto& [path, file] : files_) paths.push_back(path);
  std::sort(paths.begin(), paths.end(), in_walking_order);
  Walk walk(dockerignore_);
  for (const std::string& path : paths) walk.visit(path, files_.at(path));
  analysis::Listing listing = walk.finish();
  entries_ = listing.take_entries();
  hidden_ = listing.take_hidden();
}

std::string FakeContext::unknown_reason() const {
  return options_.complete ? "" : "the build context is still being read";
}

std::optional<std::string_view> FakeContext::text(std::string_view path) const {
  const ContextEntry* entry = find_entry(*this, path);
  if (!entry || entry->kind != EntryKind::file || !entry->readable) return std::nullopt;
  return files_.find(path)->second.text;
}

}  // namespace keyline::tests

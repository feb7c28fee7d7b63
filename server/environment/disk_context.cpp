#include "server/environment/disk_context.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "analysis/context/listing.h"
#include "analysis/text/path.h"
#include "server/environment/directory.h"

namespace keyline::server {

namespace {

using analysis::ContextEntry;
using analysis::EntryKind;

constexpr std::size_t largest_text = std::size_t{512} << 10U;
constexpr std::size_t largest_texts = std::size_t{16} << 20U;  // all of them together
constexpr std::size_t largest_dockerignore = std::size_t{4} << 20U;

EntryKind kind_of(FileKind kind) {
  switch (kind) {
    case FileKind::regular:
      return EntryKind::file;
    case FileKind::directory:
      return EntryKind::directory;
    case FileKind::symlink:
      return EntryKind::symlink;
    case FileKind::other:
      break;
  }
  return EntryKind::other;
}

// "" when `path` does not lie in the directory.
std::string path_within(const std::string& directory, const std::string& path) {
  if (path.empty()) return {};
  std::string root = analysis::clean_path(directory);
  if (root != "/") root += '/';
  const std::string clean = analysis::clean_path(path);
  return clean.starts_with(root) ? clean.substr(root.size()) : std::string();
}

}  // namespace

class DiskContextReader {
 public:
  DiskContextReader(const DiskContextRequest& request, std::stop_token stop)
      : request_(request), stop_(std::move(stop)), context_(std::make_shared<DiskContext>()) {}

  std::shared_ptr<const DiskContext> read() {
    context_->directory_ = analysis::clean_path(request_.directory);
    context_->dockerfile_path_ = path_within(request_.directory, request_.dockerfile);
    root_ = OpenFile::directory(working_directory(), context_->directory_, OpenFile::Links::follow);
    if (!root_) {
      give_up(fmt::format("cannot read {}: {}", context_->directory_, error_text(root_.error())));
      return context_;
    }
    read_dockerignore();
    analysis::Listing listing(context_->dockerignore_);
    read_directory("", listing);
    context_->entries_ = listing.take_entries();
    context_->hidden_ = listing.take_hidden();
    read_texts();
    return context_;
  }

 private:
  // The first reason is the one that is told.
  void give_up(std::string reason) {
    if (context_->reason_.empty()) context_->reason_ = std::move(reason);
  }

  bool stopped() {
    if (!stop_.stop_requested()) return false;
    stopped_ = true;
    give_up("reading the build context was cancelled");
    return true;
  }

  // The file beside the Dockerfile goes first, even when it is empty.
  void read_dockerignore() {
    if (!request_.dockerfile.empty() && try_dockerignore(analysis::clean_path(request_.dockerfile) + ".dockerignore")) {
      return;
    }
    const std::string& directory = context_->directory_;
    try_dockerignore(directory == "/" ? "/.dockerignore" : directory + "/.dockerignore");
  }

  bool try_dockerignore(const std::string& path) {
    if (const auto open = request_.open_texts.find(path); open != request_.open_texts.end()) {
      context_->dockerignore_ = analysis::Dockerignore(open->second);
      context_->dockerignore_file_ = path;
      return true;
    }
    const SmallFile file = read_small_file(working_directory(), path, largest_dockerignore, OpenFile::Links::follow);
    if (file.error == ENOENT || file.error == ENOTDIR) return false;
    context_->dockerignore_file_ = path;
    if (file.text) {
      context_->dockerignore_ = analysis::Dockerignore(*file.text);
    } else {
      give_up(fmt::format("cannot read {}: {}", path, error_text(file.error)));
    }
    return true;
  }

  // As deep as a path can be, which PATH_MAX bounds.
  void read_directory(const std::string& path, analysis::Listing& listing) {
    const DirectoryListing found = list_directory(root_.fd(), path, request_.most_entries + 1);
    // What was removed while it was read is not part of the context.
    if (found.error != 0 && found.error != ENOENT) {
      give_up(fmt::format("cannot list {}: {}", path.empty() ? context_->directory_ : path, error_text(found.error)));
    }
    for (const DirectoryEntry& entry : found.entries) {
      if (stopped_ || stopped()) return;
      ContextEntry next;
      next.path.reserve(path.size() + 1 + entry.name.size());
      if (!path.empty()) next.path.append(path).append(1, '/');
      next.path += entry.name;
      if (!within_bounds(next.path.size(), listing)) return;
      next.kind = kind_of(entry.kind);
      next.mode = entry.mode;
      next.size = entry.size;
      next.target = entry.target;
      next.readable = entry.readable;
      if (next.kind != EntryKind::directory) {
        listing.add(std::move(next));
        continue;
      }
      const std::string directory = next.path;
      const bool readable = next.readable;
      if (!listing.enter(std::move(next))) continue;
      if (readable) read_directory(directory, listing);
      listing.leave();
    }
  }

  bool within_bounds(std::size_t path_bytes, const analysis::Listing& listing) {
    path_bytes_ += path_bytes;
    if (listing.size() >= request_.most_entries) {
      give_up(fmt::format("the build context has more than {} entries", request_.most_entries));
    } else if (path_bytes_ > request_.most_path_bytes) {
      give_up("the paths in the build context are too long in total");
    } else {
      return true;
    }
    stopped_ = true;
    return false;
  }

  void read_texts() {
    if (!request_.wanted) return;
    std::size_t total = 0;
    for (const ContextEntry& entry : context_->entries_) {
      if (entry.kind != EntryKind::file || !entry.readable || entry.size > largest_text) continue;
      if (!request_.wanted(entry.path)) continue;
      if (stopped_ || stopped()) return;
      SmallFile file = read_small_file(root_.fd(), entry.path, largest_text, OpenFile::Links::refuse);
      if (!file.text) continue;
      total += file.text->size();
      if (total > largest_texts) return;
      context_->texts_.emplace(entry.path, std::move(*file.text));
    }
  }

  const DiskContextRequest& request_;
  std::stop_token stop_;
  std::shared_ptr<DiskContext> context_;
  OpenFile root_;
  std::size_t path_bytes_ = 0;
  bool stopped_ = false;
};

std::optional<std::string_view> DiskContext::text(std::string_view path) const {
  const auto found = texts_.find(path);
  if (found == texts_.end()) return std::nullopt;
  return found->second;
}

std::shared_ptr<const DiskContext> load_disk_context(const DiskContextRequest& request, std::stop_token stop) {
  return DiskContextReader(request, std::move(stop)).read();
}

}  // namespace keyline::server

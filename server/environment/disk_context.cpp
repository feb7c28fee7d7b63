#include "server/environment/disk_context.h"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "analysis/context/dockerignore_name.h"
#include "analysis/text/path.h"
#include "server/environment/directory.h"
#include "server/environment/git_index.h"

namespace keyline::server {

namespace {

namespace fs = std::filesystem;
using analysis::ContextEntry;
using analysis::EntryKind;

constexpr std::size_t largest_text = std::size_t{512} << 10U;
constexpr std::size_t largest_texts = std::size_t{16} << 20U;  // all of them together
constexpr std::size_t largest_dockerignore = std::size_t{4} << 20U;

}  // namespace

class DiskContextReader {
 public:
  DiskContextReader(const DiskContextRequest& request, std::stop_token stop)
      : request_(request), stop_(std::move(stop)), context_(std::make_shared<DiskContext>()) {}

  std::shared_ptr<DiskContext> read() {
    context_->directory_ = analysis::clean_path(request_.directory);
    context_->dockerfile_path_ = path_within(request_.directory, request_.dockerfile);
    context_->builds_ = request_.builds;
    root_ = OpenFile::directory(working_directory(), context_->directory_, OpenFile::Links::follow);
    if (!root_) {
      give_up(fmt::format("cannot read {}: {}", context_->directory_, error_text(root_.error())));
      return context_;
    }
    read_dockerignore();
    find_ignore_file();
    DiskWalk walk = walk_disk(root_, context_->directory_, context_->dockerignore_, request_.limits, stop_);
    context_->entries_ = std::move(walk.entries);
    context_->stamps_ = std::move(walk.stamps);
    context_->hidden_ = std::move(walk.hidden);
    if (!walk.fault.empty()) give_up(std::move(walk.fault));
    if (request_.checkout_modes) take_checkout_modes();
    read_texts();
    return context_;
  }

 private:
  // The first reason is the one that is told.
  void give_up(std::string reason) {
    if (context_->reason_.empty()) context_->reason_ = std::move(reason);
  }

  // The file beside the Dockerfile goes first, even when it is empty.
  void read_dockerignore() {
    const std::string own = analysis::clean_path(request_.dockerfile).append(analysis::dockerignore_name);
    if (!request_.dockerfile.empty() && try_dockerignore(own)) return;
    try_dockerignore(top_dockerignore());
  }

  std::string top_dockerignore() const {
    const std::string& directory = context_->directory_;
    return fmt::format("{}/{}", directory == "/" ? "" : directory, analysis::dockerignore_name);
  }

  // A link may lead to a file that belongs to somebody else: one that leaves the project is no file to be edited.
  void find_ignore_file() {
    analysis::IgnoreFile& file = context_->ignore_file_;
    file.exists = !context_->dockerignore_file_.empty();
    const std::string path = file.exists ? context_->dockerignore_file_ : top_dockerignore();
    const std::optional<FileStatus> status = status_of(working_directory(), path.c_str());
    const bool plain = status ? file.exists && status->kind == FileKind::regular : true;
    if (plain || (status->kind == FileKind::symlink && leads_into_project(path))) file.path = path;
  }

  bool leads_into_project(const std::string& path) const {
    std::error_code error;
    const std::string target = fs::canonical(path, error).generic_string();
    if (error) return false;
    const std::string root = fs::canonical(context_->directory_, error).generic_string();
    return !error && !path_within(root, target).empty();
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

  // Both lists are sorted alike.
  void take_checkout_modes() {
    const std::vector<RecordedFile> files = recorded_files(context_->directory_);
    auto file = files.begin();
    for (ContextEntry& entry : context_->entries_) {
      while (file != files.end() && file->path < entry.path) ++file;
      if (file == files.end()) return;
      if (entry.kind == EntryKind::file && entry.path == file->path) entry.checkout_mode = file->mode;
    }
  }

  void read_texts() {
    if (!request_.wanted) return;
    std::size_t total = 0;
    for (const ContextEntry& entry : context_->entries_) {
      if (entry.kind != EntryKind::file || !entry.readable || entry.size > largest_text) continue;
      if (!request_.wanted(entry.path)) continue;
      if (stop_.stop_requested()) return give_up("reading the build context was cancelled");
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
};

std::string path_within(const std::string& directory, const std::string& path) {
  if (path.empty()) return {};
  std::string root = analysis::clean_path(directory);
  if (root != "/") root += '/';
  const std::string clean = analysis::clean_path(path);
  return clean.starts_with(root) ? clean.substr(root.size()) : std::string();
}

std::optional<std::string_view> DiskContext::text(std::string_view path) const {
  const auto found = texts_.find(path);
  if (found == texts_.end()) return std::nullopt;
  return found->second;
}

std::shared_ptr<DiskContext> load_disk_context(const DiskContextRequest& request, std::stop_token stop) {
  return DiskContextReader(request, std::move(stop)).read();
}

}  // namespace keyline::server

#include "server/environment/disk_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "server/environment/parallel.h"

namespace keyline::server {

namespace {

using analysis::ContextEntry;
using analysis::Dockerignore;
using analysis::EntryKind;
using analysis::HiddenEntry;

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

// A directory that the walk enters. The task that reads it owns it; the ones below it are tasks of their own.
struct Folder {
  ContextEntry own;  // its path is "" for the context itself
  Dockerignore::Parents state;
  bool ignored = false;  // and sent only if something below it is, by a "!"
  bool gone = false;     // removed, or replaced by something else, since its parent was read
  std::size_t pattern = 0;
  std::vector<ContextEntry> files;  // whatever is no directory
  std::vector<FileStamp> stamps;    // of `files`
  std::vector<HiddenEntry> hidden;
  std::vector<std::unique_ptr<Folder>> folders;
  std::string fault;
};

// What one thread needs again and again.
struct Scratch {
  std::vector<char> buffer;
  std::vector<std::pair<std::string, std::optional<FileKind>>> names;
  std::size_t name_count = 0;
  std::string path;
  Dockerignore::Parents state;
};

enum class Stopped : std::uint8_t { no, cancelled, many_entries, long_paths };

class Walker {
 public:
  Walker(const OpenFile& root, const std::string& name, const Dockerignore& dockerignore, const WalkLimits& limits,
         const std::stop_token& stop)
      : root_(root), name_(name), dockerignore_(dockerignore), limits_(limits), stop_(stop), scratch_(disk_threads) {}

  Folder walk() {
    Folder top;
    run_tasks({task_for(top)}, disk_threads);
    return top;
  }

  // Why the walk was given up; "" when it was not.
  std::string reason() const {
    switch (stopped_.load()) {
      case Stopped::cancelled:
        return "reading the build context was cancelled";
      case Stopped::many_entries:
        return fmt::format("the build context has more than {} entries", limits_.most_entries);
      case Stopped::long_paths:
        return "the paths in the build context are too long in total";
      case Stopped::no:
        break;
    }
    return {};
  }

 private:
  Tasks::Task task_for(Folder& folder) {
    return [this, &folder](std::size_t worker, Tasks& tasks) { read(folder, scratch_[worker], tasks); };
  }

  bool must_stop() {
    if (stop_.stop_requested()) stopped_ = Stopped::cancelled;
    return stopped_ != Stopped::no;
  }

  void read(Folder& folder, Scratch& scratch, Tasks& tasks) {
    if (must_stop()) return;
    const std::string& path = folder.own.path;
    const OpenFile directory = OpenFile::directory(root_.fd(), path, OpenFile::Links::refuse);
    if (!directory) return note_closed(folder, directory.error());
    if (!path.empty() && !note_status(folder, status_of(directory))) return;
    if (const int error = read_sorted_names(directory, scratch)) return note_fault(folder, error);
    if (!within_limits(path.size(), scratch)) return;
    folder.files.reserve(scratch.name_count);
    folder.stamps.reserve(scratch.name_count);
    for (std::size_t i = 0; i < scratch.name_count; ++i) {
      if (must_stop()) return;
      visit(folder, directory, scratch.names[i].first, scratch.names[i].second, scratch);
    }
    std::vector<Tasks::Task> below;
    below.reserve(folder.folders.size());
    for (const std::unique_ptr<Folder>& child : folder.folders) below.push_back(task_for(*child));
    tasks.add(std::move(below));
  }

  int read_sorted_names(const OpenFile& directory, Scratch& scratch) const {
    scratch.name_count = 0;
    const int error = read_names(directory, scratch.buffer, [&](const EntryName& entry) {
      if (scratch.name_count == scratch.names.size()) scratch.names.emplace_back();
      scratch.names[scratch.name_count].first = entry.name;
      scratch.names[scratch.name_count].second = entry.kind;
      // One more than allowed is enough to know.
      return scratch.name_count++ <= limits_.most_entries;
    });
    std::sort(scratch.names.begin(), scratch.names.begin() + static_cast<std::ptrdiff_t>(scratch.name_count));
    // What was removed while it was read is not part of the context.
    return error == ENOENT ? 0 : error;
  }

  void visit(Folder& folder, const OpenFile& directory, const std::string& name, std::optional<FileKind> kind,
             Scratch& scratch) {
    scratch.path.assign(folder.own.path);
    if (!scratch.path.empty()) scratch.path += '/';
    scratch.path += name;
    std::optional<FileStatus> status;
    if (!kind) {
      status = status_of(directory.fd(), name.c_str());
      if (!status) return;
      kind = status->kind;
    }
    const Dockerignore::Verdict verdict = dockerignore_.match(scratch.path, folder.state, scratch.state);
    const bool is_directory = kind == FileKind::directory;
    if (verdict.ignored && !(is_directory && dockerignore_.may_reinclude_below(scratch.path))) {
      folder.hidden.push_back({scratch.path, kind_of(*kind), verdict.pattern.value_or(0)});
    } else if (is_directory) {
      Folder& child = *folder.folders.emplace_back(std::make_unique<Folder>());
      child.own.path = scratch.path;
      child.own.kind = EntryKind::directory;
      child.state = scratch.state;
      child.ignored = verdict.ignored;
      child.pattern = verdict.pattern.value_or(0);
    } else {
      if (!status) status = status_of(directory.fd(), name.c_str());
      if (status) add_file(folder, scratch.path, *status, directory, name);
    }
  }

  static void add_file(Folder& folder, const std::string& path, const FileStatus& status, const OpenFile& directory,
                       const std::string& name) {
    ContextEntry& entry = folder.files.emplace_back();
    entry.path = path;
    entry.kind = kind_of(status.kind);
    entry.mode = status.mode;
    entry.size = status.size;
    entry.readable = status.readable;
    if (status.kind == FileKind::symlink) entry.target = read_link(directory.fd(), name.c_str(), status.size);
    folder.stamps.push_back(status.kind == FileKind::regular ? status.stamp : FileStamp{});
  }

  // A directory that could not be opened. What may not be read is listed all the same.
  void note_closed(Folder& folder, int error) {
    if (folder.own.path.empty()) return note_fault(folder, error);
    const std::optional<FileStatus> status = status_of(root_.fd(), folder.own.path.c_str());
    if (note_status(folder, status)) note_fault(folder, error);
  }

  // Takes over what the disk says about the directory itself; true when it can be read.
  static bool note_status(Folder& folder, const std::optional<FileStatus>& status) {
    folder.gone = !status || status->kind != FileKind::directory;
    if (folder.gone) return false;
    folder.own.mode = status->mode;
    folder.own.readable = status->readable;
    return status->readable;
  }

  void note_fault(Folder& folder, int error) const {
    folder.fault =
        fmt::format("cannot list {}: {}", folder.own.path.empty() ? name_ : folder.own.path, error_text(error));
  }

  bool within_limits(std::size_t folder_bytes, const Scratch& scratch) {
    std::size_t bytes = scratch.name_count * (folder_bytes + 1);
    for (std::size_t i = 0; i < scratch.name_count; ++i) bytes += scratch.names[i].first.size();
    if ((entries_ += scratch.name_count) > limits_.most_entries) {
      stopped_ = Stopped::many_entries;
    } else if ((path_bytes_ += bytes) > limits_.most_path_bytes) {
      stopped_ = Stopped::long_paths;
    }
    return stopped_ == Stopped::no;
  }

  const OpenFile& root_;
  const std::string& name_;
  const Dockerignore& dockerignore_;
  const WalkLimits& limits_;
  const std::stop_token& stop_;
  std::vector<Scratch> scratch_;  // one for each worker
  std::atomic<std::size_t> entries_ = 0;
  std::atomic<std::size_t> path_bytes_ = 0;
  std::atomic<Stopped> stopped_ = Stopped::no;
};

// Puts the folders behind each other in the order of their paths, bytewise: "a", "a.txt", "a/b".
class Joiner {
 public:
  explicit Joiner(DiskWalk& walk) : walk_(walk) {}

  void join(Folder& top) {
    const Count count = settle(top);
    walk_.entries.reserve(count.entries);
    walk_.stamps.reserve(count.entries);
    walk_.hidden.reserve(count.hidden);
    take(top);
  }

 private:
  struct Count {
    std::size_t entries = 0;
    std::size_t hidden = 0;
  };

  // What is to be said in one place of the order.
  struct Part {
    enum class What : std::uint8_t { file, hidden, folder, below } what;
    std::size_t index;
    std::string_view path;

    // What lies below a directory has its path and a "/" in front.
    friend bool operator<(const Part& one, const Part& other) {
      const std::size_t common = std::min(one.path.size(), other.path.size());
      if (const int order = one.path.compare(0, common, other.path, 0, common)) return order < 0;
      return one.next(common) < other.next(common);
    }
    int next(std::size_t at) const {
      if (at < path.size()) return static_cast<unsigned char>(path[at]);
      return at == path.size() && what == What::below ? '/' : -1;
    }
  };

  // Drops what is gone, and what was found in vain below an ignored directory: that is then hidden by itself.
  Count settle(Folder& folder) {
    std::erase_if(folder.folders, [](const std::unique_ptr<Folder>& child) { return child->gone; });
    if (walk_.fault.empty()) walk_.fault = std::move(folder.fault);
    Count count{folder.files.size(), folder.hidden.size()};
    for (const std::unique_ptr<Folder>& child : folder.folders) {
      const Count below = settle(*child);
      if (child->ignored && below.entries == 0) {
        child->files.clear();
        child->hidden.clear();
        child->folders.clear();
        ++count.hidden;
      } else {
        child->ignored = false;
        count.entries += below.entries + 1;
        count.hidden += below.hidden;
      }
    }
    return count;
  }

  void take(Folder& folder) {
    if (folder.folders.empty() && folder.hidden.empty()) {
      for (std::size_t i = 0; i < folder.files.size(); ++i) take_file(folder, i);
      folder.files = {};
      return;
    }
    for (const Part& part : parts_of(folder)) {
      switch (part.what) {
        case Part::What::file:
          take_file(folder, part.index);
          break;
        case Part::What::hidden:
          walk_.hidden.push_back(std::move(folder.hidden[part.index]));
          break;
        case Part::What::folder:
          take_own(*folder.folders[part.index]);
          break;
        case Part::What::below:
          take(*folder.folders[part.index]);
          folder.folders[part.index].reset();
          break;
      }
    }
    folder.files = {};
  }

  static std::vector<Part> parts_of(const Folder& folder) {
    std::vector<Part> parts;
    parts.reserve(folder.files.size() + folder.hidden.size() + 2 * folder.folders.size());
    for (std::size_t i = 0; i < folder.files.size(); ++i) parts.push_back({Part::What::file, i, folder.files[i].path});
    for (std::size_t i = 0; i < folder.hidden.size(); ++i) {
      parts.push_back({Part::What::hidden, i, folder.hidden[i].path});
    }
    for (std::size_t i = 0; i < folder.folders.size(); ++i) {
      parts.push_back({Part::What::folder, i, folder.folders[i]->own.path});
      parts.push_back({Part::What::below, i, folder.folders[i]->own.path});
    }
    std::sort(parts.begin(), parts.end());
    return parts;
  }

  void take_file(Folder& folder, std::size_t index) {
    walk_.entries.push_back(std::move(folder.files[index]));
    walk_.stamps.push_back(folder.stamps[index]);
  }

  void take_own(Folder& folder) {
    if (folder.ignored) {
      walk_.hidden.push_back({folder.own.path, EntryKind::directory, folder.pattern});
    } else {
      walk_.entries.push_back(folder.own);
      walk_.stamps.emplace_back();
    }
  }

  DiskWalk& walk_;
};

}  // namespace

DiskWalk walk_disk(const OpenFile& directory, const std::string& name, const Dockerignore& dockerignore,
                   const WalkLimits& limits, const std::stop_token& stop) {
  DiskWalk walk;
  Walker walker(directory, name, dockerignore, limits, stop);
  Folder top = walker.walk();
  Joiner(walk).join(top);
  if (walk.fault.empty()) walk.fault = walker.reason();
  return walk;
}

}  // namespace keyline::server

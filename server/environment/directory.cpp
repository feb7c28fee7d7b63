#include "server/environment/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>

namespace keyline::server {

namespace {

constexpr int safe_flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

FileKind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return FileKind::regular;
  if (S_ISDIR(mode)) return FileKind::directory;
  if (S_ISLNK(mode)) return FileKind::symlink;
  return FileKind::other;
}

std::optional<FileKind> kind_of_entry(unsigned char type) {
  switch (type) {
    case DT_UNKNOWN:
      return std::nullopt;
    case DT_REG:
      return FileKind::regular;
    case DT_DIR:
      return FileKind::directory;
    case DT_LNK:
      return FileKind::symlink;
    default:
      return FileKind::other;
  }
}

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + static_cast<std::int64_t>(time.tv_nsec);
}

FileStamp stamp_of(const struct stat& status) {
  FileStamp stamp;
  stamp.device = static_cast<std::uint64_t>(status.st_dev);
  stamp.inode = static_cast<std::uint64_t>(status.st_ino);
  stamp.size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
#ifdef __APPLE__
  stamp.modified = nanoseconds(status.st_mtimespec);
  stamp.changed = nanoseconds(status.st_ctimespec);
#else
  stamp.modified = nanoseconds(status.st_mtim);
  stamp.changed = nanoseconds(status.st_ctim);
#endif
  return stamp;
}

FileStatus status_from(const struct stat& from) {
  FileStatus status;
  status.kind = kind_of(from.st_mode);
  status.mode = from.st_mode & 07777U;
  status.stamp = stamp_of(from);
  if (status.kind != FileKind::directory) status.size = status.stamp.size;
  return status;
}

// Whether the permission bits leave no doubt; the system is asked about the rest only.
bool is_open_to_all(const FileStatus& status) {
  if (status.kind == FileKind::symlink) return true;
  const std::uint32_t everybody = status.kind == FileKind::directory ? 0555U : 0444U;
  return (status.mode & everybody) == everybody;
}

bool may_read(int below, const char* path, FileKind kind) {
  return faccessat(below, path, kind == FileKind::directory ? R_OK | X_OK : R_OK, AT_EACCESS) == 0;
}

bool is_dots(const char* name) { return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0)); }

}  // namespace

std::int64_t file_time_now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return nanoseconds(now);
}

std::optional<FileStatus> status_of(int below, const char* path) {
  struct stat found {};
  if (fstatat(below, path, &found, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  FileStatus status = status_from(found);
  status.readable = is_open_to_all(status) || may_read(below, path, status.kind);
  return status;
}

std::optional<FileStatus> status_of(const OpenFile& file) {
  struct stat found {};
  if (fstat(file.fd(), &found) != 0) return std::nullopt;
  FileStatus status = status_from(found);
  // That it is open answers for a file; a directory must also let its entries be reached.
  if (status.kind == FileKind::directory)
    status.readable = is_open_to_all(status) || may_read(file.fd(), ".", status.kind);
  return status;
}

std::string read_link(int below, const char* path, std::uint64_t size) {
  std::string target(std::max<std::size_t>(size, 255) + 1, '\0');
  const ssize_t length = readlinkat(below, path, target.data(), target.size());
  target.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return target;
}

OpenFile OpenFile::directory(int below, const std::string& path, Links links) {
  OpenFile file;
  const int follow = links == Links::refuse ? O_NOFOLLOW : 0;
  file.fd_ = openat(below, path.empty() ? "." : path.c_str(), safe_flags | O_DIRECTORY | follow);
  file.error_ = file.fd_ < 0 ? errno : 0;
  return file;
}

OpenFile OpenFile::to_read(int below, const std::string& path, Links links) {
  OpenFile file;
  file.fd_ = openat(below, path.c_str(), safe_flags | (links == Links::refuse ? O_NOFOLLOW : 0));
  file.error_ = file.fd_ < 0 ? errno : 0;
  return file;
}

OpenFile::~OpenFile() {
  if (fd_ >= 0) close(fd_);
}

int working_directory() { return AT_FDCWD; }

#ifdef __linux__

// readdir() would allocate and ask for more about each directory than is needed.
int read_names(const OpenFile& directory, std::vector<char>& buffer,
               const std::function<bool(const EntryName&)>& visit) {
  constexpr std::size_t buffer_size = std::size_t{32} << 10U;
  if (buffer.size() < buffer_size) buffer.resize(buffer_size);
  while (true) {
    const ssize_t length = getdents64(directory.fd(), buffer.data(), buffer.size());
    if (length < 0) return errno;
    if (length == 0) return 0;
    for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
      const auto* entry = reinterpret_cast<const dirent64*>(buffer.data() + at);
      at += entry->d_reclen;
      if (!is_dots(entry->d_name) && !visit({entry->d_name, kind_of_entry(entry->d_type)})) return 0;
    }
  }
}

#else

int read_names(const OpenFile& directory, std::vector<char>&, const std::function<bool(const EntryName&)>& visit) {
  const int copy = fcntl(directory.fd(), F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return errno;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(copy), closedir);
  if (!stream) return errno;
  while (true) {
    errno = 0;
    const dirent* entry = readdir(stream.get());
    if (!entry) return errno;
    if (!is_dots(entry->d_name) && !visit({entry->d_name, kind_of_entry(entry->d_type)})) return 0;
  }
}

#endif

DirectoryListing list_directory(int below, const std::string& path, std::size_t limit) {
  DirectoryListing listing;
  const OpenFile directory = OpenFile::directory(below, path, OpenFile::Links::refuse);
  if (!directory) {
    listing.error = directory.error();
    return listing;
  }
  if (limit == 0) return listing;
  std::vector<char> buffer;
  listing.error = read_names(directory, buffer, [&](const EntryName& found) {
    std::optional<FileKind> kind = found.kind;
    if (!kind) {
      if (const auto status = status_of(directory.fd(), found.name.data())) kind = status->kind;
    }
    if (kind) listing.entries.push_back({std::string(found.name), *kind});
    return listing.entries.size() < limit;
  });
  std::sort(listing.entries.begin(), listing.entries.end(),
            [](const DirectoryEntry& a, const DirectoryEntry& b) { return a.name < b.name; });
  return listing;
}

SmallFile read_small_file(int below, const std::string& path, std::size_t limit, OpenFile::Links links) {
  // Merely opening some devices does something, so look first; and look again at what was really opened.
  struct stat status {};
  const int look = links == OpenFile::Links::refuse ? AT_SYMLINK_NOFOLLOW : 0;
  if (fstatat(below, path.c_str(), &status, look) != 0) return {{}, errno};
  if (!S_ISREG(status.st_mode)) return {{}, EINVAL};
  const OpenFile file = OpenFile::to_read(below, path, links);
  if (!file) return {{}, file.error()};
  if (fstat(file.fd(), &status) != 0) return {{}, errno};
  if (!S_ISREG(status.st_mode)) return {{}, EINVAL};
  std::string text;
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t length = read(file.fd(), buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return {{}, errno};
    if (length == 0) return {std::move(text), 0};
    text.append(buffer.data(), static_cast<std::size_t>(length));
    if (text.size() > limit) return {{}, EFBIG};
  }
}

bool path_exists(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0;
}

bool leads_to_file(int below, const std::string& path) {
  struct stat status {};
  return fstatat(below, path.c_str(), &status, 0) == 0 && S_ISREG(status.st_mode);
}

std::string error_text(int error) { return std::generic_category().message(error); }

}  // namespace keyline::server

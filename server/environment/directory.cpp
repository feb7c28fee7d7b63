#include "server/environment/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
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

// Asks the system only where the permission bits leave a doubt.
bool is_readable(int directory, const std::string& name, FileKind kind, mode_t mode) {
  if (kind == FileKind::symlink) return true;
  const bool is_directory = kind == FileKind::directory;
  const mode_t everybody = is_directory ? 0555 : 0444;
  if ((mode & everybody) == everybody) return true;
  return faccessat(directory, name.c_str(), is_directory ? R_OK | X_OK : R_OK, AT_EACCESS) == 0;
}

std::string read_link(int directory, const std::string& name, std::size_t size) {
  std::string target(std::max<std::size_t>(size, 255) + 1, '\0');
  const ssize_t length = readlinkat(directory, name.c_str(), target.data(), target.size());
  target.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return target;
}

std::optional<DirectoryEntry> inspect(int directory, std::string_view name) {
  DirectoryEntry entry;
  entry.name = name;
  struct stat status {};
  if (fstatat(directory, entry.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  entry.kind = kind_of(status.st_mode);
  entry.mode = status.st_mode & 07777U;
  if (entry.kind != FileKind::directory) entry.size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
  if (entry.kind == FileKind::symlink) entry.target = read_link(directory, entry.name, entry.size);
  entry.readable = is_readable(directory, entry.name, entry.kind, status.st_mode);
  return entry;
}

}  // namespace

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

DirectoryListing list_directory(int below, const std::string& path, std::size_t limit) {
  DirectoryListing listing;
  OpenFile file = OpenFile::directory(below, path, OpenFile::Links::refuse);
  if (!file) {
    listing.error = file.error();
    return listing;
  }
  const int fd = file.fd();
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(fd), closedir);
  if (!stream) {
    listing.error = errno;
    return listing;
  }
  file.release();
  while (listing.entries.size() < limit) {
    errno = 0;
    const dirent* found = readdir(stream.get());
    if (!found) {
      listing.error = errno;
      break;
    }
    const std::string_view name = found->d_name;
    if (name == "." || name == "..") continue;
    if (std::optional<DirectoryEntry> entry = inspect(fd, name)) listing.entries.push_back(std::move(*entry));
  }
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

#include "server/environment/stat_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>

#include "server/environment/cache_directory.h"

namespace keyline::server {

namespace {

// To be counted up with every change of the format or of what is hashed. The number also tells the byte order.
constexpr std::uint64_t format_version = 0x6B65'796C'696E'6501;
constexpr std::string_view suffix = ".stat";
constexpr std::string_view temporary_suffix = ".new";
// What a process that was killed left behind.
constexpr std::int64_t abandoned_after = std::int64_t{3600} * 1'000'000'000;

struct Header {
  std::uint64_t version = format_version;
  std::uint64_t directory = 0;  // two directories could share a file name
  std::uint64_t count = 0;
  std::uint64_t checksum = 0;  // of the records
};

static_assert(std::is_trivially_copyable_v<RememberedContent> && sizeof(RememberedContent) == 64);
static_assert(std::is_trivially_copyable_v<Header> && sizeof(Header) == 32);

std::uint64_t checksum(const std::vector<RememberedContent>& records) {
  return XXH3_64bits(records.data(), records.size() * sizeof(RememberedContent));
}

bool read_all(int fd, void* to, std::size_t size) {
  for (char* at = static_cast<char*>(to); size > 0;) {
    const ssize_t length = read(fd, at, size);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return false;
    at += length;
    size -= static_cast<std::size_t>(length);
  }
  return true;
}

bool write_all(int fd, const void* from, std::size_t size) {
  for (const char* at = static_cast<const char*>(from); size > 0;) {
    const ssize_t length = write(fd, at, size);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return false;
    at += length;
    size -= static_cast<std::size_t>(length);
  }
  return true;
}

bool by_path(const RememberedContent& one, const RememberedContent& other) { return one.path < other.path; }

}  // namespace

std::uint64_t StatCache::path_key(std::string_view path) { return XXH3_64bits(path.data(), path.size()); }

StatCache::StatCache(std::string folder, const std::string& build_directory, const StatCacheLimits& limits)
    : folder_(std::move(folder)), directory_key_(path_key(build_directory)), limits_(limits) {
  if (folder_.empty()) return;
  file_ = fmt::format("{}/{:016x}{}", folder_, directory_key_, suffix);
  read();
}

void StatCache::read() {
  const OpenFile file = OpenFile::to_read(working_directory(), file_, OpenFile::Links::refuse);
  if (!file) return;
  const std::optional<FileStatus> status = status_of(file);
  Header header;
  if (!status || status->kind != FileKind::regular || !read_all(file.fd(), &header, sizeof header)) return;
  if (header.version != format_version || header.directory != directory_key_) return;
  if (header.count > limits_.most_records || status->size != sizeof header + header.count * sizeof(RememberedContent)) {
    return;
  }
  records_.resize(header.count);
  if (!read_all(file.fd(), records_.data(), header.count * sizeof(RememberedContent)) ||
      checksum(records_) != header.checksum) {
    records_.clear();
  }
}

const analysis::ContentHash* StatCache::find(std::uint64_t path, const FileStamp& stamp) const {
  const auto found = std::lower_bound(records_.begin(), records_.end(), path,
                                      [](const RememberedContent& a, std::uint64_t wanted) { return a.path < wanted; });
  return found != records_.end() && found->path == path && found->stamp == stamp ? &found->content : nullptr;
}

bool StatCache::replace(std::vector<RememberedContent> records) {
  if (file_.empty()) return false;
  std::sort(records.begin(), records.end(), by_path);
  std::vector<RememberedContent> others;
  std::set_difference(records_.begin(), records_.end(), records.begin(), records.end(), std::back_inserter(others),
                      by_path);
  const std::size_t room = limits_.most_records - std::min(limits_.most_records, records.size());
  if (others.size() <= std::min(room, std::max(records.size(), limits_.most_unseen))) {
    const auto middle = records.insert(records.end(), others.begin(), others.end());
    std::inplace_merge(records.begin(), middle, records.end(), by_path);
  }
  if (records.size() > limits_.most_records) records.resize(limits_.most_records);
  records_ = std::move(records);
  const bool written = write();
  if (written) remove_old();
  return written;
}

bool StatCache::write() const {
  if (!make_private_directory(folder_)) return false;
  const std::string temporary = fmt::format("{}.{}.{:x}{}", file_, getpid(), file_time_now(), temporary_suffix);
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return false;
  const Header header{format_version, directory_key_, records_.size(), checksum(records_)};
  bool good = write_all(fd, &header, sizeof header) &&
              write_all(fd, records_.data(), records_.size() * sizeof(RememberedContent));
  good = close(fd) == 0 && good;
  good = good && std::rename(temporary.c_str(), file_.c_str()) == 0;
  if (!good) unlink(temporary.c_str());
  return good;
}

void StatCache::touch() const {
  if (!file_.empty()) utimensat(AT_FDCWD, file_.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
}

void StatCache::remove_old() const {
  const OpenFile folder = OpenFile::directory(working_directory(), folder_, OpenFile::Links::follow);
  if (!folder) return;
  struct Old {
    std::int64_t used;
    std::uint64_t size;
    std::string name;
  };
  std::vector<Old> files;
  const std::int64_t abandoned = file_time_now() - abandoned_after;
  for (const DirectoryEntry& entry : list_directory(folder.fd(), "", 100'000).entries) {
    const bool temporary = entry.name.ends_with(temporary_suffix);
    if (!temporary && !entry.name.ends_with(suffix)) continue;
    const std::optional<FileStatus> status = status_of(folder.fd(), entry.name.c_str());
    if (!status || status->kind != FileKind::regular) continue;
    if (!temporary) {
      files.push_back({status->stamp.modified, status->size, entry.name});
    } else if (status->stamp.modified < abandoned) {
      unlinkat(folder.fd(), entry.name.c_str(), 0);
    }
  }
  std::sort(files.begin(), files.end(), [](const Old& a, const Old& b) { return a.used > b.used; });
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    bytes += files[i].size;
    if (i > 0 && (i >= limits_.most_files || bytes > limits_.most_bytes))
      unlinkat(folder.fd(), files[i].name.c_str(), 0);
  }
}

}  // namespace keyline::server

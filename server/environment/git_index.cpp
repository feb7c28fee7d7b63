#include "server/environment/git_index.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "analysis/text/ascii.h"
#include "analysis/text/path.h"
#include "server/environment/directory.h"

namespace keyline::server {

namespace {

constexpr std::size_t largest_index = std::size_t{64} << 20U;
constexpr std::size_t largest_setting = std::size_t{256} << 10U;

// Takes the file apart from front to back; after a first doubt there is nothing more.
class IndexReader {
 public:
  explicit IndexReader(std::string_view bytes) : bytes_(bytes) {}

  struct Entry {
    std::uint32_t mode = 0;
    bool merged = true;  // no conflict about it
    std::string path;
  };

  bool begin() {
    if (!bytes_.starts_with("DIRC") || bytes_.size() < header_size) return false;
    version_ = number(4, 4);
    left_ = number(8, 4);
    at_ = header_size;
    return version_ >= 2 && version_ <= 4;
  }

  std::optional<Entry> next() {
    if (left_ == 0 || bytes_.size() - at_ < fixed_size) return std::nullopt;
    --left_;
    const std::size_t start = at_;
    Entry entry;
    entry.mode = number(start + 24, 4);
    const std::uint32_t flags = number(start + 60, 2);
    entry.merged = (flags & 0x3000U) == 0;
    at_ = start + fixed_size + ((flags & 0x4000U) != 0 ? 2 : 0);
    if (at_ >= bytes_.size() || !read_name()) return std::nullopt;
    if (version_ < 4)
      at_ = start + ((at_ - start + 8) / 8) * 8;
    else
      ++at_;
    entry.path = name_;
    return at_ <= bytes_.size() ? std::optional(std::move(entry)) : std::nullopt;
  }

 private:
  static constexpr std::size_t header_size = 12;
  static constexpr std::size_t fixed_size = 62;  // times, numbers, a SHA-1 and the flags

  std::uint32_t number(std::size_t at, std::size_t size) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8U | static_cast<unsigned char>(bytes_[at + i]);
    return value;
  }

  // Up to the NUL byte; from version 4 on it says how much of the last name to leave off.
  bool read_name() {
    std::size_t kept = 0;
    if (version_ == 4) {
      const std::optional<std::size_t> dropped = read_offset();
      if (!dropped || *dropped > name_.size()) return false;
      kept = name_.size() - *dropped;
    }
    const std::size_t end = bytes_.find('\0', at_);
    if (end == std::string_view::npos) return false;
    name_.resize(kept);
    name_.append(bytes_.substr(at_, end - at_));
    at_ = end;
    return !name_.empty();
  }

  // git's variable-length number: seven bits a byte, each further byte counts from one.
  std::optional<std::size_t> read_offset() {
    std::size_t value = 0;
    for (std::size_t i = 0; i < 4 && at_ < bytes_.size(); ++i) {
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      value = (i == 0 ? 0 : (value + 1) << 7U) + (byte & 0x7fU);
      if ((byte & 0x80U) == 0) return value;
    }
    return std::nullopt;
  }

  std::string_view bytes_;
  std::uint32_t version_ = 0;
  std::uint32_t left_ = 0;
  std::size_t at_ = 0;
  std::string name_;
};

std::optional<std::string> small_text(const std::string& path, std::size_t limit) {
  return read_small_file(working_directory(), path, limit, OpenFile::Links::refuse).text;
}

// Where git keeps what belongs to the work tree whose top this is; "" when it is none. A linked work tree or a
// submodule has a file there that names it.
std::string git_directory(const std::string& top) {
  const std::string place = top + "/.git";
  const std::optional<FileStatus> status = status_of(working_directory(), place.c_str());
  if (!status) return {};
  if (status->kind == FileKind::directory) return place;
  const std::optional<std::string> text = small_text(place, 4096);
  constexpr std::string_view label = "gitdir: ";
  if (!text || !text->starts_with(label)) return {};
  std::string named = text->substr(label.size());
  while (named.ends_with('\n') || named.ends_with('\r')) named.pop_back();
  return named.starts_with('/') ? named : top + '/' + named;
}

// Names of another kind are longer than this reader takes them to be.
bool has_other_names(const std::string& git) {
  const std::optional<std::string> config = small_text(git + "/config", largest_setting);
  return config && analysis::to_lower(*config).find("objectformat") != std::string::npos;
}

}  // namespace

std::vector<RecordedFile> recorded_files(const std::string& directory) {
  std::string top = analysis::clean_path(directory);
  while (true) {
    const std::string git = git_directory(top == "/" ? "" : top);
    if (!git.empty()) {
      if (has_other_names(git)) return {};
      const std::optional<std::string> bytes = small_text(git + "/index", largest_index);
      std::string prefix = analysis::clean_path(directory).substr(std::min(top.size() + 1, directory.size()));
      if (!prefix.empty()) prefix += '/';
      return bytes ? read_git_index(*bytes, prefix) : std::vector<RecordedFile>();
    }
    if (top == "/" || top.empty()) return {};
    top.resize(std::max<std::size_t>(top.rfind('/'), 1));
  }
}

std::vector<RecordedFile> read_git_index(std::string_view bytes, std::string_view prefix) {
  std::vector<RecordedFile> files;
  IndexReader reader(bytes);
  if (!reader.begin()) return files;
  while (std::optional<IndexReader::Entry> entry = reader.next()) {
    constexpr std::uint32_t kind_bits = 0170000;
    constexpr std::uint32_t regular = 0100000;
    if ((entry->mode & kind_bits) != regular || !entry->merged || !entry->path.starts_with(prefix)) continue;
    std::string path = entry->path.substr(prefix.size());
    // git keeps them sorted.
    if (!files.empty() && path <= files.back().path) break;
    files.push_back({std::move(path), (entry->mode & 0100U) != 0 ? 0755U : 0644U});
  }
  return files;
}

}  // namespace keyline::server

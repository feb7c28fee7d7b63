#include "server/environment/git_objects.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>

#include "server/environment/git_program.h"

namespace keyline::server {

namespace {

using protocol::Result;
using protocol::Unexpected;

constexpr std::size_t most_entries = 1'000'000;

std::optional<GitMode> mode_of(std::string_view octal) {
  if (octal == "100644" || octal == "100664") return GitMode::file;
  if (octal == "100755") return GitMode::executable;
  if (octal == "120000") return GitMode::symlink;
  if (octal == "040000") return GitMode::directory;
  if (octal == "160000") return GitMode::submodule;
  return std::nullopt;
}

// "<mode> SP <type> SP <object> TAB <path>"
std::optional<GitEntry> read_entry(std::string_view line) {
  const std::size_t tab = line.find('\t');
  const std::size_t object = line.substr(0, tab).rfind(' ');
  const std::optional<GitMode> mode = mode_of(line.substr(0, line.find(' ')));
  if (tab == std::string_view::npos || object == std::string_view::npos || !mode) return std::nullopt;
  return GitEntry{*mode, std::string(line.substr(object + 1, tab - object - 1)), std::string(line.substr(tab + 1))};
}

// What `cat-file --batch` writes: "<object> SP <type> SP <size> LF <bytes> LF", or "<object> missing LF".
class Batch {
 public:
  explicit Batch(const GitObjects::Receiver& receive) : receive_(receive) {}

  void feed(std::string_view bytes) {
    while (!bytes.empty()) {
      if (!size_) {
        read_header(bytes);
        continue;
      }
      const std::size_t wanted = *size_ + 1 - body_.size();
      body_.append(bytes.substr(0, wanted));
      bytes.remove_prefix(std::min(wanted, bytes.size()));
      if (body_.size() > *size_) finish();
    }
  }

 private:
  void read_header(std::string_view& bytes) {
    const std::size_t end = bytes.find('\n');
    header_.append(bytes.substr(0, end));
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (end == std::string_view::npos) return;
    const std::string header = std::exchange(header_, {});
    is_blob_ = header.find(" blob ") != std::string::npos;
    const std::string_view number = std::string_view(header).substr(header.rfind(' ') + 1);
    std::size_t size = 0;
    const std::from_chars_result read = std::from_chars(number.data(), number.data() + number.size(), size);
    if (number.empty() || read.ec != std::errc() || read.ptr != number.data() + number.size()) {
      ++index_;  // missing
      return;
    }
    size_ = size;
  }

  void finish() {
    if (is_blob_) receive_(index_, std::string_view(body_).substr(0, *size_));
    ++index_;
    body_.clear();
    size_.reset();
  }

  const GitObjects::Receiver& receive_;
  std::size_t index_ = 0;
  std::string header_;
  bool is_blob_ = false;
  std::optional<std::size_t> size_;  // of the body under way
  std::string body_;
};

}  // namespace

Result<GitObjects> GitObjects::around(const std::string& directory) {
  Result<std::string> root = line_of_git(directory, {"rev-parse", "--show-toplevel"});
  if (!root) return Unexpected(root.error());
  return GitObjects(*std::move(root));
}

std::optional<std::string> GitObjects::path_inside(const std::string& path) const {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::weakly_canonical(path, error);
  const std::filesystem::path top = std::filesystem::weakly_canonical(root_, error);
  const std::string relative = real.lexically_relative(top).generic_string();
  if (relative.empty() || relative.starts_with("..")) return std::nullopt;
  return relative == "." ? std::string() : relative;
}

Result<std::string> GitObjects::tree_of(const std::string& revision) const {
  const Result<std::string> tree =
      line_of_git(root_, {"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{tree}"});
  // Quiet is what git is of a revision it does not know.
  if (!tree && tree.error().message.empty()) return Unexpected({fmt::format("git knows no revision {}", revision)});
  return tree;
}

Result<std::vector<GitEntry>> GitObjects::list(const std::string& tree, const std::string& directory) const {
  std::vector<GitEntry> entries;
  std::string rest;
  bool understood = true;
  const auto take = [&](std::string_view bytes) {
    rest.append(bytes);
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = rest.find('\0', begin)) != std::string::npos; begin = end + 1) {
      std::optional<GitEntry> entry = read_entry(std::string_view(rest).substr(begin, end - begin));
      understood = understood && entry.has_value();
      if (entry && entries.size() <= most_entries) entries.push_back(*std::move(entry));
    }
    rest.erase(0, begin);
  };
  const std::string place = directory.empty() ? tree : tree + ':' + directory;
  if (const Result<void> ran = run_git(root_, {"ls-tree", "-r", "-t", "-z", "--full-tree", place}, "", take); !ran)
    return Unexpected({fmt::format("the revision has no directory {} ({})", directory, ran.error().message)});
  if (!understood) return Unexpected({"git lists the revision in a form that is not known"});
  if (entries.size() > most_entries)
    return Unexpected({fmt::format("the revision has more than {} files", most_entries)});
  return entries;
}

Result<void> GitObjects::read(const std::vector<std::string>& objects, const Receiver& receive) const {
  std::string names;
  for (const std::string& object : objects) names.append(object).push_back('\n');
  Batch batch(receive);
  return run_git(root_, {"cat-file", "--batch"}, names, [&](std::string_view bytes) { batch.feed(bytes); });
}

}  // namespace keyline::server

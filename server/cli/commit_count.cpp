#include "server/cli/commit_count.h"

#include <charconv>

#include <fmt/format.h>

#include "server/cli/terminal.h"

namespace keyline::server {

std::optional<std::size_t> commit_count(const std::string& text) {
  std::size_t count = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, count);
  if (read.ec != std::errc() || read.ptr != end || count == 0 || count > most_commits) return std::nullopt;
  return count;
}

std::string commit_count_fault(const std::string& option, const std::string& text) {
  return fmt::format("{} {}: expected a number from 1 to {}", option, visible(text), most_commits);
}

}  // namespace keyline::server

#include "server/cli/progress.h"

#include <unistd.h>

#include <fmt/format.h>

namespace keyline::server {

namespace {
constexpr std::size_t worth_showing = 20;
}

Progress::Progress(std::string_view doing, std::size_t total)
    : terminal_(terminal_of(STDERR_FILENO)), doing_(doing), total_(total) {}

void Progress::at(std::size_t done, std::string_view what) {
  if (!terminal_.is_terminal || total_ < worth_showing) return;
  const std::string line = fmt::format("{} {}/{} {}", doing_, done + 1, total_, visible(what));
  write_error("\r\x1b[K" + fit(line, terminal_.width - 1));
  shown_ = true;
}

void Progress::clear() {
  if (shown_) write_error("\r\x1b[K");
  shown_ = false;
}

}  // namespace keyline::server

#include "server/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

namespace keyline::server {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::size_t tab_width = 4;

struct CodePoint {
  char32_t value = 0;
  std::size_t size = 1;
  bool valid = true;
};

// The first code point of a text that is not empty. Overlong forms, surrogates and values past U+10FFFF are not valid.
CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {0, 1, false};
  char32_t value = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {0, 1, false};
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {0, 1, false};
  return {value, size, true};
}

struct Range {
  char32_t first;
  char32_t last;
};

bool within(const auto& ranges, char32_t value) {
  return std::ranges::any_of(ranges, [&](const Range& range) { return range.first <= value && value <= range.last; });
}

// East Asian Wide and emoji presentation, in the blocks that people write in Dockerfiles.
constexpr std::array wide = {Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
                             Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},
                             Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},
                             Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
                             Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};
constexpr std::array combining = {Range{0x0300, 0x036F}, Range{0x200B, 0x200D}, Range{0x20D0, 0x20FF},
                                  Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};
// C0, C1, and what changes the direction of the text around it, with which a file could show other than it is.
constexpr std::array control = {Range{0x00, 0x1F},     Range{0x7F, 0x9F},     Range{0x200E, 0x200F},
                                Range{0x2028, 0x202E}, Range{0x2066, 0x2069}, Range{0xFEFF, 0xFEFF}};

// How much of the text's beginning is shown as it stands, one column a byte.
std::size_t plain_length(std::string_view text) {
  const auto* const end = std::ranges::find_if(text, [](char c) { return c < ' ' || c > '~'; });
  return static_cast<std::size_t>(end - text.begin());
}

std::size_t width_of(char32_t value) { return within(combining, value) ? 0 : within(wide, value) ? 2 : 1; }

std::string_view code_of(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::strong:
      return "1";
    case Style::dim:
      return "2";
    case Style::error:
      return "1;31";
    case Style::warning:
      return "1;33";
    case Style::information:
      return "1;36";
    case Style::added:
      return "32";
    case Style::removed:
      return "31";
    case Style::place:
      return "1";
  }
  return "";
}

std::string_view environment_value(const char* name) {
  const char* value = std::getenv(name);
  return value ? std::string_view(value) : std::string_view();
}

bool wants_colours(bool is_terminal) {
  if (!environment_value("NO_COLOR").empty()) return false;
  const std::string_view forced = environment_value("CLICOLOR_FORCE");
  if (!forced.empty() && forced != "0") return true;
  return is_terminal && environment_value("CLICOLOR") != "0" && environment_value("TERM") != "dumb";
}

}  // namespace

std::string Terminal::paint(Style style, std::string_view text) const {
  if (!colours || style == Style::plain || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code_of(style), text);
}

Terminal terminal_of(int descriptor) {
  Terminal terminal;
  terminal.is_terminal = ::isatty(descriptor) == 1;
  terminal.colours = wants_colours(terminal.is_terminal);
  struct winsize size = {};
  if (terminal.is_terminal && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) {
    terminal.width = size.ws_col;
  }
  return terminal;
}

std::string visible(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  while (true) {
    const std::size_t plain = plain_length(text);
    out += text.substr(0, plain);
    column += plain;
    text.remove_prefix(plain);
    if (text.empty()) break;
    const CodePoint point = first_code_point(text);
    if (point.valid && point.value == U'\t') {
      const std::size_t blanks = tab_width - column % tab_width;
      out.append(blanks, ' ');
      column += blanks;
    } else if (!point.valid || within(control, point.value)) {
      out += replacement;
      ++column;
    } else {
      out += text.substr(0, point.size);
      column += width_of(point.value);
    }
    text.remove_prefix(point.size);
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (true) {
    const std::size_t plain = plain_length(text);
    width += plain;
    text.remove_prefix(plain);
    if (text.empty()) break;
    const CodePoint point = first_code_point(text);
    width += point.valid ? width_of(point.value) : 1;
    text.remove_prefix(point.size);
  }
  return width;
}

std::string fit(std::string_view text, std::size_t columns) {
  if (text.size() <= columns || display_width(text) <= columns) return std::string(text);
  std::size_t taken = 0;
  std::size_t width = 0;
  while (true) {
    const CodePoint point = first_code_point(text.substr(taken));
    const std::size_t more = point.valid ? width_of(point.value) : 1;
    if (width + more + 1 > columns) break;
    width += more;
    taken += point.size;
  }
  return std::string(text.substr(0, taken)) + "…";
}

std::string pad(std::string_view text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return std::string(text) + std::string(width < columns ? columns - width : 0, ' ');
}

bool write_out(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return std::fflush(stdout) == 0 && written;
}

void write_error(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace keyline::server

#pragma once
// What the reader of our output can show: colours and width; and text made fit for it. Colours appear only on a
// terminal and give way to NO_COLOR, CLICOLOR=0 and TERM=dumb; CLICOLOR_FORCE brings them back. Text that comes from
// files never reaches a terminal raw: control characters in it are shown, not sent.

#include <cstdint>
#include <string>
#include <string_view>

namespace keyline::server {

enum class Style : std::uint8_t { plain, strong, dim, error, warning, information, added, removed, place };

struct Terminal {
  bool is_terminal = false;
  bool colours = false;
  unsigned width = 80;  // columns, also when nothing is known

  std::string paint(Style style, std::string_view text) const;
};

// Of a file descriptor, and the environment.
Terminal terminal_of(int descriptor);

// `text` for a single line: tabs become blanks up to the next multiple of four, control characters and bytes that are
// not UTF-8 become U+FFFD.
std::string visible(std::string_view text);
// Columns that visible text takes on a terminal: two for wide characters, none for combining ones.
std::size_t display_width(std::string_view text);
// The longest part of visible text that fits, with "…" where something was cut.
std::string fit(std::string_view text, std::size_t columns);
// Filled with blanks up to a width.
std::string pad(std::string_view text, std::size_t columns);

// Whole output at once; false when it could not be written.
[[nodiscard]] bool write_out(std::string_view text);
void write_error(std::string_view text);

}  // namespace keyline::server

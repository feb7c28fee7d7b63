#pragma once
// Offsets <-> lines and columns, for one text. Lines end at "\n", "\r\n" or a lone "\r", as the Language Server
// Protocol counts them; columns count code units of the asked encoding. Bytes that are not UTF-8 count as one unit
// each. Every function is total: places outside the text are clamped to it, columns to the end of their line.

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/text/span.h"

namespace keyline::analysis {

enum class Encoding : std::uint8_t { utf8, utf16, utf32 };

// Zero-based. `column` counts code units of an Encoding that the caller knows.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

// Code units of a part of the text. A character that its end cuts off does not count.
std::uint32_t code_units(std::string_view text, Span part, Encoding encoding);

class LineIndex {
 public:
  LineIndex() = default;
  explicit LineIndex(std::string_view text);
  // As if made anew from `text`, in which `added` bytes stand where `replaced` was. Looks at these and their line only.
  void edit(std::string_view text, Span replaced, Offset added);

  std::uint32_t line_count() const { return static_cast<std::uint32_t>(begins_.size()); }
  std::uint32_t line_at(Offset offset) const;
  Offset line_begin(std::uint32_t number) const { return number < line_count() ? begins_[number] : size_; }
  // The bytes of a line without its line ending.
  Span line(std::string_view text, std::uint32_t number) const;

  // `text` must be the text the index was made from.
  Position position(std::string_view text, Offset offset, Encoding encoding) const;
  Offset offset(std::string_view text, Position position, Encoding encoding) const;

 private:
  std::vector<Offset> begins_ = {0};
  Offset size_ = 0;
};

}  // namespace keyline::analysis

#include "analysis/text/line_index.h"

#include <algorithm>
#include <cstring>

#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

std::uint32_t units(std::uint32_t length, Encoding encoding) {
  switch (encoding) {
    case Encoding::utf8:
      return length;
    case Encoding::utf16:
      return length == 4 ? 2 : 1;
    case Encoding::utf32:
      return 1;
  }
  return 1;
}

// The first byte behind the next line ending, or npos.
std::size_t behind_line_end(std::string_view text, std::size_t at) {
  const std::size_t found = text.find_first_of("\r\n", at);
  if (found == std::string_view::npos) return found;
  return found + (text.substr(found).starts_with("\r\n") ? 2 : 1);
}

}  // namespace

std::uint32_t code_units(std::string_view text, Span part, Encoding encoding) {
  if (encoding == Encoding::utf8) return part.size();
  std::uint32_t count = 0;
  for (Offset at = part.begin; at < part.end;) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++count;
      ++at;
      continue;
    }
    const std::uint32_t length = rune_at(text, at).length;
    if (at + length > part.end) break;
    count += units(length, encoding);
    at += length;
  }
  return count;
}

LineIndex::LineIndex(std::string_view text) : size_(static_cast<Offset>(text.size())) {
  const bool has_returns = text.find('\r') != std::string_view::npos;
  std::size_t at = 0;
  while (at < text.size()) {
    if (!has_returns) {
      const void* found = std::memchr(text.data() + at, '\n', text.size() - at);
      if (found == nullptr) break;
      at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + 1;
    } else {
      at = behind_line_end(text, at);
      if (at == std::string_view::npos) break;
    }
    begins_.push_back(static_cast<Offset>(at));
  }
}

void LineIndex::edit(std::string_view text, Span replaced, Offset added) {
  // A line that begins before the byte in front of the edit goes on to begin there, and one that began behind the edit
  // does so too: a line feed that comes to stand behind a carriage return ends the same line.
  const auto kept = begins_.begin() + line_at(replaced.begin == 0 ? 0 : replaced.begin - 1);
  const auto moved = std::upper_bound(kept, begins_.end(), replaced.end);
  std::vector<Offset> found;
  const Offset end = replaced.begin + added;
  for (std::size_t at = behind_line_end(text, *kept); at <= end; at = behind_line_end(text, at))
    found.push_back(static_cast<Offset>(at));
  const Offset shift = end - replaced.end;  // may wrap around, and back
  std::for_each(moved, begins_.end(), [&](Offset& begin) { begin += shift; });
  begins_.insert(begins_.erase(kept + 1, moved), found.begin(), found.end());
  size_ = static_cast<Offset>(text.size());
}

std::uint32_t LineIndex::line_at(Offset offset) const {
  const auto behind = std::upper_bound(begins_.begin(), begins_.end(), offset);
  return static_cast<std::uint32_t>(behind - begins_.begin()) - 1;
}

Span LineIndex::line(std::string_view text, std::uint32_t number) const {
  if (number >= line_count()) return {size_, size_};
  const Offset begin = begins_[number];
  Offset end = number + 1 < line_count() ? begins_[number + 1] : size_;
  // Only the last line may end without a line ending, and then its last byte is not one.
  if (end > begin && text[end - 1] == '\n') --end;
  if (end > begin && text[end - 1] == '\r') --end;
  return {begin, end};
}

Position LineIndex::position(std::string_view text, Offset offset, Encoding encoding) const {
  offset = std::min(offset, size_);
  const std::uint32_t number = line_at(offset);
  const Span bytes = line(text, number);
  return {number, code_units(text, {bytes.begin, std::min(offset, bytes.end)}, encoding)};
}

Offset LineIndex::offset(std::string_view text, Position position, Encoding encoding) const {
  if (position.line >= line_count()) return size_;
  const Span bytes = line(text, position.line);
  if (encoding == Encoding::utf8) return bytes.begin + std::min(position.column, bytes.size());
  std::uint32_t column = 0;
  Offset at = bytes.begin;
  while (at < bytes.end && column < position.column) {
    const std::uint32_t length = rune_at(text, at).length;
    const std::uint32_t width = units(length, encoding);
    if (column + width > position.column) break;  // between two surrogates: the character's beginning
    column += width;
    at += length;
  }
  return std::min(at, bytes.end);
}

}  // namespace keyline::analysis

#pragma once
// Places in a text, as byte offsets. Everything in `analysis/` speaks bytes; lines, columns and UTF-16 exist only
// where `server/lsp/convert` meets an editor. A span is half open, and `begin <= end` always holds.

#include <cstdint>
#include <string_view>

namespace keyline::analysis {

using Offset = std::uint32_t;

struct Span {
  Offset begin = 0;
  Offset end = 0;

  Offset size() const { return end - begin; }
  bool empty() const { return begin == end; }
  bool contains(Offset offset) const { return begin <= offset && offset < end; }
  // Also true just behind the last byte, where an editor's cursor stands after typing it.
  bool touches(Offset offset) const { return begin <= offset && offset <= end; }
  Span shifted(Offset by) const { return {begin + by, end + by}; }

  friend bool operator==(const Span&, const Span&) = default;
};

// The bytes of `text` under `span`; a span that reaches past the end is cut there.
inline std::string_view slice(std::string_view text, Span span) {
  if (span.begin >= text.size()) return {};
  return text.substr(span.begin, span.size());
}

}  // namespace keyline::analysis

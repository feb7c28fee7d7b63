#include "analysis/context/glob.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

// Go's getEsc: one end of a range in a class. Empty: a bad pattern.
std::optional<char32_t> take_class_rune(std::string_view& chunk) {
  if (chunk.empty() || chunk[0] == '-' || chunk[0] == ']') return std::nullopt;
  if (chunk[0] == '\\') {
    if (chunk.size() == 1) return std::nullopt;
    chunk.remove_prefix(1);
  }
  const Rune rune = rune_at(chunk, 0);
  if (rune.value == replacement_rune && rune.length == 1) return std::nullopt;
  chunk.remove_prefix(rune.length);
  if (chunk.empty()) return std::nullopt;
  return rune.value;
}

enum class Class : std::uint8_t { hit, miss, bad };

// `chunk` starts behind the "[" and ends up behind the "]".
Class take_class(std::string_view& chunk, char32_t wanted) {
  const bool negated = !chunk.empty() && chunk[0] == '^';
  if (negated) chunk.remove_prefix(1);
  bool found = false;
  for (bool first = true;; first = false) {
    if (!chunk.empty() && chunk[0] == ']' && !first) break;
    const std::optional<char32_t> low = take_class_rune(chunk);
    if (!low) return Class::bad;
    std::optional<char32_t> high = low;
    if (chunk[0] == '-') {
      chunk.remove_prefix(1);
      high = take_class_rune(chunk);
      if (!high) return Class::bad;
    }
    found = found || (*low <= wanted && wanted <= *high);
  }
  chunk.remove_prefix(1);
  return found == negated ? Class::miss : Class::hit;
}

struct ChunkMatch {
  bool valid = true;
  bool ok = false;
  std::string_view rest;  // of the name
};

// A pattern part without `*`. Reads the whole chunk even after the name has failed, to see whether it is well formed.
ChunkMatch match_chunk(std::string_view chunk, std::string_view name) {
  bool failed = false;
  while (!chunk.empty()) {
    failed = failed || name.empty();
    const char head = chunk[0];
    if (head == '[') {
      const Rune rune = failed ? Rune{} : rune_at(name, 0);
      name.remove_prefix(rune.length);
      chunk.remove_prefix(1);
      const Class result = take_class(chunk, rune.value);
      if (result == Class::bad) return {.valid = false, .ok = false, .rest = {}};
      failed = failed || result == Class::miss;
      continue;
    }
    if (head == '?') {
      if (!failed) {
        failed = name[0] == '/';
        name.remove_prefix(rune_at(name, 0).length);
      }
      chunk.remove_prefix(1);
      continue;
    }
    if (head == '\\') {
      chunk.remove_prefix(1);
      if (chunk.empty()) return {.valid = false, .ok = false, .rest = {}};
    }
    if (!failed) {
      failed = chunk[0] != name[0];
      name.remove_prefix(1);
    }
    chunk.remove_prefix(1);
  }
  if (failed) return {};
  return {.valid = true, .ok = true, .rest = name};
}

struct Chunk {
  bool star = false;
  std::string_view text;
};

Chunk take_chunk(std::string_view& pattern) {
  Chunk chunk;
  while (!pattern.empty() && pattern[0] == '*') {
    pattern.remove_prefix(1);
    chunk.star = true;
  }
  bool in_class = false;
  std::size_t end = 0;
  for (; end < pattern.size(); ++end) {
    const char c = pattern[end];
    if (c == '\\') {
      if (end + 1 < pattern.size()) ++end;
    } else if (c == '[') {
      in_class = true;
    } else if (c == ']') {
      in_class = false;
    } else if (c == '*' && !in_class) {
      break;
    }
  }
  chunk.text = pattern.substr(0, end);
  pattern.remove_prefix(end);
  return chunk;
}

// After a star: the first place, not behind a "/", where the chunk fits. The last chunk must reach the name's end.
std::optional<std::string_view> match_after_star(const Chunk& chunk, std::string_view name, bool last) {
  for (std::size_t i = 0; i < name.size() && name[i] != '/'; ++i) {
    const ChunkMatch match = match_chunk(chunk.text, name.substr(i + 1));
    if (match.ok && !(last && !match.rest.empty())) return match.rest;
  }
  return std::nullopt;
}

}  // namespace

bool has_wildcard(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '*' || text[i] == '?' || text[i] == '[') {
      return true;
    }
  }
  return false;
}

bool is_valid_glob(std::string_view pattern) {
  while (!pattern.empty()) {
    if (!match_chunk(take_chunk(pattern).text, "").valid) return false;
  }
  return true;
}

bool glob_matches(std::string_view pattern, std::string_view name) {
  if (!is_valid_glob(pattern)) return false;
  while (!pattern.empty()) {
    const Chunk chunk = take_chunk(pattern);
    if (chunk.star && chunk.text.empty()) return name.find('/') == std::string_view::npos;
    const ChunkMatch here = match_chunk(chunk.text, name);
    if (here.ok && (here.rest.empty() || !pattern.empty())) {
      name = here.rest;
      continue;
    }
    if (!chunk.star) return false;
    const std::optional<std::string_view> rest = match_after_star(chunk, name, pattern.empty());
    if (!rest) return false;
    name = *rest;
  }
  return name.empty();
}

}  // namespace keyline::analysis

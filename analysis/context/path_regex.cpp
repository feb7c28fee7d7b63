#include "analysis/context/path_regex.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <span>

#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

using Kind = RegexItem::Kind;

RuneSet all_but(char32_t rune) {
  RuneSet set{{rune, rune}};
  set.negate();
  return set;
}

// A character whose bytes can be compared: U+FFFD also stands for bytes that are no character.
std::optional<char32_t> literal(const RegexItem& item) {
  if (item.kind != Kind::one) return std::nullopt;
  const std::optional<char32_t> rune = item.set.single();
  return rune && *rune != replacement_rune ? rune : std::nullopt;
}

std::string literal_run(std::span<const RegexItem> items) {
  std::string text;
  for (const RegexItem& item : items) {
    const std::optional<char32_t> rune = literal(item);
    if (!rune) break;
    append_rune(text, *rune);
  }
  return text;
}

std::string longest_literal(std::span<const RegexItem> items) {
  std::string longest;
  for (std::size_t i = 0; i < items.size(); ++i) {
    // What may be left out is not contained in every match.
    if (items[i].kind == Kind::directories) {
      i += 2;
      continue;
    }
    std::string run = literal_run(items.subspan(i));
    if (run.size() > longest.size()) longest = std::move(run);
  }
  return longest;
}

bool is_word(std::string_view path, std::size_t at) {
  if (at >= path.size()) return false;
  const char c = path[at];
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

bool holds(Kind assertion, std::string_view path, std::size_t at) {
  const bool edge = (at > 0 && is_word(path, at - 1)) != is_word(path, at);
  switch (assertion) {
    case Kind::text_begin:
      return at == 0;
    case Kind::text_end:
      return at == path.size();
    case Kind::word_edge:
      return edge;
    case Kind::no_word_edge:
      return !edge;
    default:
      return false;
  }
}

// The set of items a simulation may stand before; one more than there are items, the last one means "matched".
class States {
 public:
  explicit States(std::size_t count) : words_((count + 63) / 64) {
    if (words_ > inline_.size()) many_.resize(words_);
  }

  void add(std::size_t index) { words()[index / 64] |= std::uint64_t{1} << (index % 64); }
  bool contains(std::size_t index) { return ((words()[index / 64] >> (index % 64)) & 1U) != 0; }
  bool clear() {
    bool any = false;
    for (std::uint64_t& word : words()) any = any || word != 0, word = 0;
    return any;
  }
  // Visits members in order, also those that the visitor adds behind the present one.
  template <typename Visitor>
  void visit(Visitor&& visitor) {
    for (std::size_t w = 0; w < words_; ++w) {
      for (std::uint64_t left = words()[w]; left != 0;) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(left));
        visitor(w * 64 + bit);
        const std::uint64_t behind = bit == 63 ? 0 : ~std::uint64_t{0} << (bit + 1);
        left = words()[w] & behind;
      }
    }
  }

 private:
  std::span<std::uint64_t> words() { return {many_.empty() ? inline_.data() : many_.data(), words_}; }

  std::size_t words_;
  std::array<std::uint64_t, 4> inline_{};
  std::vector<std::uint64_t> many_;
};

}  // namespace

PathRegex::PathRegex(RegexItems items) {
  const auto is_literal = [](const RegexItem& item) { return literal(item).has_value(); };
  const auto head = std::find_if_not(items.begin(), items.end(), is_literal);
  const auto tail = std::find_if_not(items.rbegin(), std::make_reverse_iterator(head), is_literal).base();
  prefix_ = literal_run({items.begin(), head});
  suffix_ = literal_run({tail, items.end()});
  for (auto item = head; item != tail; ++item) {
    items_.push_back(std::move(*item));
    if (items_.back().kind != Kind::directories) continue;
    items_.push_back({Kind::star, all_but('\n')});
    items_.push_back({Kind::one, RuneSet{{'/', '/'}}});
  }
  contained_ = longest_literal(items_);
  classify();
}

void PathRegex::classify() {
  const auto is_star = [this](std::size_t index, const RuneSet& set) {
    return items_[index].kind == Kind::star && items_[index].set == set;
  };
  const bool starts_with_directories = !items_.empty() && items_[0].kind == Kind::directories;
  if (items_.empty()) {
    middle_ = Middle::nothing;
  } else if (items_.size() == 1 && is_star(0, all_but('/'))) {
    middle_ = Middle::in_directory;
  } else if (items_.size() == 1 && is_star(0, all_but('\n'))) {
    middle_ = Middle::anything;
  } else if (items_.size() == 3 && starts_with_directories) {
    middle_ = Middle::directories;
  } else if (items_.size() == 4 && starts_with_directories && is_star(3, all_but('/'))) {
    middle_ = Middle::directories_and_name;
  }
}

bool PathRegex::matches(std::string_view path) const {
  if (path.size() < prefix_.size() + suffix_.size()) return false;
  if (!path.ends_with(suffix_) || !path.starts_with(prefix_)) return false;
  const std::size_t end = path.size() - suffix_.size();
  const std::string_view middle = path.substr(prefix_.size(), end - prefix_.size());
  if (middle_ != Middle::other) return middle_matches(middle);
  if (middle.find(contained_) == std::string_view::npos) return false;
  return simulate(path, prefix_.size(), end);
}

bool PathRegex::middle_matches(std::string_view middle) const {
  const auto lacks = [](std::string_view text, char c) { return text.find(c) == std::string_view::npos; };
  switch (middle_) {
    case Middle::nothing:
      return middle.empty();
    case Middle::in_directory:
      return lacks(middle, '/');
    case Middle::anything:
      return lacks(middle, '\n');
    case Middle::directories:
      return middle.empty() || (middle.back() == '/' && lacks(middle, '\n'));
    case Middle::directories_and_name: {
      const std::size_t slash = middle.rfind('/');
      return slash == std::string_view::npos || lacks(middle.substr(0, slash), '\n');
    }
    case Middle::other:
      break;
  }
  return false;
}

bool PathRegex::simulate(std::string_view path, std::size_t begin, std::size_t end) const {
  States now(items_.size() + 1);
  States next(items_.size() + 1);
  now.add(0);
  for (std::size_t at = begin;;) {
    now.visit([&](std::size_t index) {
      if (index == items_.size()) return;
      const Kind kind = items_[index].kind;
      if (kind == Kind::one) return;
      if (kind == Kind::directories) now.add(index + 3);
      if (kind <= Kind::directories || holds(kind, path, at)) now.add(index + 1);
    });
    if (at >= end) return now.contains(items_.size());
    const Rune rune = rune_at(path, at);
    now.visit([&](std::size_t index) {
      if (index == items_.size()) return;
      const RegexItem& item = items_[index];
      if (item.kind >= Kind::directories) return;
      if (item.set.contains(rune.value)) next.add(item.kind == Kind::star ? index : index + 1);
    });
    if (!now.clear()) return false;
    std::swap(now, next);
    at += rune.length;
  }
}

}  // namespace keyline::analysis

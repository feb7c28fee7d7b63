#pragma once
// A table of words that is asked on every keystroke: written as one text, as those for lists() are, and sorted when it
// is compiled.

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

namespace keyline::analysis {

template <std::size_t Size>
class WordSet {
 public:
  // Words stand apart by one space each. The text must outlive the set, as a literal does.
  consteval explicit WordSet(const char (&text)[Size]) : text_(text, Size - 1) {  // NOLINT(*-avoid-c-arrays): a literal
    static_assert(Size <= std::numeric_limits<std::uint16_t>::max());
    for (std::size_t begin = 0; begin < text_.size();) {
      const std::size_t end = std::min(text_.find(' ', begin), text_.size());
      words_[count_++] = {static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(end - begin)};
      begin = end + 1;
    }
    std::sort(words_.data(), words_.data() + count_, [this](Word a, Word b) { return of(a) < of(b); });
  }

  constexpr bool contains(std::string_view word) const {
    const Word* const end = words_.data() + count_;
    const Word* const found = std::lower_bound(words_.data(), end, word,
                                               [this](Word each, std::string_view asked) { return of(each) < asked; });
    return found != end && of(*found) == word;
  }

 private:
  struct Word {
    std::uint16_t begin = 0, size = 0;
  };
  constexpr std::string_view of(Word word) const { return text_.substr(word.begin, word.size); }

  std::string_view text_;
  std::array<Word, Size / 2> words_{};
  std::size_t count_ = 0;
};

}  // namespace keyline::analysis

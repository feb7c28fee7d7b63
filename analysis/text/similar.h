#pragma once
// Which of several names a misspelt one was probably meant to be. Deterministic: of equally near names the first wins.

#include <cstddef>
#include <string_view>
#include <vector>

namespace keyline::analysis {

// Cost of turning one word into the other, by insertions, deletions and replacements of single bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The nearest option that is at most `most` away from `word` and is not `word` itself; "" when there is none.
std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& options, std::size_t most);

}  // namespace keyline::analysis

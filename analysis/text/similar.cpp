#include "analysis/text/similar.h"

#include <algorithm>

namespace keyline::analysis {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& options, std::size_t most) {
  std::string_view best;
  std::size_t limit = most + 1;
  for (const std::string_view option : options) {
    // The difference in length alone is a lower bound, and saves the table for most options.
    const auto [shorter, longer] = std::minmax({word.size(), option.size()});
    if (option == word || longer - shorter >= limit) continue;
    if (const std::size_t distance = edit_distance(word, option); distance < limit) {
      best = option;
      limit = distance;
    }
  }
  return best;
}

}  // namespace keyline::analysis

#include "analysis/text/edit.h"

#include <algorithm>

namespace keyline::analysis {

bool EditList::add(Edit edit) {
  const auto place = std::upper_bound(edits_.begin(), edits_.end(), edit, [](const Edit& a, const Edit& b) {
    return a.span.begin != b.span.begin ? a.span.begin < b.span.begin : a.span.end < b.span.end;
  });
  if (place != edits_.begin() && std::prev(place)->span.end > edit.span.begin) return false;
  if (place != edits_.end() && edit.span.end > place->span.begin) return false;
  edits_.insert(place, std::move(edit));
  return true;
}

bool EditList::add_all(const EditList& other) {
  EditList merged = *this;
  for (const Edit& edit : other.edits_) {
    if (!merged.add(edit)) return false;
  }
  *this = std::move(merged);
  return true;
}

std::string EditList::apply(std::string_view text) const {
  std::string result;
  result.reserve(text.size() + 256);
  std::size_t at = 0;
  for (const Edit& edit : edits_) {
    const std::size_t begin = std::min<std::size_t>(edit.span.begin, text.size());
    const std::size_t end = std::min<std::size_t>(edit.span.end, text.size());
    result.append(text, at, begin - at);
    result.append(edit.text);
    at = end;
  }
  result.append(text, at);
  return result;
}

}  // namespace keyline::analysis

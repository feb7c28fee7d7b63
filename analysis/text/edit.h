#pragma once
// Changes of a text: replacements in the offsets of the text before them. A list is sorted and disjoint (two
// insertions at one place keep their order), so it can be applied in one pass and shown as one editor action.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/text/span.h"

namespace keyline::analysis {

struct Edit {
  Span span;
  std::string text;
  friend bool operator==(const Edit&, const Edit&) = default;
};

class EditList {
 public:
  EditList() = default;

  // Adds one edit at its place; false (and no change) when it overlaps one that is there already.
  [[nodiscard]] bool add(Edit edit);
  // All edits of `other` or none of them.
  [[nodiscard]] bool add_all(const EditList& other);

  const std::vector<Edit>& edits() const { return edits_; }
  bool empty() const { return edits_.empty(); }
  std::string apply(std::string_view text) const;

  friend bool operator==(const EditList&, const EditList&) = default;

 private:
  std::vector<Edit> edits_;
};

}  // namespace keyline::analysis

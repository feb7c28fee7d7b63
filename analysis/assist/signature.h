#pragma once
// How the instruction under the cursor is written, and which part of it the cursor is in.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/knowledge/dockerfile_language.h"

namespace keyline::analysis {

struct Signature {
  std::string label;                                            // "COPY [OPTIONS] <src>... <dest>"
  std::vector<std::pair<std::size_t, std::size_t>> parameters;  // where each stands in the label, half open, in bytes
  std::size_t active = 0;                                       // index of the one that is being written
};

struct Signatures {
  std::vector<Signature> all;
  std::size_t active = 0;  // the form that the text has so far
  std::string text;        // Markdown
};

// Empty where no instruction has begun, and in heredocs and comments.
std::optional<Signatures> signatures_at(const Snapshot& snapshot, Offset offset);

// The keyword and one of its forms.
std::string signature_label(const InstructionFact& fact, std::string_view form);

}  // namespace keyline::analysis

#pragma once
// What may be typed at a place of a Dockerfile: instructions, flags and their values, stages, variables in scope, paths
// that the build context really has, directives. Pure; a list is as long as what fits the place, not as the file.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::analysis {

struct Completion {
  enum class Kind : std::uint8_t { instruction, flag, value, stage, variable, file, directory, image, directive, rule };
  std::string label;
  Kind kind = Kind::value;
  std::string detail = {};  // beside the label, short
  std::string insert = {};  // in place of `replace`; "": the label
  std::string topic = {};   // what topic_text() knows more about; "": nothing

  const std::string& text() const { return insert.empty() ? label : insert; }
};

struct Completions {
  Span replace;  // what any of them takes the place of: the word in front of the cursor, or its last part
  std::vector<Completion> items = {};
};

// `images` are base images seen elsewhere, as written there.
Completions complete(const Snapshot& snapshot, Offset offset, std::span<const std::string> images);

// Markdown about one of the language's words: "instruction COPY", "flag COPY from", "mount sharing", "argument
// TARGETARCH", "directive syntax", "rule copy-before-install". Empty for anything else.
std::string topic_text(std::string_view topic);

}  // namespace keyline::analysis

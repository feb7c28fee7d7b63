#pragma once
// Indented lines of text, for the prints of trees and snapshots that tests compare. Spans and ids have one form
// everywhere, so that a difference between two prints can be read.

#include <iterator>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "analysis/text/span.h"

namespace keyline::tests {

class Printer {
 public:
  template <typename... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_.append(indent_, ' ');
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
    text_ += '\n';
  }
  void in() { indent_ += 2; }
  void out() { indent_ -= 2; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::size_t indent_ = 0;
};

inline std::string at(analysis::Span span) { return fmt::format("[{},{})", span.begin, span.end); }

}  // namespace keyline::tests

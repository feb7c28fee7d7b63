#pragma once
// What each piece of a Dockerfile is, for colours: instructions, names and values, and inside RUN and here-documents
// the shell's commands, flags, strings, variables and operators. Tokens are sorted, disjoint, and never span lines.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::analysis {

// The order is that of token_type_names(): part of what a client is told once and for all.
enum class TokenType : std::uint8_t {
  keyword,
  comment,
  string,
  number,
  operator_,  // NOLINT(readability-identifier-naming): without the underscore it is a keyword
  variable,
  parameter,
  function,
  stage,
  image,
  property,
  directive,
};

// The standard names of the Language Server Protocol, in the order of TokenType.
const std::vector<std::string>& token_type_names();

struct Token {
  Span span;
  TokenType type = TokenType::keyword;
  bool declares = false;  // the one modifier there is
  friend bool operator==(const Token&, const Token&) = default;
};

// Those of the lines that `within` touches.
std::vector<Token> tokens(const Snapshot& snapshot, Span within);

}  // namespace keyline::analysis

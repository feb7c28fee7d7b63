#include <algorithm>

#include "analysis/navigate/tokens.h"
#include "server/features/features.h"
#include "server/features/pieces.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;
using analysis::Offset;
using analysis::Span;
using analysis::Token;

namespace {

constexpr std::uint32_t numbers_a_token = 5;

// Tokens stand in order and within lines, so that each is counted from the one before it.
std::vector<std::uint32_t> encoded(const View& view, Span within) {
  const std::string_view text = view.snapshot.text();
  const analysis::LineIndex& lines = view.snapshot.lines;
  const auto width = [&](Span part) { return analysis::code_units(text, part, view.client.encoding); };
  const std::vector<Token> tokens = analysis::tokens(view.snapshot, within);
  std::vector<std::uint32_t> data;
  data.reserve(tokens.size() * numbers_a_token);
  std::uint32_t line = 0;
  Offset last = 0;
  for (const Token& token : tokens) {
    const std::uint32_t line_before = line;
    while (line + 1 < lines.line_count() && lines.line_begin(line + 1) <= token.span.begin)
      last = lines.line_begin(++line);
    data.insert(data.end(), {line - line_before, width({last, token.span.begin}), width(token.span),
                             static_cast<std::uint32_t>(token.type), token.declares ? 1U : 0U});
    last = token.span.begin;
  }
  return data;
}

// One edit over what differs, in whole tokens.
std::vector<lsp::SemanticTokensEdit> difference(const std::vector<std::uint32_t>& before,
                                                const std::vector<std::uint32_t>& after) {
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t head = 0;
  while (head < shorter && before[head] == after[head]) ++head;
  if (head == before.size() && head == after.size()) return {};
  head -= head % numbers_a_token;
  std::size_t tail = 0;
  while (tail < shorter - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) ++tail;
  tail -= tail % numbers_a_token;
  return {{static_cast<std::uint32_t>(head), static_cast<std::uint32_t>(before.size() - tail - head),
           std::vector<std::uint32_t>(after.begin() + static_cast<std::ptrdiff_t>(head),
                                      after.end() - static_cast<std::ptrdiff_t>(tail))}};
}

}  // namespace

lsp::SemanticTokensLegend semantic_tokens_legend() { return {analysis::token_type_names(), {"declaration"}}; }

lsp::SemanticTokensRequest::Result semantic_tokens(const View& view, TokenMemory& memory) {
  memory.data = encoded(view, whole(view));
  return lsp::SemanticTokens{std::to_string(++memory.result), memory.data};
}

lsp::SemanticTokensDeltaRequest::Result semantic_tokens_delta(const View& view,
                                                              const lsp::SemanticTokensDeltaParams& params,
                                                              TokenMemory& memory) {
  if (memory.result == 0 || params.previousResultId != std::to_string(memory.result))
    return *semantic_tokens(view, memory);
  std::vector<std::uint32_t> data = encoded(view, whole(view));
  lsp::SemanticTokensDelta delta{std::to_string(++memory.result), difference(memory.data, data)};
  memory.data = std::move(data);
  return delta;
}

lsp::SemanticTokensRangeRequest::Result semantic_tokens_range(const View& view, const lsp::RangeParams& params) {
  return lsp::SemanticTokens{std::nullopt, encoded(view, to_span(view, params.range))};
}

}  // namespace keyline::server::features

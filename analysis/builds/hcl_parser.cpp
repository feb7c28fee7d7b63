#include <algorithm>

#include <fmt/format.h>

#include "analysis/builds/hcl.h"
#include "analysis/builds/hcl_lexer.h"

namespace keyline::analysis {

namespace {

using hcl::end_of_identifier;
using hcl::end_of_string;
using hcl::heredoc_at;
using hcl::is_identifier_start;
using hcl::skip_space;

constexpr int deepest = 32;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  HclDocument read() {
    HclDocument document;
    read_body(document.root, 0);
    if (fault_.empty() && at_ < text_.size()) fail("a closing brace without an opening one");
    document.fault = std::move(fault_);
    return document;
  }

 private:
  void fail(std::string_view what) {
    if (!fault_.empty()) return;
    const auto line =
        std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(std::min(at_, text_.size())), '\n');
    fault_ = fmt::format("line {}: {}", line + 1, what);
  }

  Span span(std::size_t begin, std::size_t end) const {
    return {static_cast<Offset>(begin), static_cast<Offset>(std::max(begin, end))};
  }

  void read_body(HclBlock& block, int depth) {
    if (depth > deepest) return fail("blocks are nested too deeply");
    while (fault_.empty()) {
      at_ = skip_space(text_, at_, true);
      if (at_ >= text_.size() || text_[at_] == '}') return;
      const std::size_t begin = at_;
      if (text_[at_] == '"') {
        at_ = end_of_string(text_, at_);
      } else if (is_identifier_start(text_[at_])) {
        at_ = end_of_identifier(text_, at_);
      } else {
        return fail("an attribute or a block is expected");
      }
      const std::string name = unquoted(begin, at_);
      const Span name_span = span(begin, at_);
      at_ = skip_space(text_, at_, false);
      if (at_ < text_.size() && text_[at_] == '=') {
        at_ = skip_space(text_, at_ + 1, false);
        const std::size_t expression = at_;
        skip_expression();
        block.attributes.push_back({name, name_span, span(expression, at_)});
      } else {
        read_block(block, name, name_span, depth);
      }
    }
  }

  void read_block(HclBlock& parent, const std::string& type, Span type_span, int depth) {
    HclBlock block{.type = type, .labels = {}, .span = type_span};
    while (at_ < text_.size() && (text_[at_] == '"' || is_identifier_start(text_[at_]))) {
      const std::size_t begin = at_;
      at_ = text_[at_] == '"' ? end_of_string(text_, at_) : end_of_identifier(text_, at_);
      block.labels.push_back(unquoted(begin, at_));
      block.span = span(begin, at_);
      at_ = skip_space(text_, at_, false);
    }
    if (at_ >= text_.size() || text_[at_] != '{') return fail("`=` or `{` is expected");
    ++at_;
    read_body(block, depth + 1);
    if (fault_.empty() && at_ >= text_.size()) fail("a closing brace is missing");
    if (at_ < text_.size()) ++at_;
    parent.blocks.push_back(std::move(block));
  }

  // Up to the end of its line, or of the line where its last bracket closes.
  void skip_expression() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        at_ = end_of_string(text_, at_);
      } else if (text_.substr(at_).starts_with("<<")) {
        at_ = heredoc_at(text_, at_).end;
      } else if (c == '#' || text_.substr(at_).starts_with("//") || text_.substr(at_).starts_with("/*")) {
        if (depth == 0 && c != '/') return;
        at_ = skip_space(text_, at_, false);
      } else if (c == '(' || c == '[' || c == '{') {
        ++depth, ++at_;
      } else if (c == ')' || c == ']' || c == '}') {
        if (depth == 0) return;
        --depth, ++at_;
      } else if (c == '\n' && depth == 0) {
        return;
      } else {
        ++at_;
      }
    }
    if (depth > 0) fail("a closing bracket is missing");
  }

  std::string unquoted(std::size_t begin, std::size_t end) const {
    std::string_view text = text_.substr(begin, end - begin);
    if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
    return std::string(text);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string fault_;
};

}  // namespace

const HclAttribute* HclBlock::find(std::string_view name) const {
  const auto found =
      std::find_if(attributes.begin(), attributes.end(), [&](const HclAttribute& each) { return each.name == name; });
  return found == attributes.end() ? nullptr : &*found;
}

HclDocument parse_hcl(std::string_view text) { return Parser(text).read(); }

}  // namespace keyline::analysis

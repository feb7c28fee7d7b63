#include <algorithm>
#include <optional>

#include "analysis/builds/hcl.h"
#include "analysis/builds/hcl_lexer.h"
#include "analysis/text/ascii.h"

namespace keyline::analysis {

namespace {

using Kind = DataNode::Kind;

constexpr int deepest = 64;

DataNode scalar(std::string text, Span span) {
  return {.kind = Kind::scalar, .value = {.text = std::move(text), .span = span}, .span = span};
}

// What two scalars are open about, together.
void take_doubts(BuildText& into, const BuildText& from) {
  into.open.insert(into.open.end(), from.open.begin(), from.open.end());
  if (into.per_build.empty()) into.per_build = from.per_build;
  into.complete = into.complete && from.complete;
}

void take_doubts_of(BuildText& into, const DataNode& from) {
  take_doubts(into, from.value);
  for (const DataNode& item : from.items) take_doubts_of(into, item);
}

class Evaluator {
 public:
  Evaluator(std::string_view text, const HclScope& scope, Span whole)
      : text_(text.substr(0, std::min<std::size_t>(whole.end, text.size()))),
        scope_(scope),
        at_(whole.begin),
        whole_(whole) {}

  DataNode expression() {
    DataNode value = condition();
    at_ = hcl::skip_space(text_, at_, true);
    if (failed_ || at_ < text_.size()) return unknown();
    return value;
  }

  DataNode quoted_template(bool json) {
    DataNode value = template_of(whole_.begin, whole_.end, !json);
    return failed_ ? unknown() : value;
  }

 private:
  DataNode unknown() const {
    DataNode value = scalar(std::string(slice(text_, whole_)), whole_);
    value.value.complete = false;
    value.value.open.emplace_back(slice(text_, whole_));
    return value;
  }

  DataNode fail() {
    failed_ = true;
    return {};
  }

  bool take(std::string_view token) {
    const std::size_t at = hcl::skip_space(text_, at_, true);
    if (!text_.substr(at).starts_with(token)) return false;
    if (token == "=" || token == "!" || token == "<" || token == ">") {
      if (text_.substr(at + 1).starts_with('=')) return false;
    }
    at_ = at + token.size();
    return true;
  }

  DataNode condition() {
    if (++depth_ > deepest) return fail();
    DataNode test = disjunction();
    if (take("?")) {
      DataNode yes = condition();
      if (!take(":")) return fail();
      DataNode no = condition();
      DataNode chosen = test.is_true() ? std::move(yes) : std::move(no);
      take_doubts(chosen.value, test.value);
      // Which one it is, is not known when the test is not.
      if (!test.value.complete) chosen.value.complete = false;
      test = std::move(chosen);
    }
    --depth_;
    return test;
  }

  DataNode truth(bool value, const DataNode& left, const DataNode& right) const {
    DataNode made = scalar(value ? "true" : "false", whole_);
    take_doubts_of(made.value, left);
    take_doubts_of(made.value, right);
    return made;
  }

  DataNode disjunction() {
    DataNode left = conjunction();
    while (!failed_ && take("||")) {
      const DataNode right = conjunction();
      left = truth(left.is_true() || right.is_true(), left, right);
    }
    return left;
  }

  DataNode conjunction() {
    DataNode left = equality();
    while (!failed_ && take("&&")) {
      const DataNode right = equality();
      left = truth(left.is_true() && right.is_true(), left, right);
    }
    return left;
  }

  DataNode equality() {
    DataNode left = unary();
    while (!failed_) {
      const bool equal = take("==");
      if (!equal && !take("!=")) return left;
      const DataNode right = unary();
      const bool same = left.kind == right.kind && left.value.text == right.value.text;
      left = truth(same == equal, left, right);
    }
    return left;
  }

  DataNode unary() {
    if (take("!")) {
      if (++depth_ > deepest) return fail();
      const DataNode value = unary();
      --depth_;
      return truth(!value.is_true(), value, {});
    }
    return postfix();
  }

  DataNode postfix() {
    DataNode value = primary();
    while (!failed_) {
      // A new line begins something else; only brackets span lines.
      const std::size_t at = hcl::skip_space(text_, at_, false);
      if (at < text_.size() && text_[at] == '.' && at + 1 < text_.size() && hcl::is_identifier_start(text_[at + 1])) {
        const std::size_t end = hcl::end_of_identifier(text_, at + 1);
        value = member(value, text_.substr(at + 1, end - at - 1));
        at_ = end;
      } else if (at < text_.size() && text_[at] == '[') {
        at_ = at + 1;
        const DataNode index = condition();
        if (!take("]")) return fail();
        value = element(value, index);
      } else {
        return value;
      }
    }
    return value;
  }

  DataNode member(const DataNode& of, std::string_view name) {
    const DataNode* found = of.find(name);
    return found == nullptr ? fail() : *found;
  }

  DataNode element(const DataNode& of, const DataNode& index) {
    if (of.kind == Kind::map) return member(of, index.value.text);
    std::size_t number = 0;
    for (const char c : index.value.text) {
      if (c < '0' || c > '9' || number > 100'000) return fail();
      number = number * 10 + static_cast<std::size_t>(c - '0');
    }
    return number < of.items.size() ? of.items[number] : fail();
  }

  DataNode primary() {
    at_ = hcl::skip_space(text_, at_, true);
    if (failed_ || at_ >= text_.size()) return fail();
    const std::size_t begin = at_;
    const char c = text_[at_];
    if (c == '"') {
      at_ = hcl::end_of_string(text_, at_);
      if (at_ < begin + 2 || text_[at_ - 1] != '"') return fail();
      DataNode value = template_of(begin + 1, at_ - 1, true);
      value.span = value.value.span = span(begin);
      return value;
    }
    if (text_.substr(at_).starts_with("<<")) {
      const hcl::Heredoc heredoc = hcl::heredoc_at(text_, at_);
      at_ = heredoc.end;
      DataNode value = template_of(heredoc.begin, heredoc.body_end, false);
      value.span = value.value.span = span(begin);
      return value;
    }
    if (c == '[') return list();
    if (c == '{') return object();
    if (take("(")) {
      DataNode value = condition();
      return take(")") ? value : fail();
    }
    if ((c >= '0' && c <= '9') || c == '-') {
      ++at_;
      while (at_ < text_.size() && ((text_[at_] >= '0' && text_[at_] <= '9') || text_[at_] == '.')) ++at_;
      return scalar(std::string(text_.substr(begin, at_ - begin)), span(begin));
    }
    if (!hcl::is_identifier_start(c)) return fail();
    at_ = hcl::end_of_identifier(text_, at_);
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (name == "null") return {.kind = Kind::null, .span = span(begin)};
    if (name == "true" || name == "false") return scalar(std::string(name), span(begin));
    if (at_ < text_.size() && text_[at_] == '(') return call(name, begin);
    const DataNode* found = scope_(name);
    if (found == nullptr) return fail();
    DataNode value = *found;
    value.span = value.value.span = span(begin);
    return value;
  }

  Span span(std::size_t begin) const { return {static_cast<Offset>(begin), static_cast<Offset>(at_)}; }

  DataNode list() {
    DataNode made{.kind = Kind::list, .span = {static_cast<Offset>(at_), static_cast<Offset>(at_)}};
    ++at_;
    while (!failed_ && !take("]")) {
      made.items.push_back(condition());
      if (!take(",")) {
        if (!take("]")) return fail();
        break;
      }
    }
    return made;
  }

  DataNode object() {
    DataNode made{.kind = Kind::map, .span = {static_cast<Offset>(at_), static_cast<Offset>(at_)}};
    ++at_;
    while (!failed_ && !take("}")) {
      at_ = hcl::skip_space(text_, at_, true);
      const std::size_t begin = at_;
      DataNode key;
      if (at_ < text_.size() && hcl::is_identifier_start(text_[at_])) {
        at_ = hcl::end_of_identifier(text_, at_);
        key = scalar(std::string(text_.substr(begin, at_ - begin)), span(begin));
      } else {
        key = primary();
      }
      if (failed_ || (!take("=") && !take(":"))) return fail();
      DataNode value = condition();
      made.members.emplace_back(std::move(key), std::move(value));
      take(",");
    }
    return made;
  }

  DataNode call(std::string_view name, std::size_t begin) {
    ++at_;
    std::vector<DataNode> arguments;
    while (!failed_ && !take(")")) {
      arguments.push_back(condition());
      if (!take(",")) {
        if (!take(")")) return fail();
        break;
      }
    }
    if (failed_) return {};
    DataNode value = apply(name, arguments);
    value.span = value.value.span = span(begin);
    for (const DataNode& argument : arguments) take_doubts_of(value.value, argument);
    if (name == "timestamp" || name == "uuidv4" || name == "formatdate") {
      value.value.per_build = text_.substr(begin, at_ - begin);
      value.value.complete = false;
    }
    return value;
  }

  static std::string text_at(const std::vector<DataNode>& arguments, std::size_t i) {
    return i < arguments.size() ? arguments[i].value.text : std::string();
  }

  DataNode apply(std::string_view name, const std::vector<DataNode>& arguments) {
    const std::string first = text_at(arguments, 0);
    const std::string second = text_at(arguments, 1);
    const auto text = [&](std::string made) { return scalar(std::move(made), whole_); };
    if (name == "timestamp" || name == "uuidv4" || name == "formatdate") return text(std::string(name) + "()");
    if (name == "lower") return text(to_lower(first));
    if (name == "upper") return text(to_upper(first));
    if (name == "equal") return text(first == second ? "true" : "false");
    if (name == "notequal") return text(first != second ? "true" : "false");
    if (name == "not") return text(first == "true" ? "false" : "true");
    if (name == "and") return text(first == "true" && second == "true" ? "true" : "false");
    if (name == "or") return text(first == "true" || second == "true" ? "true" : "false");
    if (name == "trimspace") {
      const std::size_t begin = std::min(first.find_first_not_of(" \t\r\n"), first.size());
      const std::size_t end = first.find_last_not_of(" \t\r\n");
      return text(end == std::string::npos ? std::string() : first.substr(begin, end + 1 - begin));
    }
    if (name == "trimprefix") return text(first.starts_with(second) ? first.substr(second.size()) : first);
    if (name == "trimsuffix")
      return text(first.ends_with(second) ? first.substr(0, first.size() - second.size()) : first);
    if (name == "replace") return text(replaced(first, second, text_at(arguments, 2)));
    if (name == "coalesce") {
      for (const DataNode& each : arguments)
        if (each.is_scalar() && !each.value.text.empty()) return each;
      return text("");
    }
    if (name == "join" && arguments.size() == 2) {
      std::string joined;
      for (const DataNode& item : arguments[1].items) joined += (joined.empty() ? "" : first) + item.value.text;
      return text(std::move(joined));
    }
    if (name == "split" && !first.empty()) return split(second, first);
    if (name == "concat") {
      DataNode all{.kind = Kind::list, .span = whole_};
      for (const DataNode& each : arguments) all.items.insert(all.items.end(), each.items.begin(), each.items.end());
      return all;
    }
    return fail();
  }

  DataNode split(std::string_view text, std::string_view separator) const {
    DataNode parts{.kind = Kind::list, .span = whole_};
    while (true) {
      const std::size_t end = text.find(separator);
      parts.items.push_back(scalar(std::string(text.substr(0, end)), whole_));
      if (end == std::string_view::npos) return parts;
      text.remove_prefix(end + separator.size());
    }
  }

  static std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    if (from.empty()) return std::string(text);
    std::string made;
    while (true) {
      const std::size_t at = text.find(from);
      made += text.substr(0, at);
      if (at == std::string_view::npos) return made;
      made += to;
      text.remove_prefix(at + from.size());
    }
  }

  // The text between `begin` and `end`, with its ${...} evaluated; `escapes` are those of quoted strings.
  DataNode template_of(std::size_t begin, std::size_t end, bool escapes) {
    DataNode made = scalar({}, {static_cast<Offset>(begin), static_cast<Offset>(end)});
    for (std::size_t i = begin; i < end;) {
      const std::string_view rest = text_.substr(i, end - i);
      if (rest.starts_with("$${") || rest.starts_with("%%{")) {
        made.value.text += rest.substr(0, 1);
        made.value.text += '{';
        i += 3;
      } else if (rest.starts_with("${")) {
        const std::size_t close = std::min(hcl::end_of_template(text_, i), end);
        const Span inner{static_cast<Offset>(i + 2), static_cast<Offset>(std::max(i + 2, close - 1))};
        if (++depth_ > deepest) return fail();
        const DataNode value = Evaluator(text_, scope_, inner, depth_).expression();
        --depth_;
        made.value.text += value.value.complete ? value.value.text : std::string(text_.substr(i, close - i));
        take_doubts(made.value, value.value);
        i = close;
      } else if (escapes && rest.front() == '\\' && rest.size() > 1) {
        const char c = rest[1];
        made.value.text += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
        i += 2;
      } else {
        made.value.text += rest.front();
        ++i;
      }
    }
    return made;
  }

  Evaluator(std::string_view text, const HclScope& scope, Span whole, int depth) : Evaluator(text, scope, whole) {
    depth_ = depth;
  }

  std::string_view text_;
  const HclScope& scope_;
  std::size_t at_;
  Span whole_;
  int depth_ = 0;
  bool failed_ = false;
};

}  // namespace

DataNode evaluate_hcl(std::string_view text, Span expression, const HclScope& scope) {
  return Evaluator(text, scope, expression).expression();
}

DataNode evaluate_hcl_template(std::string_view text, Span span, const HclScope& scope) {
  return Evaluator(text, scope, span).quoted_template(true);
}

}  // namespace keyline::analysis

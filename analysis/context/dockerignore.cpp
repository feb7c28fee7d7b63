#include "analysis/context/dockerignore.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analysis/context/glob.h"
#include "analysis/context/path_regex.h"
#include "analysis/text/check.h"
#include "analysis/text/path.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

// bufio.MaxScanTokenSize: a longer line stops ignorefile.ReadAll.
constexpr std::size_t longest_line = 65535;

// What the expressions of one file may grow to: `{1000}` makes much of little text.
constexpr std::size_t most_regex_items = 200'000;

constexpr std::string_view wildcards = "*[]?^\\";

enum class Shape : std::uint8_t { never, exact, prefix, suffix, regex };

// What a path must start and end with to be worth a closer look: most are not. 0: anything.
struct Glance {
  char first = 0;
  char last = 0;
  bool exception = false;

  bool rejects(std::string_view path) const {
    return (first != 0 && first != path.front()) || (last != 0 && last != path.back());
  }
};

Glance glance_at(std::string_view prefix, std::string_view suffix) {
  return {prefix.empty() ? '\0' : prefix.front(), suffix.empty() ? '\0' : suffix.back(), false};
}

struct Matcher {
  Shape shape = Shape::never;
  std::string text;  // what is compared, for the shapes without a regex
  std::size_t regexes_begin = 0;
  std::size_t regexes_end = 0;
};

// The kinds of pattern that patternmatcher.go's compile() tells apart: only `**` at an end, or anything more.
Shape shape_of(std::string_view pattern) {
  Shape shape = Shape::exact;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '*' && i + 1 < pattern.size() && pattern[i + 1] == '*') {
      const bool first = i == 0;
      ++i;
      if (i + 1 < pattern.size() && pattern[i + 1] == '/') ++i;
      const bool last = i + 1 >= pattern.size();
      shape = last && shape == Shape::exact ? Shape::prefix : Shape::regex;
      if (first) shape = Shape::suffix;
    } else if (c == '*' || c == '?' || c == '[' || c == ']') {
      shape = Shape::regex;
    } else if (c == '\\') {
      if (i + 1 < pattern.size()) ++i, shape = Shape::regex;
    }
  }
  return shape;
}

// filter.go: patternWithoutTrailingGlob.
std::string_view without_trailing_glob(std::string_view pattern) {
  if (pattern.ends_with("/**")) pattern.remove_suffix(3);
  if (pattern.ends_with("/*")) pattern.remove_suffix(2);
  return pattern;
}

bool bit(const std::vector<std::uint64_t>& bits, std::size_t index) {
  return index / 64 < bits.size() && ((bits[index / 64] >> (index % 64)) & 1U) != 0;
}

void set_bit(std::vector<std::uint64_t>& bits, std::size_t index) {
  bits[index / 64] |= std::uint64_t{1} << (index % 64);
}

}  // namespace

struct Dockerignore::Compiled {
  std::vector<Glance> glances;    // one for each pattern
  std::vector<Matcher> matchers;  // the same
  std::vector<PathRegex> regexes;
  std::size_t regex_items = 0;
  std::vector<std::string> exception_roots;   // of "!" patterns, with a "/" at the end
  std::vector<std::string> exception_starts;  // what all that they match starts with
  bool literal_exceptions = true;             // no exception_roots with wildcards

  bool add(std::string_view pattern);
  void add_exception(std::string_view pattern);
  bool matches(const Matcher& matcher, std::string_view path) const;
  Glance glance(const Matcher& matcher) const;
};

// False when Go's regexp refuses what compile() makes of the pattern, or the file has grown beyond any sense.
bool Dockerignore::Compiled::add(std::string_view pattern) {
  Matcher& matcher = matchers.emplace_back();
  matcher.shape = shape_of(pattern);
  switch (matcher.shape) {
    case Shape::prefix:
      matcher.text = pattern.substr(0, pattern.size() - 2);
      return true;
    case Shape::suffix:
      matcher.text = pattern.substr(2);
      return true;
    case Shape::exact:
      matcher.text = pattern;
      return true;
    case Shape::regex:
    case Shape::never:
      break;
  }
  std::optional<std::vector<RegexItems>> alternatives = translate_pattern(pattern);
  if (!alternatives || regex_items > most_regex_items) {
    matcher.shape = Shape::never;
    return false;
  }
  matcher.regexes_begin = regexes.size();
  for (RegexItems& items : *alternatives) regex_items += regexes.emplace_back(std::move(items)).size();
  matcher.regexes_end = regexes.size();
  return true;
}

void Dockerignore::Compiled::add_exception(std::string_view pattern) {
  const std::string_view root = without_trailing_glob(pattern);
  literal_exceptions = literal_exceptions && root.find_first_of(wildcards) == std::string_view::npos;
  exception_starts.emplace_back(pattern.substr(0, pattern.find_first_of(wildcards)));
  exception_roots.push_back(std::string(root) + '/');
}

bool Dockerignore::Compiled::matches(const Matcher& matcher, std::string_view path) const {
  switch (matcher.shape) {
    case Shape::exact:
      return path == matcher.text;
    case Shape::prefix:
      return path.starts_with(matcher.text);
    case Shape::suffix:
      if (path.ends_with(matcher.text)) return true;
      return matcher.text.front() == '/' && path == std::string_view(matcher.text).substr(1);
    case Shape::regex:
      for (std::size_t i = matcher.regexes_begin; i < matcher.regexes_end; ++i) {
        if (regexes[i].matches(path)) return true;
      }
      return false;
    case Shape::never:
      break;
  }
  return false;
}

Glance Dockerignore::Compiled::glance(const Matcher& matcher) const {
  switch (matcher.shape) {
    case Shape::exact:
      return glance_at(matcher.text, matcher.text);
    case Shape::prefix:
      return glance_at(matcher.text, {});
    case Shape::suffix:
      return glance_at({}, matcher.text);
    case Shape::regex: {
      const PathRegex& regex = regexes[matcher.regexes_begin];
      if (matcher.regexes_end == matcher.regexes_begin + 1) return glance_at(regex.prefix(), regex.suffix());
      break;
    }
    case Shape::never:
      break;
  }
  return {};
}

// ignorefile.go: ReadAll, then patternmatcher.go: New.
Dockerignore::Dockerignore(std::string_view text) : text_(text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  std::size_t begin = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  for (std::uint32_t number = 0; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::string_view visible = trim_space(line);
    const auto offset = static_cast<Offset>(visible.data() - text.data());
    const Span span{offset, offset + static_cast<Offset>(visible.size())};
    if (line.size() > longest_line) {
      problems_.push_back({span, "failed parsing .dockerignore: bufio.Scanner: token too long"});
    } else if (!visible.empty() && line[0] != '#') {
      read_line(visible, span, number);
    }
    begin = end + 1;
  }
  if (patterns_.empty()) return;

  auto compiled = std::make_shared<Compiled>();
  for (const IgnorePattern& pattern : patterns_) {
    if (pattern.exception) compiled->add_exception(pattern.text);
    if (!is_valid_glob(pattern.text)) {
      compiled->matchers.emplace_back();
      const std::string written = (pattern.exception ? "!" : "") + pattern.text;
      problems_.push_back(
          {pattern.span, fmt::format("invalid excludepatterns: [{}]: syntax error in pattern", written)});
    } else if (!compiled->add(pattern.text)) {
      problems_.push_back({pattern.span, "failed to match excludepatterns: syntax error in pattern"});
    }
  }
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    compiled->glances.push_back(compiled->glance(compiled->matchers[i]));
    compiled->glances.back().exception = patterns_[i].exception;
  }
  compiled_ = std::move(compiled);
  std::stable_sort(problems_.begin(), problems_.end(),
                   [](const Problem& a, const Problem& b) { return a.span.begin < b.span.begin; });
}

// A line that is neither blank nor a comment. Both of BuildKit's passes clean and look for "!" on their own, which is
// why "/!a" is an exception as well.
void Dockerignore::read_line(std::string_view line, Span span, std::uint32_t number) {
  const bool inverted = line[0] == '!';
  if (inverted) line = trim_space(line.substr(1));
  std::string pattern = line.empty() ? std::string() : clean_path(line);
  if (pattern.size() > 1 && pattern[0] == '/') pattern.erase(0, 1);
  if (inverted) pattern.insert(0, 1, '!');

  const std::string_view trimmed = trim_space(pattern);
  if (trimmed.empty()) return;
  pattern = clean_path(trimmed);
  const bool exception = pattern[0] == '!';
  if (exception) pattern.erase(0, 1);
  if (pattern.empty()) {
    problems_.push_back({span, "invalid excludepatterns: [!]: illegal exclusion pattern: \"!\""});
    return;
  }
  has_exceptions_ = has_exceptions_ || exception;
  patterns_.push_back({.text = std::move(pattern), .exception = exception, .span = span, .line = number});
}

// patternmatcher.go: MatchesUsingParentResults. A pattern that cannot change the verdict is not tried, and then counts
// as "not matched" for what lies below.
Dockerignore::Verdict Dockerignore::match(std::string_view path, const Parents& above, Parents& own) const {
  KEYLINE_ASSERT(&above != &own);
  own.matched.assign((patterns_.size() + 63) / 64, 0);
  Verdict verdict;
  if (path.empty()) return verdict;
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    const Glance& glance = compiled_->glances[i];
    const bool could_decide = glance.exception == verdict.ignored;
    if (!bit(above.matched, i)) {
      if (!could_decide || glance.rejects(path) || !compiled_->matches(compiled_->matchers[i], path)) continue;
    }
    set_bit(own.matched, i);
    if (could_decide) verdict = {.ignored = !glance.exception, .pattern = i};
  }
  return verdict;
}

Dockerignore::Verdict Dockerignore::match(std::string_view path) const {
  Parents above;
  Parents own;
  for (std::size_t end = path.find('/'); end != std::string_view::npos; end = path.find('/', end + 1)) {
    const std::string_view directory = path.substr(0, end);
    const Verdict verdict = match(directory, above, own);
    if (verdict.ignored && !may_reinclude_below(directory)) return verdict;
    std::swap(above, own);
  }
  return match(path, above, own);
}

bool Dockerignore::may_reinclude_below(std::string_view directory) const {
  if (!has_exceptions_) return false;
  // With one wildcard in them BuildKit looks everywhere, and in vain where no exception can match.
  if (!compiled_->literal_exceptions) {
    const std::string below = std::string(directory) + '/';
    return std::any_of(compiled_->exception_starts.begin(), compiled_->exception_starts.end(),
                       [&](const std::string& start) { return start.starts_with(below) || below.starts_with(start); });
  }
  return std::any_of(
      compiled_->exception_roots.begin(), compiled_->exception_roots.end(), [&](const std::string& root) {
        return root.size() > directory.size() && root.starts_with(directory) && root[directory.size()] == '/';
      });
}

}  // namespace keyline::analysis

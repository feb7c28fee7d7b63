#include "analysis/rules/suppression.h"

#include <fmt/format.h>
#include <algorithm>

#include "analysis/rules/registry.h"
#include "analysis/text/similar.h"

namespace keyline::analysis {

namespace {

constexpr std::string_view blanks = " \t";

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || (c >= 'A' && c <= 'Z');
}

const Rule* nearest_rule(std::string_view id) {
  std::vector<std::string_view> ids;
  for (const Rule* rule : all_rules()) ids.push_back(rule->id);
  return find_rule(nearest_word(id, ids, id.size() / 2));
}

Fix removal_fix(std::string_view id, Span removal) {
  Fix fix{.title = fmt::format("Remove `{}` from the suppression", id), .safety = Safety::safe};
  (void)fix.edits.add({removal, ""});
  return fix;
}

}  // namespace

// linter.ParseLintOptions: options separated by ";", of which "skip" has a list of names or "all". What follows a blank
// is commentary.
bool skips_check(const SyntaxTree& tree, std::string_view check) {
  const Directive* directive = tree.directive("check");
  if (directive == nullptr || check.empty()) return false;
  std::string_view options = std::string_view(directive->value).substr(0, directive->value.find(' '));
  while (!options.empty()) {
    std::string_view option = options.substr(0, options.find(';'));
    options.remove_prefix(std::min(option.size() + 1, options.size()));
    if (!option.starts_with("skip=")) continue;
    for (option.remove_prefix(5); !option.empty();) {
      const std::string_view name = option.substr(0, option.find(','));
      if (name == check || name == "all") return true;
      option.remove_prefix(std::min(name.size() + 1, option.size()));
    }
  }
  return false;
}

Suppressions::Suppressions(const SyntaxTree& tree) : tree_(tree) {
  const std::string_view text = *tree.text;
  Offset gap = 0;
  for (std::size_t i = 0; i <= tree.items.size(); ++i) {
    const bool last = i == tree.items.size();
    const Offset end = last ? static_cast<Offset>(text.size()) : tree.items[i].begin;
    // In front of the first instruction the whole file is meant; behind the last one nothing is.
    Span silenced{0, static_cast<Offset>(text.size())};
    if (last)
      silenced = {end, end};
    else if (i > 0)
      silenced = tree.items[i].span();
    for (Offset begin = gap; begin < end;) {
      const std::size_t newline = text.find('\n', begin);
      const Offset next = newline == std::string_view::npos || newline >= end ? end : static_cast<Offset>(newline + 1);
      read_comment({begin, next}, silenced);
      begin = next;
    }
    if (!last) gap = tree.items[i].span().end;
  }
}

void Suppressions::read_comment(Span line, Span silenced) {
  const std::string_view text = slice(*tree_.text, line);
  const auto skip_blanks = [&](std::size_t at) { return std::min(text.find_first_not_of(blanks, at), text.size()); };
  const auto skip = [&](std::size_t at, std::string_view word) {
    return text.substr(at).starts_with(word) ? at + word.size() : std::string_view::npos;
  };
  const std::size_t hash = skip_blanks(0);
  std::size_t at = skip(hash, "#");
  if (at == std::string_view::npos) return;
  at = skip(skip_blanks(at), "keyline:");
  if (at == std::string_view::npos) return;
  at = skip(skip_blanks(at), "ignore=");
  if (at == std::string_view::npos) return;

  const std::size_t visible_end = text.find_last_not_of(" \t\r\n") + 1;
  const auto absolute = [&](std::size_t from, std::size_t to) {
    return Span{line.begin + static_cast<Offset>(from), line.begin + static_cast<Offset>(to)};
  };
  const std::size_t first = entries_.size();
  for (;;) {
    std::size_t end = at;
    while (end < text.size() && is_id_character(text[end])) ++end;
    if (end > at) {
      entries_.push_back({.id = std::string(text.substr(at, end - at)),
                          .id_span = absolute(at, end),
                          .removal = absolute(at, end),
                          .comment = absolute(hash, visible_end),
                          .silenced = silenced});
    }
    if (end >= text.size() || text[end] != ',') break;
    at = skip_blanks(end + 1);
  }
  // The last id takes the whole comment line with it; one of several takes its comma.
  const std::size_t count = entries_.size() - first;
  if (count == 1) entries_[first].removal = line;
  for (std::size_t i = 0; count > 1 && i < count; ++i) {
    Entry& entry = entries_[first + i];
    if (i + 1 < count)
      entry.removal.end = entries_[first + i + 1].id_span.begin;
    else
      entry.removal.begin = entries_[first + i - 1].id_span.end;
  }
}

bool Suppressions::silences(const Rule& rule, Span span) {
  bool silenced = false;
  for (Entry& entry : entries_) {
    if (entry.id != rule.id || !entry.silenced.contains(span.begin)) continue;
    entry.used = true;
    silenced = true;
  }
  return silenced;
}

Findings Suppressions::unknown() const {
  Findings findings;
  for (const Entry& entry : entries_) {
    if (find_rule(entry.id) != nullptr) continue;
    Finding finding{.span = entry.id_span};
    finding.message = fmt::format("nothing is ignored: there is no rule `{}`", entry.id);
    if (const Rule* rule = nearest_rule(entry.id)) {
      finding.message += fmt::format(", the nearest is `{}`", rule->id);
      Fix fix{.title = fmt::format("Write `{}`", rule->id),
              .safety = Safety::review,
              .unproven = "the rule meant is a guess from its name"};
      (void)fix.edits.add({entry.id_span, std::string(rule->id)});
      finding.fixes.push_back(std::move(fix));
    }
    finding.fixes.push_back(removal_fix(entry.id, entry.removal));
    findings.push_back(std::move(finding));
  }
  return findings;
}

Findings Suppressions::unused(const std::function<bool(const Rule&)>& ran) const {
  Findings findings;
  for (const Entry& entry : entries_) {
    const Rule* rule = find_rule(entry.id);
    if (entry.used || rule == nullptr || !ran(*rule)) continue;
    Finding finding{.span = entry.id_span};
    finding.message = fmt::format("nothing is ignored: `{}` finds nothing here", entry.id);
    finding.fixes.push_back(removal_fix(entry.id, entry.removal));
    findings.push_back(std::move(finding));
  }
  return findings;
}

extern const Rule unknown_suppression;
const Rule unknown_suppression{
    .id = "unknown-suppression",
    .summary = "A suppression names a rule that does not exist",
    .severity = Severity::warning,
    .why =
        "`# keyline: ignore=<id>` silences the rule of that id. An id that no rule has silences nothing, so the "
        "finding "
        "it was meant for is still reported, or the rule was renamed and the comment is left over.",
    .silent = "Every id in the comment is the id of a rule.",
    .unproven = "Which rule was meant: the proposal is the nearest name.",
    .example = {.before = R"(-- Dockerfile --
FROM alpine:3.20
# keyline: ignore=copy-before-instal the list changes daily anyway
COPY . .
)",
                .after = R"(FROM alpine:3.20
# keyline: ignore=copy-before-install the list changes daily anyway
COPY . .
)"},
};

extern const Rule unused_suppression;
const Rule unused_suppression{
    .id = "unused-suppression",
    .summary = "A suppression silences nothing",
    .severity = Severity::information,
    .why =
        "The rule finds nothing at the instruction below the comment, or nowhere in the file for a comment at its top. "
        "A "
        "comment left behind would silence the next mistake at this place unseen.",
    .silent = "The rule is switched off in the settings, or the comment silenced at least one finding.",
    .unproven = "",
    .example = {.before = R"(-- Dockerfile --
FROM alpine:3.20
# keyline: ignore=missing-cache-mount the builder has no store for mounts
COPY . .
)",
                .after = R"(FROM alpine:3.20
COPY . .
)"},
};

}  // namespace keyline::analysis

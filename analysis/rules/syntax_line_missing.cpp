// A file that needs a newer frontend than some builders bring, and does not ask for it.

#include <fmt/format.h>
#include <string>

#include "analysis/knowledge/frontend_features.h"
#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

namespace {

void add_fix(const SyntaxTree& tree, Finding& finding) {
  constexpr std::string_view line = "# syntax=docker/dockerfile:1";
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  const std::string& text = *tree.text;
  const Offset begin = text.starts_with(byte_order_mark) ? static_cast<Offset>(byte_order_mark.size()) : 0;
  if (text.compare(begin, 2, "#!") == 0) return;
  const std::size_t end = text.find('\n');
  const bool crlf = end != std::string::npos && end > 0 && text[end - 1] == '\r';
  Fix fix{.title = fmt::format("Add `{}`", line), .safety = Safety::safe};
  if (fix.edits.add({{begin, begin}, fmt::format("{}{}", line, crlf ? "\r\n" : "\n")}))
    finding.fixes.push_back(std::move(fix));
}

void check(const StepFacts& facts, Findings& findings) {
  const SyntaxTree& tree = facts.context().tree;
  if (tree.directive("syntax") != nullptr) return;
  const Item* newest_item = nullptr;
  std::optional<FrontendFeature> newest;
  for (const Item& item : tree.items) {
    const auto feature = newest_feature(*item.instruction);
    if (!feature || (newest && newest->version >= feature->version)) continue;
    newest = feature;
    newest_item = &item;
  }
  if (!newest) return;
  Finding finding{.span = first_line(tree, newest_item->absolute(newest->span))};
  finding.message = fmt::format(
      "a builder with an older frontend refuses {}, which came with {}.{}: without a syntax line each builder takes "
      "its "
      "own",
      newest->name, newest->version.first, newest->version.second);
  add_fix(tree, finding);
  findings.push_back(std::move(finding));
}

}  // namespace

extern const Rule syntax_line_missing;
const Rule syntax_line_missing{
    .id = "syntax-line-missing",
    .summary = "A feature of newer frontends is used without a syntax line",
    .severity = Severity::information,
    .why =
        R"(Each builder has a frontend built in, as old as itself: that of Docker Engine 23 knows neither `ADD --checksum` nor
`COPY --parents`. A syntax line at the top makes every builder fetch the same frontend, so that the file means the same
everywhere, cache keys included.)",
    .silent = R"(- There is a syntax line, whatever frontend it names.
- Everything in the file can be read by the frontend of Docker Engine 23: mounts, heredocs, `--link`.)",
    .unproven = "",
    .example = {.before = R"(-- Dockerfile --
FROM alpine:3.22
COPY --parents etc/app.conf /
)",
                .after = R"(# syntax=docker/dockerfile:1
FROM alpine:3.22
COPY --parents etc/app.conf /
)"},
    .check = check,
};

}  // namespace keyline::analysis

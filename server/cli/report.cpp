#include "server/cli/report.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "server/cli/text_file.h"

namespace keyline::server {

namespace {

using analysis::Encoding;
using analysis::Finding;
using analysis::Fix;
using analysis::LineIndex;
using analysis::Related;
using analysis::Safety;
using analysis::Severity;
using analysis::Snapshot;
using analysis::Span;

Style style_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return Style::error;
    case Severity::warning:
      return Style::warning;
    case Severity::information:
    case Severity::off:
      return Style::information;
  }
  return Style::plain;
}

bool has_fix(const ReportEntry& entry, Safety safety) {
  return entry.finding &&
         std::ranges::any_of(entry.finding->fixes, [&](const Fix& fix) { return fix.safety == safety; });
}

std::string plural(std::size_t number, std::string_view word) {
  return fmt::format("{} {}{}", number, word, number == 1 ? "" : "s");
}

std::size_t digits(std::size_t number) { return std::to_string(number).size(); }

// A part of one line, cut around what matters, as it is shown.
struct Excerpt {
  std::string text;
  std::size_t mark_begin = 0;  // in columns
  std::size_t mark_width = 1;
};

// A cut may fall into the middle of a character.
std::size_t character_start(std::string_view line, std::size_t at) {
  while (at > 0 && at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80) --at;
  return at;
}

Excerpt excerpt(std::string_view line, std::size_t begin, std::size_t end, std::size_t columns) {
  // Bytes are at least as many as columns, so bounding bytes bounds both the work and the result.
  const std::size_t lead = columns / 2;
  std::size_t from = begin + std::min(end - begin, lead) <= columns ? 0 : begin - std::min(begin, lead);
  from = character_start(line, from);
  const std::size_t until = character_start(line, std::min(line.size(), from + columns * 4));
  const std::string_view part = line.substr(from, until - from);
  begin -= from;
  end = std::min(end - from, part.size());

  const std::string head = from > 0 ? "…" : "";
  const std::size_t skipped = display_width(visible(part.substr(0, begin)));
  Excerpt result;
  result.mark_begin = display_width(head) + skipped;
  const std::size_t marked = display_width(visible(part.substr(0, end))) - skipped;
  const std::size_t room = columns > result.mark_begin ? columns - result.mark_begin : 1;
  result.mark_width = std::max<std::size_t>(1, std::min(marked, room));
  result.text = fit(head + visible(part) + (until < line.size() ? " " : ""), columns);
  return result;
}

struct Marks {
  const Snapshot& snapshot;
  std::size_t gutter;
  const Terminal& terminal;

  std::uint32_t line_of(Span span) const { return snapshot.lines.line_at(span.begin); }

  Excerpt excerpt_of(Span span) const {
    const Span line = snapshot.lines.line(snapshot.text(), line_of(span));
    const std::size_t begin = std::min(span.begin, line.end) - line.begin;
    const std::size_t end =
        std::clamp(span.end, line.begin + static_cast<analysis::Offset>(begin), line.end) - line.begin;
    const std::size_t columns = terminal.is_terminal ? terminal.width : 160;
    const std::size_t taken = gutter + 5;
    return excerpt(analysis::slice(snapshot.text(), line), begin, end, columns > taken + 20 ? columns - taken : 20);
  }

  std::string source(Span span) const {
    const std::string number = std::to_string(line_of(span) + 1);
    return fmt::format("  {}{} {}\n", std::string(gutter - std::min(gutter, number.size()), ' '),
                       terminal.paint(Style::dim, number + " |"), excerpt_of(span).text);
  }

  std::string underline(Span span, char mark, Style style, std::string_view label) const {
    const Excerpt shown = excerpt_of(span);
    std::string marks(shown.mark_width, mark);
    if (!label.empty()) marks += " " + visible(label);
    return fmt::format("  {}{} {}{}\n", std::string(gutter, ' '), terminal.paint(Style::dim, " |"),
                       std::string(shown.mark_begin, ' '), terminal.paint(style, marks));
  }
};

std::string_view way_to_apply(Safety safety) {
  switch (safety) {
    case Safety::safe:
      return "(`keyline fix`)";
    case Safety::review:
      return "(`keyline fix --review`)";
    case Safety::sketch:
      return "(by hand)";
  }
  return "";
}

std::string fix_lines(const Fix& fix, std::size_t gutter, const Terminal& terminal) {
  const std::string margin(gutter + 2, ' ');
  std::string out = fmt::format("{}{} {} {}\n", margin, terminal.paint(Style::dim, " = fix:"), visible(fix.title),
                                terminal.paint(Style::dim, way_to_apply(fix.safety)));
  if (!fix.unproven.empty()) {
    out += fmt::format("{}        {}\n", margin, terminal.paint(Style::dim, "not proved: " + visible(fix.unproven)));
  }
  return out;
}

std::string elsewhere_line(const analysis::BuildOrigin& origin, std::string_view message, std::size_t gutter,
                           const Terminal& terminal) {
  return fmt::format(
      "{}{} {} ({}) {}\n", std::string(gutter + 2, ' '), terminal.paint(Style::dim, " = see:"),
      terminal.paint(Style::place, fmt::format("{}:{}", visible(shown_path(origin.path)), origin.place.line + 1)),
      visible(origin.name), visible(message));
}

std::string entry_as_text(const CheckedFile& file, const ReportEntry& entry, const Terminal& terminal) {
  const Snapshot& snapshot = *file.snapshot;
  const analysis::Position position = snapshot.lines.position(snapshot.text(), entry.span.begin, Encoding::utf32);
  std::string out = fmt::format(
      "{}: {}: {} {}\n",
      terminal.paint(Style::place, fmt::format("{}:{}:{}", visible(file.path), position.line + 1, position.column + 1)),
      terminal.paint(style_of(entry.severity), severity_name(entry.severity)),
      terminal.paint(Style::strong, visible(entry.message)), terminal.paint(Style::dim, fmt::format("[{}]", entry.id)));

  std::size_t last_line = position.line + 1;
  if (entry.finding) {
    for (const Related& related : entry.finding->related) {
      if (related.elsewhere) continue;
      last_line = std::max<std::size_t>(last_line, snapshot.lines.line_at(related.span.begin) + 1);
    }
  }
  const Marks marks = {snapshot, std::max<std::size_t>(3, digits(last_line)), terminal};
  out += marks.source(entry.span) + marks.underline(entry.span, '^', style_of(entry.severity), "");
  if (!entry.finding) return out + "\n";
  std::uint32_t shown_line = position.line;
  for (const Related& related : entry.finding->related) {
    if (related.elsewhere) continue;
    if (marks.line_of(related.span) != shown_line) out += marks.source(related.span);
    shown_line = marks.line_of(related.span);
    out += marks.underline(related.span, '-', Style::dim, related.message);
  }
  for (const Related& related : entry.finding->related) {
    if (related.elsewhere) out += elsewhere_line(*related.elsewhere, related.message, marks.gutter, terminal);
  }
  if (entry.price) {
    out += fmt::format("{}{} {}\n", std::string(marks.gutter + 2, ' '), terminal.paint(Style::dim, " = cost:"),
                       visible(analysis::price_text(*entry.price)));
  }
  for (const Fix& fix : entry.finding->fixes) out += fix_lines(fix, marks.gutter, terminal);
  return out + "\n";
}

std::string summary(const ReportCount& count, const Terminal& terminal) {
  std::string found;
  const auto add = [&](std::size_t number, std::string_view word, Style style) {
    if (number == 0) return;
    if (!found.empty()) found += ", ";
    // "information" has no plural.
    found +=
        terminal.paint(style, word == "information" ? fmt::format("{} information", number) : plural(number, word));
  };
  add(count.errors, "error", Style::error);
  add(count.warnings, "warning", Style::warning);
  add(count.information, "information", Style::information);

  std::string out = count.files == 0 ? "nothing checked"
                    : found.empty()  ? fmt::format("{} checked, nothing found", plural(count.files, "file"))
                                    : fmt::format("{} in {} of {}", found, count.affected, plural(count.files, "file"));
  if (count.safe_fixes > 0) out += fmt::format("; `keyline fix` repairs {}", count.safe_fixes);
  if (count.review_fixes > 0) out += fmt::format("; {} more with `--review`", count.review_fixes);
  if (count.silenced > 0)
    out += fmt::format("; {} silenced, since history shows no cost", plural(count.silenced, "finding"));
  if (count.unread > 0) out += fmt::format("; {} not read", count.unread);
  return out + "\n";
}

std::vector<ReportEntry> all_entries(const CheckedFile& file) {
  const Snapshot& snapshot = *file.snapshot;
  std::vector<ReportEntry> entries;
  for (const analysis::Problem& problem : snapshot.problems)
    entries.push_back({problem.span, Severity::error, problem_id, problem.message, nullptr});
  for (std::size_t i = 0; i < snapshot.findings.size(); ++i) {
    const Finding& finding = snapshot.findings[i];
    const auto price = file.prices.find(i);
    entries.push_back({finding.span, finding.severity, finding.rule->id, finding.message, &finding,
                       price == file.prices.end() ? nullptr : &price->second});
  }
  std::ranges::stable_sort(entries, {}, [](const ReportEntry& entry) { return entry.span.begin; });
  return entries;
}

bool is_idle(const ReportEntry& entry) { return entry.price != nullptr && entry.price->worth_nothing; }

// Runs of steps in the commits that were looked at.
std::uint32_t cost_of(const ReportEntry& entry) { return entry.price ? entry.price->cost() : 0; }

}  // namespace

std::vector<ReportEntry> report_entries(const CheckedFile& file) {
  std::vector<ReportEntry> entries = all_entries(file);
  std::erase_if(entries, is_idle);
  if (file.prices.empty()) return entries;
  // Without a price: errors before, the others behind those that have one.
  const auto rank = [](const ReportEntry& entry) {
    return entry.severity == Severity::error ? 0 : entry.price != nullptr ? 1 : 2;
  };
  std::ranges::stable_sort(entries, [&](const ReportEntry& one, const ReportEntry& other) {
    if (rank(one) != rank(other)) return rank(one) < rank(other);
    return cost_of(one) > cost_of(other);
  });
  return entries;
}

std::vector<ReportEntry> silenced_entries(const CheckedFile& file) {
  std::vector<ReportEntry> entries = all_entries(file);
  std::erase_if(entries, [](const ReportEntry& entry) { return !is_idle(entry); });
  return entries;
}

std::string priced_message(const ReportEntry& entry) {
  std::string text(entry.message);
  return entry.price ? text + ". " + analysis::price_text(*entry.price) : text;
}

std::size_t ReportCount::at_least(Severity severity) const {
  std::size_t number = 0;
  if (severity <= Severity::error) number += errors;
  if (severity <= Severity::warning) number += warnings;
  if (severity <= Severity::information) number += information;
  return number;
}

ReportCount count(const std::vector<CheckedFile>& files) {
  ReportCount result;
  for (const CheckedFile& file : files) {
    if (!file.snapshot) {
      ++result.unread;
      continue;
    }
    ++result.files;
    const std::vector<ReportEntry> entries = report_entries(file);
    result.silenced += silenced_entries(file).size();
    if (!entries.empty()) ++result.affected;
    for (const ReportEntry& entry : entries) {
      switch (entry.severity) {
        case Severity::error:
          ++result.errors;
          break;
        case Severity::warning:
          ++result.warnings;
          break;
        case Severity::information:
          ++result.information;
          break;
        case Severity::off:
          break;
      }
      if (has_fix(entry, Safety::safe)) {
        ++result.safe_fixes;
      } else if (has_fix(entry, Safety::review)) {
        ++result.review_fixes;
      }
    }
  }
  return result;
}

std::string marked_line(const Snapshot& snapshot, Span span, char mark, std::string_view label, std::size_t gutter,
                        const Terminal& terminal) {
  const Marks marks = {snapshot, gutter, terminal};
  return marks.source(span) + marks.underline(span, mark, Style::dim, label);
}

std::string report_as_text(const std::vector<CheckedFile>& files, const Terminal& terminal) {
  std::string out;
  for (const CheckedFile& file : files) {
    if (!file.snapshot) continue;  // told on stderr, where it does not get lost in a pipe
    for (const ReportEntry& entry : report_entries(file)) out += entry_as_text(file, entry, terminal);
  }
  return out + summary(count(files), terminal);
}

}  // namespace keyline::server

#include "tests/support/fixture_oracles.h"

#include <algorithm>

#include <fmt/format.h>

#include "tests/support/fixture_answers.h"
#include "tests/support/name_laws.h"
#include "tests/support/place_laws.h"
#include "tests/support/print_snapshot.h"
#include "tests/support/print_tree.h"

namespace keyline::tests {

using analysis::Snapshot;
using SnapshotPtr = std::shared_ptr<const Snapshot>;

namespace {

// Long files are not analysed at every byte: this many places, evenly spread, keep a run short.
constexpr std::size_t most_places = 120;

struct Workshop {
  explicit Workshop(const Fixture& fixture_) : fixture(fixture_), context(context_of(fixture_)) {}

  SnapshotPtr analyse(const Section& section, std::string text, const Snapshot* previous = nullptr) const {
    return snapshot_of(context, std::move(text), section.build, previous);
  }

  const Fixture& fixture;
  std::shared_ptr<const analysis::BuildContext> context;
};

template <typename Use>
void each_text(const Fixture& fixture, Use use) {
  for (const Section& section : fixture.sections)
    if (section.role == Section::Role::dockerfile || section.role == Section::Role::edit) use(section);
}

void compare(const Workshop& shop, const Section& section, const Snapshot& after_edit, Failures& failures) {
  const std::string with_previous = print_snapshot(after_edit);
  const std::string from_scratch = print_snapshot(*shop.analyse(section, std::string(after_edit.text())));
  if (with_previous != from_scratch)
    failures.push_back(fmt::format("{}: after an edit and from scratch differ on this text:\n{}\n{}",
                                   shop.fixture.place(section.place), after_edit.text(),
                                   first_difference(with_previous, from_scratch)));
}

// The texts on the way from one to the other, as a typist makes them: what is gone is deleted backwards, what is new
// is typed, a few bytes at a time if there is much of it.
std::vector<std::string> typing(const std::string& from, const std::string& to) {
  const std::size_t shorter = std::min(from.size(), to.size());
  std::size_t prefix = 0, suffix = 0;
  while (prefix < shorter && from[prefix] == to[prefix]) ++prefix;
  while (suffix < shorter - prefix && from[from.size() - 1 - suffix] == to[to.size() - 1 - suffix]) ++suffix;
  const std::size_t gone = from.size() - prefix - suffix, typed = to.size() - prefix - suffix;
  const std::size_t pace = 1 + (gone + typed) / most_places;
  const std::string tail = to.substr(to.size() - suffix);
  std::vector<std::string> texts;
  for (std::size_t left = gone; left > pace; left -= pace) texts.push_back(from.substr(0, prefix + left - pace) + tail);
  for (std::size_t there = 0; there < typed; there += pace) texts.push_back(to.substr(0, prefix + there) + tail);
  texts.push_back(to);
  return texts;
}

std::string problem_list(const Snapshot& snapshot) {
  std::string list;
  for (const analysis::Problem& problem : snapshot.problems) list += problem.message + "\n";
  return list;
}

std::ptrdiff_t count_faults(const Snapshot& snapshot) {
  const auto is_error = [](const analysis::Finding& each) { return each.severity == analysis::Severity::error; };
  return std::ssize(snapshot.problems) + std::count_if(snapshot.findings.begin(), snapshot.findings.end(), is_error);
}

std::size_t count_rule(const Snapshot& snapshot, std::string_view rule) {
  return static_cast<std::size_t>(
      std::count_if(snapshot.findings.begin(), snapshot.findings.end(),
                    [&](const analysis::Finding& finding) { return finding.rule->id == rule; }));
}

void check_fix(const Workshop& shop, const Section& section, const Snapshot& before, const analysis::Finding& finding,
               const analysis::Fix& fix, Failures& failures) {
  const auto fault = [&](std::string_view what, std::string_view text) {
    failures.push_back(fmt::format("{}: fix \"{}\" of {} {}:\n{}", shop.fixture.place(section.place), fix.title,
                                   finding.rule->id, what, text));
  };
  const std::string text = fix.edits.apply(before.text());
  const std::string& dockerignore = before.context().dockerignore().text();
  const std::string dockerignore_after = fix.dockerignore_edits.apply(dockerignore);
  if (text == before.text() && dockerignore == dockerignore_after) return fault("changes nothing", text);
  const auto context = context_after(shop.context, dockerignore_after);
  const SnapshotPtr after = snapshot_of(context, text, section.build, &before);
  if (!tiles(after->tree)) fault("leaves a text that does not print back", text);
  if (count_faults(*after) > count_faults(before)) fault("brings problems: " + problem_list(*after), text);
  if (count_rule(*after, finding.rule->id) >= count_rule(before, finding.rule->id))
    fault("does not remove its finding", text);
}

// Those that are made when somebody asks are those that come with the findings.
void check_fixes_on_demand(const Workshop& shop, const Section& section, const Snapshot& with_fixes,
                           Failures& failures) {
  analysis::Inputs inputs = with_fixes.inputs;
  inputs.fixes = false;
  const SnapshotPtr bare = analysis::analyze(std::move(inputs), nullptr, {});
  analysis::Findings findings = bare->findings;
  for (analysis::Finding& finding : findings) finding.fixes = fixes_of(*bare, finding);
  const std::string expected = print_findings(with_fixes.findings);
  const std::string found = print_findings(findings);
  if (found != expected)
    failures.push_back(fmt::format("{}: fixes on demand are others:\n{}", shop.fixture.place(section.place),
                                   first_difference(expected, found)));
}

// What `fix` does: rounds of safe fixes until nothing changes.
FixedTexts fix_all(const Workshop& shop, const Section& section, FixedTexts texts) {
  for (int round = 0; round < 10; ++round) {
    const auto context = context_after(shop.context, texts.dockerignore);
    FixedTexts next = after_fixes(*snapshot_of(context, texts.dockerfile, section.build), "");
    if (next == texts) break;
    texts = std::move(next);
  }
  return texts;
}

std::string with_crlf(std::string_view text) {
  std::string result;
  for (const char letter : text) result += letter == '\n' ? std::string("\r\n") : std::string(1, letter);
  return result;
}

// Numbers in messages may be line numbers, which a line more above moves.
std::string places_of(const Snapshot& snapshot, std::uint32_t lines_above) {
  std::string text;
  for (Marker marker : diagnostics(snapshot)) {
    marker.line -= std::min(marker.line, lines_above);
    std::string label = marker.label();
    std::replace_if(
        label.begin(), label.end(), [](char letter) { return letter >= '0' && letter <= '9'; }, '0');
    text += fmt::format("line {} columns {}-{} {}\n", marker.line, marker.column, marker.column + marker.width, label);
  }
  return text;
}

}  // namespace

void check_edits(const Fixture& fixture, Failures& failures) {
  const Workshop shop(fixture);
  for (const Section& section : fixture.sections) {
    if (section.role != Section::Role::edit) continue;
    const Section& base = *fixture.edit(section.base);
    const SnapshotPtr before = shop.analyse(base, base.text);
    compare(shop, section, *shop.analyse(section, section.text, before.get()), failures);
    SnapshotPtr last = before;
    for (std::string& text : typing(base.text, section.text)) {
      last = shop.analyse(section, std::move(text), last.get());
      compare(shop, section, *last, failures);
    }
  }
}

void check_prints_back(const Fixture& fixture, Failures& failures) {
  const Workshop shop(fixture);
  each_text(fixture, [&](const Section& section) {
    if (!tiles(shop.analyse(section, section.text)->tree))
      failures.push_back(fmt::format("{}: the tree does not print back to this text", fixture.place(section.place)));
  });
}

void check_prefixes(const Fixture& fixture, Failures& failures) {
  const Workshop shop(fixture);
  const Section& section = *fixture.dockerfile();
  const std::size_t pace = 1 + section.text.size() / most_places;
  SnapshotPtr last;
  for (std::size_t size = 0; size <= section.text.size(); size += pace) {
    last = shop.analyse(section, section.text.substr(0, size), last.get());
    if (!tiles(last->tree))
      failures.push_back(fmt::format("{}: the first {} bytes do not print back", fixture.place(section.place), size));
    compare(shop, section, *last, failures);
  }
}

void check_fixes(const Fixture& fixture, Failures& failures) {
  const Workshop shop(fixture);
  each_text(fixture, [&](const Section& section) {
    const SnapshotPtr before = shop.analyse(section, section.text);
    check_fixes_on_demand(shop, section, *before, failures);
    for (const analysis::Finding& finding : before->findings)
      for (const analysis::Fix& fix : finding.fixes)
        if (fix.safety != analysis::Safety::sketch) check_fix(shop, section, *before, finding, fix, failures);
    const FixedTexts once = fix_all(shop, section, {section.text, before->context().dockerignore().text()});
    const FixedTexts twice = fix_all(shop, section, once);
    if (once != twice)
      failures.push_back(fmt::format("{}: fixing everything a second time changes it again:\n{}\n{}",
                                     fixture.place(section.place), twice.dockerfile, twice.dockerignore));
  });
}

void check_names(const Fixture& fixture, Failures& failures) {
  const Workshop shop(fixture);
  each_text(fixture, [&](const Section& section) {
    const SnapshotPtr snapshot = shop.analyse(section, section.text);
    for (std::string& fault : faults_of_names(
             *snapshot, [&](std::string text) { return shop.analyse(section, std::move(text), snapshot.get()); }))
      failures.push_back(fmt::format("{}: {}", fixture.place(section.place), fault));
  });
}

void check_places(const Fixture& fixture, Failures& failures) {
  const Workshop shop(fixture);
  each_text(fixture, [&](const Section& section) {
    const auto analyse = [&](std::string text) { return shop.analyse(section, std::move(text)); };
    for (const std::string& text : {section.text, with_crlf(section.text)})
      for (std::string& fault : faults_of_places(*analyse(text), analyse))
        failures.push_back(fmt::format("{}: {}", fixture.place(section.place), fault));
  });
}

void check_variants(const Fixture& fixture, Failures& failures) {
  const Workshop shop(fixture);
  each_text(fixture, [&](const Section& section) {
    const SnapshotPtr plain = shop.analyse(section, section.text);
    const std::string expected = places_of(*plain, 0);
    const auto judge = [&](std::string_view variant, const std::string& text, std::uint32_t lines_above) {
      const std::string found = places_of(*shop.analyse(section, text), lines_above);
      if (found != expected)
        failures.push_back(fmt::format("{}: {} moves or changes diagnostics:\n{}", fixture.place(section.place),
                                       variant, first_difference(expected, found)));
    };
    judge("CRLF", with_crlf(section.text), 0);
    // A comment line below the directives is the one line that changes nothing but places.
    const std::size_t top =
        plain->tree.directives.empty() ? 0 : section.text.find('\n', plain->tree.directives.back().span.begin) + 1;
    std::string commented = section.text;
    commented.insert(top, "# über 船 🚢\n");
    judge("a non-ASCII line", commented, 1);
  });
}

}  // namespace keyline::tests

#include <algorithm>

#include <fmt/format.h>

#include "tests/support/fixture_answers.h"
#include "tests/support/fixture_oracles.h"

namespace keyline::tests {

using analysis::Snapshot;

namespace {

bool is_diagnostic(const Marker& marker) {
  return marker.kind == Marker::Kind::diagnostic || marker.kind == Marker::Kind::problem;
}

bool matches(const Marker& wanted, const Marker& found) {
  return wanted.kind == found.kind && wanted.severity == found.severity && wanted.rule == found.rule &&
         wanted.line == found.line && wanted.column == found.column && wanted.width == found.width &&
         found.text.find(wanted.text) != std::string::npos;
}

std::string columns(const Marker& marker) {
  return fmt::format("columns {}-{}", marker.column, marker.column + marker.width);
}

// Blank lines before the next header are there for the reader.
std::string_view without_final_newlines(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

void check_diagnostics(const Fixture& fixture, const Section& section, const Snapshot& snapshot, Failures& failures) {
  std::vector<Marker> found = diagnostics(snapshot);
  for (const Marker& wanted : section.markers) {
    if (!is_diagnostic(wanted)) continue;
    const auto match =
        std::find_if(found.begin(), found.end(), [&](const Marker& one) { return matches(wanted, one); });
    if (match != found.end())
      found.erase(match);
    else
      failures.push_back(
          fmt::format("{}: expected at {}: {}", fixture.place(wanted.place), columns(wanted), wanted.label()));
  }
  for (const Marker& extra : found) {
    const auto carets_above =
        static_cast<std::size_t>(std::count_if(section.markers.begin(), section.markers.end(),
                                               [&](const Marker& marker) { return marker.line < extra.line; }));
    failures.push_back(fmt::format("{}: not expected at {}: {}",
                                   fixture.place(section.text_place + extra.line + carets_above), columns(extra),
                                   extra.label()));
  }
}

void check_features(const Fixture& fixture, const Section& section, const Snapshot& snapshot, Failures& failures) {
  for (const Marker& marker : section.markers) {
    if (is_diagnostic(marker)) continue;
    const auto found = answer(snapshot, marker);
    if (!satisfied(marker, found))
      failures.push_back(fmt::format("{}: {}\n  but keyline says:\n{}", fixture.place(marker.place), marker.label(),
                                     found.value_or("(nothing)")));
  }
}

std::shared_ptr<const Snapshot> analyse(const Fixture& fixture, const Section& section) {
  return snapshot_of(context_of(fixture), section.text, section.build);
}

// One round of fixes, to the fixed point: what `after <rule>` shows.
std::string golden(const Fixture& fixture, const Section& section) {
  const FixedTexts texts = after_fixes(*analyse(fixture, *fixture.dockerfile()), section.rule);
  return section.name == "Dockerfile" ? texts.dockerfile : texts.dockerignore;
}

std::pair<unsigned, unsigned> reuse_of(const Fixture& fixture, const Section& section) {
  return reuse(*analyse(fixture, *fixture.edit(section.base)), *analyse(fixture, section));
}

std::optional<std::string> effects(const Fixture& fixture, const Section& section) {
  return what_if(*analyse(fixture, *fixture.dockerfile()), std::string_view(section.name).substr(8));
}

void check_goldens(const Fixture& fixture, const Section& section, Failures& failures) {
  if (section.role == Section::Role::after &&
      without_final_newlines(golden(fixture, section)) != without_final_newlines(section.text))
    failures.push_back(
        fmt::format("{}: the fix makes this instead:\n{}", fixture.place(section.place), golden(fixture, section)));
  if (section.role == Section::Role::edit && section.reuses && reuse_of(fixture, section) != *section.reuses) {
    const auto [reused, all] = reuse_of(fixture, section);
    failures.push_back(fmt::format("{}: keyline reuses {} of {} steps", fixture.place(section.place), reused, all));
  }
  if (section.role == Section::Role::what_if) {
    const auto lines = effects(fixture, section);
    if (!lines)
      failures.push_back(fmt::format("{}: this change is not understood", fixture.place(section.place)));
    else if (without_final_newlines(*lines) != without_final_newlines(section.text))
      failures.push_back(fmt::format("{}: keyline says:\n{}", fixture.place(section.place), *lines));
  }
}

std::string with_final_newlines_of(std::string_view text, std::string_view model) {
  return std::string(without_final_newlines(text)) +
         std::string(model.size() - without_final_newlines(model).size(), '\n');
}

// The first line of an answer is enough to recognise it by.
void update_feature(const Snapshot& snapshot, Marker& marker) {
  const auto found = answer(snapshot, marker);
  if (!satisfied(marker, found)) marker.text = found ? found->substr(0, found->find('\n')) : "(nothing)";
}

void update_markers(const Snapshot& snapshot, Section& section) {
  std::vector<Marker> markers = diagnostics(snapshot);
  for (Marker& found : markers) {
    const auto old = std::find_if(section.markers.begin(), section.markers.end(),
                                  [&](const Marker& one) { return matches(one, found); });
    if (old != section.markers.end()) found.text = old->text;
  }
  for (Marker& marker : section.markers) {
    if (is_diagnostic(marker)) continue;
    update_feature(snapshot, marker);
    markers.push_back(marker);
  }
  section.markers = std::move(markers);
}

}  // namespace

void check_expectations(const Fixture& fixture, Failures& failures) {
  for (const Section& section : fixture.sections) {
    check_goldens(fixture, section, failures);
    if (section.role != Section::Role::dockerfile && section.role != Section::Role::edit) continue;
    const auto snapshot = analyse(fixture, section);
    check_diagnostics(fixture, section, *snapshot, failures);
    check_features(fixture, section, *snapshot, failures);
  }
}

Fixture updated(const Fixture& fixture) {
  Fixture result = fixture;
  for (Section& section : result.sections) {
    if (section.role == Section::Role::after)
      section.text = with_final_newlines_of(golden(fixture, section), section.text);
    if (section.role == Section::Role::edit && section.reuses) section.reuses = reuse_of(fixture, section);
    if (section.role == Section::Role::what_if)
      if (const auto lines = effects(fixture, section)) section.text = with_final_newlines_of(*lines, section.text);
    if (section.role == Section::Role::dockerfile || section.role == Section::Role::edit)
      update_markers(*analyse(fixture, section), section);
  }
  return result;
}

}  // namespace keyline::tests

#include "tests/support/fixture_answers.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>
#include <tuple>

#include <fmt/format.h>

#include "analysis/cache/operations.h"
#include "analysis/context/edited_context.h"
#include "analysis/explain/explanation.h"
#include "analysis/explain/graph.h"
#include "analysis/explain/hints.h"
#include "analysis/navigate/names.h"
#include "analysis/navigate/rename.h"
#include "tests/support/fake_context.h"

namespace keyline::tests {

using analysis::Encoding;
using analysis::Snapshot;

namespace {

// The part of a span on its first line, as a marker shows it.
void place_marker(const Snapshot& snapshot, analysis::Span span, Marker& marker) {
  const std::string_view text = snapshot.text();
  const analysis::Position begin = snapshot.lines.position(text, span.begin, Encoding::utf32);
  const analysis::Offset line_end = snapshot.lines.line(text, begin.line).end;
  const analysis::Position end = snapshot.lines.position(text, std::min(span.end, line_end), Encoding::utf32);
  marker.line = begin.line;
  marker.column = begin.column;
  marker.width = std::max(1U, end.column > begin.column ? end.column - begin.column : 0U);
}

analysis::Span span_of(const Snapshot& snapshot, const Marker& marker) {
  const std::string_view text = snapshot.text();
  return {snapshot.lines.offset(text, {marker.line, marker.column}, Encoding::utf32),
          snapshot.lines.offset(text, {marker.line, marker.column + marker.width}, Encoding::utf32)};
}

bool overlap(analysis::Span one, analysis::Span other) { return one.begin < other.end && other.begin < one.end; }

// One line for each fix: "review: Copy the manifests ...; not proved: ...".
std::optional<std::string> fixes_at(const Snapshot& snapshot, const Marker& marker) {
  std::string found;
  for (const analysis::Finding& finding : snapshot.findings) {
    if (finding.span != span_of(snapshot, marker)) continue;
    for (const analysis::Fix& fix : finding.fixes) {
      found += fmt::format("{}: {}", analysis::safety_name(fix.safety), fix.title);
      if (!fix.unproven.empty()) found += "; not proved: " + fix.unproven;
      found += '\n';
    }
  }
  if (found.empty()) return std::nullopt;
  return found;
}

std::optional<std::string> lens_at(const Snapshot& snapshot, const Marker& marker) {
  std::string found;
  for (const analysis::Lens& lens : analysis::lenses(snapshot))
    if (overlap(lens.span, span_of(snapshot, marker))) found += lens.title + "\n";
  if (found.empty()) return std::nullopt;
  return found;
}

// Of a step "re-runs: RUN make; re-runs with 1 file of line 2", with where its files come from; of a FROM what its box
// says.
std::optional<std::string> graph_at(const Snapshot& snapshot, const Marker& marker) {
  const analysis::StageGraph graph = analysis::stage_graph(snapshot);
  const analysis::Span wanted = span_of(snapshot, marker);
  std::string found;
  const auto add_sources = [&](analysis::StageId to, analysis::StepId step) {
    constexpr std::string_view names[] = {"stands on", "takes files of", "mounts"};
    for (const analysis::GraphEdge& edge : graph.edges) {
      if (edge.to == to && edge.step == step)
        found += fmt::format(", {} {}", names[static_cast<std::size_t>(edge.kind)], graph.stages[edge.from].title);
    }
    found += '\n';
  };
  for (const analysis::GraphStage& stage : graph.stages) {
    if (overlap(stage.span, wanted)) {
      found += fmt::format("{} on {}{}{}", stage.title, stage.base, stage.target ? ", target" : "",
                           stage.needed ? "" : ", not needed");
      add_sources(stage.stage, analysis::none);
    }
    for (const analysis::GraphStep& step : stage.steps) {
      if (!overlap(step.span, wanted)) continue;
      found += fmt::format("{}: {}; {}", fate_name(step.fate), step.text, step.hint.empty() ? "no hint" : step.hint);
      add_sources(stage.stage, step.step);
    }
  }
  if (found.empty()) return std::nullopt;
  return found;
}

// "1:5, 4:11": lines and columns as an editor shows them.
std::string places(const Snapshot& snapshot, const std::vector<analysis::Span>& spans) {
  std::vector<std::string> list;
  for (const analysis::Span span : spans) {
    const analysis::Position begin = snapshot.lines.position(snapshot.text(), span.begin, Encoding::utf32);
    list.push_back(fmt::format("{}:{}", begin.line + 1, begin.column + 1));
  }
  return fmt::format("{}", fmt::join(list, ", "));
}

std::optional<std::string> definition_at(const Snapshot& snapshot, const analysis::Name& name) {
  if (name.kind == analysis::NameKind::source)
    return fmt::format("{}", fmt::join(analysis::files_of(snapshot, name, 100), ", "));
  return places(snapshot, definitions_of(snapshot, name));
}

// Of a source, the steps that re-run with it; of anything else, all places that name it.
std::optional<std::string> references_at(const Snapshot& snapshot, const analysis::Name& name) {
  std::vector<analysis::Span> spans;
  if (name.kind == analysis::NameKind::source) {
    for (const analysis::StepId step : readers_of(snapshot, files_of(snapshot, name, 100)))
      spans.push_back(snapshot.model.steps[step].span);
  } else {
    for (const analysis::Name& same : same_names(snapshot, name)) spans.push_back(same.span);
  }
  return places(snapshot, spans);
}

std::optional<std::string> rename_at(const Snapshot& snapshot, const analysis::Name& name, const std::string& to) {
  const analysis::Renaming renaming = analysis::rename(snapshot, name, to);
  if (!renaming.refusal.empty()) return renaming.refusal;
  std::vector<analysis::Span> spans;
  for (const analysis::Edit& edit : renaming.edits.edits()) spans.push_back(edit.span);
  return places(snapshot, spans);
}

std::optional<std::string> about_name(const Snapshot& snapshot, const Marker& marker) {
  const auto name = analysis::name_at(snapshot, span_of(snapshot, marker).begin);
  if (!name) return std::nullopt;
  const auto found = marker.kind == Marker::Kind::definition   ? definition_at(snapshot, *name)
                     : marker.kind == Marker::Kind::references ? references_at(snapshot, *name)
                                                               : rename_at(snapshot, *name, marker.rule);
  return found && found->empty() ? std::nullopt : found;
}

// A hint belongs to its whole line: it stands behind the text.
std::optional<std::string> hint_at(const Snapshot& snapshot, const Marker& marker) {
  std::string found;
  for (const analysis::Hint& hint : analysis::hints(snapshot))
    if (snapshot.lines.position(snapshot.text(), hint.at, Encoding::utf32).line == marker.line)
      found += hint.text + "\n";
  if (found.empty()) return std::nullopt;
  return found;
}

const analysis::Fix* applicable_fix(const analysis::Finding& finding, std::string_view rule) {
  if (!rule.empty() && finding.rule->id != rule) return nullptr;
  for (const analysis::Fix& fix : finding.fixes)
    if (fix.applicable() && (!rule.empty() || fix.safety == analysis::Safety::safe)) return &fix;
  return nullptr;
}

bool is_step(const Snapshot& snapshot, analysis::StepId id) {
  const analysis::Step& step = snapshot.model.steps[id];
  return (step.op == analysis::Op::exec || step.op == analysis::Op::file) &&
         snapshot.model.stages[step.stage].reachable;
}

std::optional<std::uint32_t> number(const std::string& text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<analysis::Change> edited_line(const Snapshot& snapshot, const std::string& word) {
  const auto line = number(word);
  if (!line || *line == 0 || *line > snapshot.lines.line_count()) return std::nullopt;
  const analysis::StepId step = analysis::step_at(snapshot, snapshot.lines.line(snapshot.text(), *line - 1).begin);
  if (step == analysis::none) return std::nullopt;
  return analysis::edit_of(snapshot.model, step);
}

std::optional<analysis::Change> read_change(const Snapshot& snapshot, std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  if (words.size() < 2) return std::nullopt;
  analysis::Change change;
  if (words[0] == "path") {
    change.paths.assign(words.begin() + 1, words.end());
  } else if (words[0] == "line") {
    return edited_line(snapshot, words[1]);
  } else if (words[0] == "build-arg") {
    change = analysis::change_of_argument(snapshot.model, words[1]);
  } else if (words[0] == "base-image") {
    for (analysis::StageId id = 0; id < snapshot.model.stages.size(); ++id)
      if (snapshot.model.stages[id].base.text == words[1] && snapshot.model.stages[id].base_stage == analysis::none)
        change.base_images.push_back(id);
    if (change.base_images.empty()) return std::nullopt;
  } else {
    return std::nullopt;
  }
  return change;
}

}  // namespace

std::shared_ptr<const analysis::BuildContext> context_of(const Fixture& fixture) {
  FakeContext::Files files;
  for (const Section& section : fixture.sections) {
    if (section.role != Section::Role::file) continue;
    FakeFile file(section.text);
    for (const std::string& attribute : section.attributes) file.read_attribute(attribute);
    files.insert_or_assign(section.name, std::move(file));
  }
  if (files.empty()) return nullptr;
  files.insert_or_assign("Dockerfile", FakeFile(fixture.dockerfile()->text));
  return std::make_shared<const FakeContext>(std::move(files));
}

std::shared_ptr<const Snapshot> snapshot_of(std::shared_ptr<const analysis::BuildContext> context, std::string text,
                                            const analysis::BuildOptions& build, const Snapshot* previous) {
  return analysis::analyze({.text = std::make_shared<const std::string>(std::move(text)),
                            .context = std::move(context),
                            .build = build,
                            .rules = {}},
                           previous, {});
}

std::vector<Marker> diagnostics(const Snapshot& snapshot) {
  std::vector<Marker> markers;
  for (const analysis::Finding& finding : snapshot.findings) {
    Marker marker;
    marker.severity = analysis::severity_name(finding.severity);
    marker.rule = finding.rule->id;
    marker.text = finding.message;
    place_marker(snapshot, finding.span, marker);
    markers.push_back(std::move(marker));
  }
  for (const analysis::Problem& problem : snapshot.problems) {
    Marker marker;
    marker.kind = Marker::Kind::problem;
    marker.text = problem.message;
    place_marker(snapshot, problem.span, marker);
    markers.push_back(std::move(marker));
  }
  std::stable_sort(markers.begin(), markers.end(), [](const Marker& one, const Marker& other) {
    return std::tie(one.line, one.column) < std::tie(other.line, other.column);
  });
  return markers;
}

std::optional<std::string> answer(const Snapshot& snapshot, const Marker& marker) {
  switch (marker.kind) {
    case Marker::Kind::hover: {
      const auto explanation = analysis::explain(snapshot, span_of(snapshot, marker).begin);
      return explanation ? std::optional(analysis::to_text(*explanation)) : std::nullopt;
    }
    case Marker::Kind::fix:
      return fixes_at(snapshot, marker);
    case Marker::Kind::lens:
      return lens_at(snapshot, marker);
    case Marker::Kind::inlay:
      return hint_at(snapshot, marker);
    case Marker::Kind::graph:
      return graph_at(snapshot, marker);
    case Marker::Kind::definition:
    case Marker::Kind::references:
    case Marker::Kind::rename:
      return about_name(snapshot, marker);
    case Marker::Kind::diagnostic:
    case Marker::Kind::problem:
      break;
  }
  return std::nullopt;
}

bool satisfied(const Marker& marker, const std::optional<std::string>& answer) {
  if (marker.text == "(nothing)") return !answer;
  if (!answer) return false;
  using Kind = Marker::Kind;
  // One place too many is as wrong as one too few.
  if (marker.kind == Kind::definition || marker.kind == Kind::references || marker.kind == Kind::rename)
    return marker.text == *answer;
  std::string_view wanted = marker.text;
  while (true) {
    const std::size_t bar = wanted.find(" | ");
    if (answer->find(wanted.substr(0, bar)) == std::string::npos) return false;
    if (bar == std::string_view::npos) return true;
    wanted.remove_prefix(bar + 3);
  }
}

FixedTexts after_fixes(const Snapshot& snapshot, std::string_view rule) {
  analysis::EditList edits, dockerignore_edits;
  // Findings are sorted by place: of two fixes that overlap the lower one wins and the other waits for the next round.
  for (const analysis::Finding& finding : snapshot.findings) {
    const analysis::Fix* fix = applicable_fix(finding, rule);
    if (fix == nullptr || (!dockerignore_edits.empty() && !fix->dockerignore_edits.empty())) continue;
    if (edits.add_all(fix->edits)) (void)dockerignore_edits.add_all(fix->dockerignore_edits);
  }
  return {edits.apply(snapshot.text()), dockerignore_edits.apply(snapshot.context().dockerignore().text())};
}

std::shared_ptr<const analysis::BuildContext> context_after(std::shared_ptr<const analysis::BuildContext> context,
                                                            std::string_view dockerignore) {
  if (!context || context->dockerignore().text() == dockerignore) return context;
  return analysis::with_dockerignore(std::move(context), dockerignore);
}

std::pair<unsigned, unsigned> reuse(const Snapshot& before, const Snapshot& after) {
  std::set<std::string> known;
  const std::vector<std::string> old_digests = analysis::definition_digests(before.model, before.tree);
  for (analysis::StepId id = 0; id < old_digests.size(); ++id)
    if (is_step(before, id)) known.insert(old_digests[id]);
  const std::vector<std::string> digests = analysis::definition_digests(after.model, after.tree);
  unsigned reused = 0, all = 0;
  for (analysis::StepId id = 0; id < digests.size(); ++id) {
    if (!is_step(after, id)) continue;
    ++all;
    if (known.contains(digests[id])) ++reused;
  }
  return {reused, all};
}

std::optional<std::string> what_if(const Snapshot& snapshot, std::string_view change) {
  auto read = read_change(snapshot, change);
  if (!read) return std::nullopt;
  // What .dockerignore hides never reaches a step.
  std::erase_if(read->paths,
                [&](const std::string& path) { return analysis::find_hidden(snapshot.context(), path) != nullptr; });
  const std::vector<analysis::StepEffect> effects = analysis::invalidate(snapshot.model, *read);
  std::string lines;
  for (analysis::StepId id = 0; id < effects.size(); ++id) {
    if (!is_step(snapshot, id) || effects[id].effect == analysis::Effect::unaffected) continue;
    const bool always = effects[id].effect == analysis::Effect::always;
    const std::uint32_t line = snapshot.tree.items[snapshot.model.steps[id].item].line + 1;
    lines += fmt::format("{} {}\n", line, always ? "always" : "if content differs");
  }
  return lines.empty() ? "nothing\n" : lines;
}

}  // namespace keyline::tests

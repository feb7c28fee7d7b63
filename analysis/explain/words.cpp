#include "analysis/explain/words.h"

#include <fmt/format.h>

#include "analysis/context/source_match.h"

namespace keyline::analysis {

std::string count_of(std::uint64_t number, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", number, number == 1 ? singular : plural);
}

std::string size_of(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes);
  for (const char* unit : {"kB", "MB", "GB"}) {
    value /= 1000;
    if (value < 999.95) return fmt::format("{:.{}f} {}", value, value < 9.95 ? 1 : 0, unit);
  }
  return fmt::format("{:.0f} TB", value / 1000);
}

std::string line_reference(const Snapshot& snapshot, Span place) {
  if (place == Span{}) return "";
  return fmt::format("line {}", snapshot.lines.line_at(place.begin) + 1);
}

std::string short_text(const Snapshot& snapshot, StepId id, std::size_t longest) {
  const Span span = snapshot.model.steps[id].span;
  std::string_view text = slice(snapshot.text(), span);
  text = text.substr(0, text.find('\n'));
  const bool whole = text.size() == span.size();
  while (!text.empty() && (text.back() == ' ' || text.back() == '\\' || text.back() == '\r')) text.remove_suffix(1);
  if (text.size() <= longest) return std::string(text) + (whole ? "" : " …");
  std::size_t end = longest - 1;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string step_reference(const Snapshot& snapshot, StepId id) {
  return fmt::format("{} (`{}`)", line_reference(snapshot, snapshot.model.steps[id].span), short_text(snapshot, id));
}

std::vector<ContextInfluence> context_influences(const Snapshot& snapshot) {
  const Model& model = snapshot.model;
  std::vector<ContextInfluence> results(model.steps.size());  // of each step's result: what stands on it inherits this
  std::vector<ContextInfluence> own(model.steps.size());
  const auto stronger = [](const ContextInfluence& a, const ContextInfluence& b) {
    if (a.step == none || b.step == none) return a.step != none && b.step == none;
    if (a.through_stage != b.through_stage) return !a.through_stage;
    return a.files > b.files;
  };
  for (StepId id = 0; id < model.steps.size(); ++id) {
    const Step& step = model.steps[id];
    ContextInfluence mine;
    const auto consider = [&](ContextInfluence other) {
      const bool known = mine.known && (other.step == none || other.known);
      if (stronger(other, mine)) mine = other;
      mine.known = known;
    };
    for (const Origin& origin : step.origins) {
      if (origin.kind == Origin::Kind::stage && origin.stage != none) {
        const StepId source = model.stages[origin.stage].last_op;
        if (source == none) continue;
        ContextInfluence inherited = results[source];
        inherited.through_stage = inherited.step != none;
        consider(inherited);
      } else if (origin.kind == Origin::Kind::context) {
        ContextInfluence read{id, 0, snapshot.context().complete(), false};
        if (origin.paths.empty()) read.files = match_source(snapshot.context(), ".").files;
        for (const Value& path : origin.paths) {
          const SourceMatch match = match_source(snapshot.context(), path.text);
          read.files += match.files;
          read.known = read.known && path.known && match.known;
        }
        consider(read);
      }
    }
    own[id] = mine;
    if (step.parent != none) consider(results[step.parent]);
    if (!step.independent) own[id] = mine;
    results[id] = mine;
  }
  return own;
}

ContextInfluence context_influence(const Snapshot& snapshot, StepId step) { return context_influences(snapshot)[step]; }

}  // namespace keyline::analysis

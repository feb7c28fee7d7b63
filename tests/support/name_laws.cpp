#include "tests/support/name_laws.h"

#include <fmt/format.h>

#include <set>

#include "analysis/navigate/names.h"
#include "analysis/navigate/rename.h"

namespace keyline::tests {

namespace {

using analysis::Name;
using analysis::Snapshot;

std::vector<analysis::Span> spans_of(const std::vector<Name>& names) {
  std::vector<analysis::Span> spans;
  for (const Name& name : names) spans.push_back(name.span);
  return spans;
}

// Steps, edges and values; what a build is made of but for the spelling of names.
std::string shape_of(const Snapshot& snapshot) {
  std::string shape = fmt::format("{} problems\n", snapshot.problems.size());
  for (const analysis::Stage& stage : snapshot.model.stages)
    shape += fmt::format("stage on {} needed {}\n", stage.base_stage, stage.reachable);
  for (const analysis::Step& step : snapshot.model.steps) {
    shape += fmt::format("{} after {} in {}", static_cast<int>(step.keyword), step.parent, step.workdir.text);
    for (const analysis::Origin& origin : step.origins)
      shape += fmt::format(" from {} {}", static_cast<int>(origin.kind), origin.stage);
    for (const analysis::Value& source : step.sources)
      if (!source.text.starts_with("<<")) shape += " " + (source.known ? source.text : "?");
    for (const analysis::VariableReference& use : step.references)
      if (!use.by_shell) shape += fmt::format(" sees {}", use.definition);
    shape += '\n';
  }
  for (const analysis::Definition& definition : snapshot.model.definitions)
    shape += (definition.value.known ? definition.value.text : "?") + "\n";
  return shape;
}

std::string check_rename(const Snapshot& snapshot, const Name& name, const Analyse& analyse) {
  const std::string fresh = name.kind == analysis::NameKind::stage ? "fresh-name" : "fresh_name";
  const analysis::Renaming there = rename(snapshot, name, fresh);
  if (!there.refusal.empty()) return {};
  const std::string text = there.edits.apply(snapshot.text());
  const auto renamed = analyse(text);
  if (shape_of(*renamed) != shape_of(snapshot)) return "the rename changes the build:\n" + text;
  if (there.edits.empty()) return {};
  const auto& first = there.edits.edits().front();
  const auto found = name_at(*renamed, first.span.begin);
  if (!found || found->text != fresh) return "the new name is not found:\n" + text;
  const std::string old(slice(snapshot.text(), first.span));
  const analysis::Renaming again = rename(*renamed, *found, old);
  // A use that never saw the variable may bear its old name still.
  if (!again.refusal.empty()) return {};
  const std::string back = again.edits.apply(text);
  // A stage's name may stand there in several cases.
  if (name.kind != analysis::NameKind::stage && back != snapshot.text())
    return "renaming back gives another text:\n" + back;
  return {};
}

}  // namespace

std::vector<std::string> faults_of_names(const Snapshot& snapshot, const Analyse& analyse) {
  std::vector<std::string> faults;
  std::set<analysis::Offset> seen;
  for (analysis::Offset at = 0; at < snapshot.text().size(); ++at) {
    const auto name = name_at(snapshot, at);
    if (!name || seen.contains(name->span.begin)) continue;
    const std::vector<Name> same = same_names(snapshot, *name);
    const auto fault = [&](const std::string& what) {
      faults.push_back(fmt::format("`{}` at byte {}: {}", name->text, at, what));
    };
    bool itself = false;
    for (const Name& other : same) {
      itself = itself || other.span == name->span;
      seen.insert(other.span.begin);
      const auto there = name_at(snapshot, other.span.begin);
      if (!there || there->span != other.span) continue;  // something narrower begins at the same place
      if (spans_of(same_names(snapshot, *there)) != spans_of(same))
        fault(fmt::format("byte {} names the same, but leads elsewhere", other.span.begin));
    }
    if (!itself) fault("is not found from its own place");
    if (std::string why = check_rename(snapshot, *name, analyse); !why.empty()) fault(why);
  }
  return faults;
}

}  // namespace keyline::tests

#include "analysis/explain/language.h"

#include <fmt/format.h>

#include "analysis/assist/signature.h"
#include "analysis/knowledge/dockerfile_language.h"

namespace keyline::analysis {

namespace {

void add_row(ExplanationSection& section, std::string_view label, const Value& value, std::string_view otherwise) {
  if (!value.known)
    section.rows.push_back({std::string(label), "depends on a variable that is not known", "", {}});
  else if (!value.text.empty())
    section.rows.push_back({std::string(label), value.text, "", {}});
  else if (!otherwise.empty())
    section.rows.push_back({std::string(label), std::string(otherwise), "", {}});
}

std::string_view what_counts(Mount::Type type) {
  switch (type) {
    case Mount::Type::bind:
      return "The files under it are part of the step's key; what the command writes there is dropped.";
    case Mount::Type::cache:
      return "What lies in it is part of no key and of no image. It stays on the builder: no exported cache holds it.";
    case Mount::Type::secret:
      return "That it is asked for is part of the key, its value is not: a new value re-runs nothing.";
    case Mount::Type::ssh:
      return "That it is asked for is part of the key, the agent's keys are not.";
    case Mount::Type::tmpfs:
      return "Empty at the start, gone at the end.";
    case Mount::Type::unknown:
      break;
  }
  return "";
}

std::string owner_of(const Mount& mount) {
  const std::string mode = mount.mode ? fmt::format(", mode {}", *mount.mode) : "";
  return fmt::format("{}:{}{}", mount.uid.value_or("0"), mount.gid.value_or("0"), mode);
}

void add_mount(const Mount& mount, Explanation& explanation) {
  ExplanationSection section{"The mount", {}};
  add_row(section, "target", mount.target, "");
  add_row(section, "source", mount.source, "");
  if (!mount.from.empty()) section.rows.push_back({"from", mount.from, "", {}});
  add_row(section, "id", mount.id, "");
  if (mount.type == Mount::Type::cache) {
    section.rows.push_back({"sharing", mount.sharing, mount.sharing_given ? "" : "default", {}});
    section.rows.push_back({"owner", owner_of(mount), mount.uid || mount.gid || mount.mode ? "" : "default", {}});
  }
  if (!section.rows.empty()) explanation.sections.push_back(std::move(section));
  if (const std::string_view note = what_counts(mount.type); !note.empty()) explanation.notes.emplace_back(note);
}

}  // namespace

std::optional<Explanation> explain_flag(const Snapshot& snapshot, StepId id, Offset offset) {
  const Step& step = snapshot.model.steps[id];
  const Item& item = snapshot.tree.items[step.item];
  for (const Flag& flag : instruction_of(snapshot.tree, step).flags) {
    const Span span = item.absolute(flag.span);
    const FlagFact* fact = span.touches(offset) ? flag_fact(step.keyword, flag.name()) : nullptr;
    if (fact == nullptr) continue;
    Explanation explanation;
    explanation.title = flag.text;
    explanation.forecast = fact->text;
    explanation.span = span;
    for (const Mount& mount : step.mounts) {
      if (mount.span == span) add_mount(mount, explanation);
    }
    return explanation;
  }
  return std::nullopt;
}

void add_usage(Explanation& explanation, Keyword keyword) {
  const InstructionFact* fact = instruction_fact(keyword);
  if (fact == nullptr) return;
  ExplanationSection section{"How it is written", {}};
  for (const std::string_view form : fact->forms)
    section.rows.push_back({std::string(keyword_name(keyword)), signature_label(*fact, form), "", {}});
  explanation.sections.push_back(std::move(section));
  explanation.notes.emplace_back(fact->summary);
}

}  // namespace keyline::analysis

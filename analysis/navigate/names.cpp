#include "analysis/navigate/names.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "analysis/context/source_match.h"
#include "analysis/navigate/mentions.h"
#include "analysis/navigate/variables.h"

namespace keyline::analysis {

namespace {

// Whether an instruction can name it at all; cheap, and true where in doubt.
bool may_mention(const Snapshot& snapshot, const Item& item, const Name& name) {
  const Instruction& instruction = *item.instruction;
  switch (name.kind) {
    case NameKind::stage:
    case NameKind::image:
      return instruction.keyword == Keyword::from || !instruction.flags.empty() || instruction.trigger != nullptr;
    case NameKind::mount_id:
      return !instruction.flags.empty() || instruction.trigger != nullptr;
    case NameKind::source:
      return instruction.keyword == Keyword::copy || instruction.keyword == Keyword::add ||
             !instruction.flags.empty() || instruction.trigger != nullptr;
    case NameKind::shell_variable:
    case NameKind::heredoc:
      return &item == &snapshot.tree.items[name.item];
    case NameKind::variable:
      break;
  }
  return slice(snapshot.text(), item.span()).find(name.text) != std::string_view::npos;
}

// Unknown variables are the same in one stage, or in front of and in the FROM lines.
bool same_surroundings(const Snapshot& snapshot, const Name& one, const Name& other) {
  const auto stage_of = [&](const Name& name) {
    const bool outside = name.step == none || snapshot.model.steps[name.step].keyword == Keyword::from;
    return outside ? none : snapshot.model.steps[name.step].stage;
  };
  return stage_of(one) == stage_of(other);
}

bool is_same(const Snapshot& snapshot, const Name& one, const Name& other, const std::set<Offset>& declarations) {
  if (one.kind != other.kind) return false;
  if (one.kind == NameKind::stage) return one.stage == other.stage;
  if (one.text != other.text) return false;
  switch (one.kind) {
    case NameKind::variable:
      if (!one.declaration || !other.declaration)
        return one.declaration == other.declaration && same_surroundings(snapshot, one, other);
      return declarations.contains(*other.declaration);
    case NameKind::mount_id:
      return one.mount == other.mount;
    case NameKind::shell_variable:
    case NameKind::heredoc:
      return one.item == other.item;
    default:
      return true;
  }
}

Span at(Offset place, const Name& name) { return {place, place + static_cast<Offset>(name.text.size())}; }

void add_files(const BuildContext& context, std::string_view source, std::size_t most, std::set<std::string>& files) {
  const SourceMatch match = match_source(context, source);
  if (!match.known) return;
  const std::vector<ContextEntry>& entries = context.entries();
  const auto add = [&](std::size_t index) {
    if (entries[index].kind != EntryKind::directory && files.size() < most) files.insert(entries[index].path);
  };
  if (match.whole_context) {
    for (std::size_t i = 0; i < entries.size() && files.size() < most; ++i) add(i);
  }
  for (const std::uint32_t root : match.roots) {
    add(root);
    if (entries[root].kind != EntryKind::directory) continue;
    const auto [begin, end] = range_below(context, entries[root].path);
    for (std::size_t i = begin; i < end && files.size() < most; ++i) add(i);
  }
}

}  // namespace

std::optional<Name> name_at(const Snapshot& snapshot, Offset offset) {
  const Item* item = snapshot.tree.item_at(offset);
  if (item == nullptr) return std::nullopt;
  std::optional<Name> narrowest;
  for (Name& name : mentions(snapshot, static_cast<std::uint32_t>(item - snapshot.tree.items.data()))) {
    if (!name.span.touches(offset) || name.span.empty()) continue;
    // Of two that meet at the cursor, the one that begins there.
    const auto rank = [&](const Name& one) { return std::tuple(!one.span.contains(offset), one.span.size()); };
    if (!narrowest || rank(name) < rank(*narrowest)) narrowest = std::move(name);
  }
  return narrowest;
}

std::vector<Name> same_names(const Snapshot& snapshot, const Name& name) {
  std::set<Offset> declarations;
  if (name.kind == NameKind::variable && name.declaration)
    declarations = declarations_with(snapshot, name.text, *name.declaration);
  std::vector<Name> same;
  for (std::uint32_t index = 0; index < snapshot.tree.items.size(); ++index) {
    if (!may_mention(snapshot, snapshot.tree.items[index], name)) continue;
    for (Name& other : mentions(snapshot, index)) {
      if (is_same(snapshot, name, other, declarations)) same.push_back(std::move(other));
    }
  }
  std::stable_sort(same.begin(), same.end(), [](const Name& one, const Name& other) {
    return std::tuple(one.span.begin, one.span.end, !one.declares) <
           std::tuple(other.span.begin, other.span.end, !other.declares);
  });
  const auto behind =
      std::unique(same.begin(), same.end(), [](const Name& one, const Name& other) { return one.span == other.span; });
  same.erase(behind, same.end());
  return same;
}

std::vector<Span> definitions_of(const Snapshot& snapshot, const Name& name) {
  switch (name.kind) {
    case NameKind::stage: {
      const Stage& stage = snapshot.model.stages[name.stage];
      return {stage.name.empty() ? snapshot.tree.items[stage.item].header() : stage.name_span};
    }
    case NameKind::variable: {
      if (!name.declaration) return {};
      if (name.declares && is_bare_argument(snapshot, name.item, name.span.begin)) {
        if (const auto outer = global_declaration(snapshot, name.text, name.span.begin)) return {at(*outer, name)};
      }
      return {at(*name.declaration, name)};
    }
    case NameKind::shell_variable: {
      std::optional<Span> setting;
      for (const Name& other : same_names(snapshot, name)) {
        if (other.declares && (!setting || other.span.begin <= name.span.begin)) setting = other.span;
      }
      return setting ? std::vector<Span>{*setting} : std::vector<Span>{};
    }
    case NameKind::heredoc:
    case NameKind::mount_id: {
      const std::vector<Name> same = same_names(snapshot, name);
      return same.empty() ? std::vector<Span>{} : std::vector<Span>{same.front().span};
    }
    case NameKind::image:
    case NameKind::source:
      break;
  }
  return {};
}

std::vector<Span> declarations_of(const Snapshot& snapshot, const Name& name) {
  if (name.kind != NameKind::variable || !name.declaration) return definitions_of(snapshot, name);
  return {at(*declarations_with(snapshot, name.text, *name.declaration).begin(), name)};
}

std::vector<std::string> files_of(const Snapshot& snapshot, const Name& source, std::size_t most) {
  std::set<std::string> files;
  if (source.kind == NameKind::source) add_files(snapshot.context(), source.text, most, files);
  return {files.begin(), files.end()};
}

std::vector<std::string> files_of(const Snapshot& snapshot, StepId step, std::size_t most) {
  std::set<std::string> files;
  for (const Origin& origin : snapshot.model.steps[step].origins) {
    if (origin.kind != Origin::Kind::context) continue;
    if (origin.paths.empty()) add_files(snapshot.context(), ".", most, files);
    for (const Value& path : origin.paths) {
      if (path.known) add_files(snapshot.context(), path.text, most, files);
    }
  }
  return {files.begin(), files.end()};
}

std::vector<StepId> readers_of(const Snapshot& snapshot, const std::vector<std::string>& files) {
  std::vector<StepId> readers;
  if (files.empty()) return readers;
  Change change;
  change.paths = files;
  const std::vector<StepEffect> effects = invalidate(snapshot.model, change);
  for (StepId id = 0; id < effects.size(); ++id) {
    const Step& step = snapshot.model.steps[id];
    if (effects[id].effect != Effect::unaffected && (step.op == Op::exec || step.op == Op::file)) readers.push_back(id);
  }
  return readers;
}

}  // namespace keyline::analysis

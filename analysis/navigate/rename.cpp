#include "analysis/navigate/rename.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "analysis/navigate/mentions.h"
#include "analysis/text/ascii.h"

namespace keyline::analysis {

namespace {

// Known to every build without ARG, or given a meaning by it (frontend/dockerfile/dockerfile2llb: platform and proxy
// arguments, SOURCE_DATE_EPOCH), or by every shell.
bool is_predefined(std::string_view name) {
  static constexpr std::array<std::string_view, 23> names{
      "BUILDPLATFORM", "BUILDOS",         "BUILDOSVERSION", "BUILDARCH",         "BUILDVARIANT", "TARGETPLATFORM",
      "TARGETOS",      "TARGETOSVERSION", "TARGETARCH",     "TARGETVARIANT",     "TARGETSTAGE",  "HTTP_PROXY",
      "HTTPS_PROXY",   "FTP_PROXY",       "NO_PROXY",       "ALL_PROXY",         "http_proxy",   "https_proxy",
      "ftp_proxy",     "no_proxy",        "all_proxy",      "SOURCE_DATE_EPOCH", "PATH"};
  return std::find(names.begin(), names.end(), name) != names.end() || name.starts_with("BUILDKIT_");
}

bool is_stage_name(std::string_view name) {
  return !name.empty() && lower(name[0]) >= 'a' && lower(name[0]) <= 'z' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           const char small = lower(c);
           return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
         });
}

bool is_plain_word(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

std::string line_of(const Snapshot& snapshot, Offset offset) {
  return fmt::format("line {}", snapshot.lines.line_at(offset) + 1);
}

std::string stage_obstacle(const Snapshot& snapshot, const Name& name) {
  if (snapshot.model.stages[name.stage].name.empty())
    return "This stage has no name: write `AS <name>` behind its FROM.";
  if (snapshot.model.stages[name.stage].name == to_lower(snapshot.inputs.build.target))
    return fmt::format("`{}` is given by --target: the build knows the stage by this name.", name.text);
  return {};
}

std::string variable_obstacle(const Snapshot& snapshot, const Name& name) {
  if (is_predefined(name.text))
    return fmt::format("`{}` is predefined: its name is not this file's to choose.", name.text);
  if (!name.declaration) return fmt::format("`{}` is not set in this file.", name.text);
  if (snapshot.inputs.build.arguments.contains(name.text))
    return fmt::format("`{}` is given by --build-arg: the build knows it by this name.", name.text);
  if (!is_variable_name(name.text)) return fmt::format("`{}` is not a plain variable name.", name.text);
  return {};
}

std::string mount_obstacle(const Snapshot& snapshot, const Name& name) {
  if (name.mount != Mount::Type::cache)
    return fmt::format("The id `{}` is given by whoever starts the build, outside of this file.", name.text);
  for (const Name& other : same_names(snapshot, name)) {
    const std::string_view written = slice(snapshot.text(), other.span);
    if (other.literal) continue;
    if (written.find('$') != std::string_view::npos)
      return fmt::format("The id in {} is made from a variable.", line_of(snapshot, other.span.begin));
    return fmt::format("The cache mount in {} has no id of its own: its target `{}` stands for one.",
                       line_of(snapshot, other.span.begin), written);
  }
  return {};
}

// `COPY <<NAME /directory/` makes a file of that name.
std::string heredoc_obstacle(const Snapshot& snapshot, const Name& name) {
  const bool in_directory = name.step != none && !snapshot.model.steps[name.step].sources.empty() &&
                            snapshot.model.steps[name.step].destination.text.ends_with('/');
  return in_directory ? fmt::format("`{}` is also the name of the file in the image.", name.text) : "";
}

// The stages that see the variable: where it is named, and all that inherit from those.
std::set<StageId> stages_of(const Snapshot& snapshot, const std::vector<Name>& names) {
  const Model& model = snapshot.model;
  std::set<StageId> stages;
  for (const Name& name : names) {
    if (name.step != none && model.steps[name.step].keyword != Keyword::from)
      stages.insert(model.steps[name.step].stage);
  }
  for (StageId id = 0; id < model.stages.size(); ++id) {
    if (model.stages[id].base_stage != none && stages.contains(model.stages[id].base_stage)) stages.insert(id);
  }
  return stages;
}

// Where something called `new_name` is named that a variable of that name would be mixed up with.
std::optional<Offset> variable_in_the_way(const Snapshot& snapshot, const std::vector<Name>& names,
                                          const std::string& new_name) {
  const Model& model = snapshot.model;
  const std::set<StageId> stages = stages_of(snapshot, names);
  const auto is_global = [&](const Name& name) {
    return name.step == none || model.steps[name.step].keyword == Keyword::from;
  };
  const bool global = std::any_of(names.begin(), names.end(), is_global);
  for (std::uint32_t index = 0; index < snapshot.tree.items.size(); ++index) {
    const Item& item = snapshot.tree.items[index];
    if (slice(snapshot.text(), item.span()).find(new_name) == std::string_view::npos) continue;
    for (const Name& other : mentions(snapshot, index)) {
      if (other.text != new_name) continue;
      // What a shell keeps to itself is in nobody's way but its own script's.
      const bool apart = names.front().kind == NameKind::shell_variable && other.kind == NameKind::shell_variable;
      if (apart && other.item != names.front().item) continue;
      if (other.kind != NameKind::variable && other.kind != NameKind::shell_variable) continue;
      if (is_global(other) ? global : stages.contains(model.steps[other.step].stage)) return other.span.begin;
    }
  }
  return std::nullopt;
}

std::string stage_fault(const Snapshot& snapshot, const Name& name, std::string_view new_name) {
  if (!is_stage_name(new_name))
    return fmt::format("`{}` cannot name a stage: a letter first, then letters, digits, `-`, `_` and `.`.", new_name);
  const std::string wanted = to_lower(new_name);
  if (wanted == "scratch" || wanted == "context")
    return fmt::format("`{}` means something else to BuildKit.", new_name);
  for (StageId id = 0; id < snapshot.model.stages.size(); ++id) {
    const Stage& stage = snapshot.model.stages[id];
    if (id != name.stage && stage.name == wanted)
      return fmt::format("The stage in {} is called `{}` already.", line_of(snapshot, stage.name_span.begin), wanted);
  }
  for (std::uint32_t index = 0; index < snapshot.tree.items.size(); ++index) {
    const Instruction& instruction = *snapshot.tree.items[index].instruction;
    if (instruction.keyword != Keyword::from && instruction.flags.empty() && !instruction.trigger) continue;
    for (const Name& other : mentions(snapshot, index)) {
      if (other.kind == NameKind::image && to_lower(other.text) == wanted)
        return fmt::format("The stage would hide the image `{}` of {}.", other.text,
                           line_of(snapshot, other.span.begin));
    }
  }
  return {};
}

std::string variable_fault(const Snapshot& snapshot, const std::vector<Name>& same, const std::string& new_name) {
  if (!is_variable_name(new_name))
    return fmt::format("`{}` cannot name a variable: letters, digits and `_`, no digit first.", new_name);
  if (is_predefined(new_name)) return fmt::format("`{}` is predefined: BuildKit gives it a value.", new_name);
  if (snapshot.inputs.build.arguments.contains(new_name))
    return fmt::format("`{}` is given by --build-arg: its value would come from there.", new_name);
  if (const auto other = variable_in_the_way(snapshot, same, new_name))
    return fmt::format("`{}` is used in {} already, in the same scope.", new_name, line_of(snapshot, *other));
  return {};
}

std::string heredoc_fault(const Snapshot& snapshot, const Name& name, std::string_view new_name) {
  if (!is_plain_word(new_name))
    return fmt::format("`{}` cannot end a here-document: letters, digits, `_`, `-`, `.`.", new_name);
  const Item& item = snapshot.tree.items[name.item];
  const std::uint32_t first = snapshot.lines.line_at(item.begin);
  for (std::uint32_t line = first; line < snapshot.lines.line_count(); ++line) {
    const Span span = snapshot.lines.line(snapshot.text(), line);
    if (span.begin >= item.span().end) break;
    std::string_view text = slice(snapshot.text(), span);
    text.remove_prefix(std::min(text.find_first_not_of('\t'), text.size()));
    if (text == new_name)
      return fmt::format("Line {} is `{}` already and would end the here-document.", line + 1, new_name);
  }
  return {};
}

std::string mount_fault(const Snapshot& snapshot, const Name& name, std::string_view new_name) {
  const bool plain =
      is_plain_word(new_name) || (!new_name.empty() && new_name.find_first_of(" \t\r\n,\"'$\\`=") == new_name.npos);
  if (!plain) return fmt::format("`{}` cannot be an id: no blanks, commas, quotes or variables.", new_name);
  for (std::uint32_t index = 0; index < snapshot.tree.items.size(); ++index) {
    if (snapshot.tree.items[index].instruction->flags.empty() && !snapshot.tree.items[index].instruction->trigger)
      continue;
    for (const Name& other : mentions(snapshot, index)) {
      if (other.kind == NameKind::mount_id && other.mount == name.mount && other.text == new_name)
        return fmt::format("The id `{}` is that of another cache in {} already.", new_name,
                           line_of(snapshot, other.span.begin));
    }
  }
  return {};
}

}  // namespace

std::string rename_obstacle(const Snapshot& snapshot, const Name& name) {
  switch (name.kind) {
    case NameKind::stage:
      return stage_obstacle(snapshot, name);
    case NameKind::variable:
      return variable_obstacle(snapshot, name);
    case NameKind::mount_id:
      return mount_obstacle(snapshot, name);
    case NameKind::image:
      return fmt::format("`{}` is an image: its name is not this file's to choose.", name.text);
    case NameKind::source:
      return fmt::format("`{}` is a path of the build context: rename the file itself.", name.text);
    case NameKind::heredoc:
      return heredoc_obstacle(snapshot, name);
    case NameKind::shell_variable:
      break;
  }
  return {};
}

Renaming rename(const Snapshot& snapshot, const Name& name, std::string_view asked) {
  const std::string new_name(asked);
  Renaming renaming;
  renaming.refusal = rename_obstacle(snapshot, name);
  if (!renaming.refusal.empty() || new_name == slice(snapshot.text(), name.span)) return renaming;
  const std::vector<Name> same = same_names(snapshot, name);
  switch (name.kind) {
    case NameKind::stage:
      renaming.refusal = stage_fault(snapshot, name, new_name);
      break;
    case NameKind::variable:
    case NameKind::shell_variable:
      renaming.refusal = variable_fault(snapshot, same, new_name);
      break;
    case NameKind::heredoc:
      renaming.refusal = heredoc_fault(snapshot, name, new_name);
      break;
    default:
      renaming.refusal = mount_fault(snapshot, name, new_name);
  }
  if (!renaming.refusal.empty()) return renaming;
  EditList edits;
  for (const Name& place : same) {
    // A stage's number goes on being right.
    const std::string_view written = slice(snapshot.text(), place.span);
    const bool number = name.kind == NameKind::stage && !written.empty() &&
                        written.find_first_not_of("+0123456789") == std::string_view::npos;
    if (number) continue;
    if (!place.literal || !edits.add({place.span, new_name})) {
      renaming.refusal = fmt::format("The name in {} is not written out: change it by hand first.",
                                     line_of(snapshot, place.span.begin));
      return renaming;
    }
  }
  renaming.edits = std::move(edits);
  return renaming;
}

}  // namespace keyline::analysis

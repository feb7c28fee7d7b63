#include "analysis/assist/completion_values.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "analysis/context/source_match.h"
#include "analysis/knowledge/base_images.h"
#include "analysis/knowledge/dockerfile_language.h"
#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

namespace {

using Kind = Completion::Kind;

// The step that the item is, or the last one above it.
StepId step_above(const Snapshot& snapshot, std::uint32_t item) {
  for (std::uint32_t at = std::min<std::uint32_t>(item, static_cast<std::uint32_t>(snapshot.tree.items.size()));;) {
    if (const StepId step = snapshot.model.step_of_item(at); step != none) return step;
    if (at == 0) return none;
    --at;
  }
}

void add_stages(const Snapshot& snapshot, std::uint32_t item, std::vector<Completion>& items) {
  for (StageId id = 0; id < snapshot.model.stages.size(); ++id) {
    const Stage& stage = snapshot.model.stages[id];
    if (stage.item >= item) break;
    const StepId own = step_above(snapshot, item);
    const bool above = own == none || snapshot.model.steps[own].stage != id;
    if (!stage.name.empty() && above)
      items.push_back({stage.name, Kind::stage, fmt::format("stage {}, from {}", id, stage.base.text)});
  }
}

void add_images(const Snapshot& snapshot, std::uint32_t item, std::span<const std::string> others,
                std::vector<Completion>& items) {
  std::set<std::string> seen;
  const auto add = [&](const std::string& image) {
    if (!image.empty() && seen.insert(image).second) items.push_back({image, Kind::image, "image"});
  };
  for (const Stage& stage : snapshot.model.stages) {
    const bool image = stage.base_stage == none && !stage.scratch && stage.named_context.empty();
    if (stage.item != item && image && stage.base.known) add(stage.base.text);
  }
  for (const std::string& image : others) add(image);
}

// A name with characters of patterns is a pattern itself unless they stand in brackets.
std::string literal_pattern(std::string_view name) {
  std::string pattern;
  for (const char c : name) {
    const bool special = c == '*' || c == '?' || c == '[';
    pattern += special ? fmt::format("[{}]", c) : std::string(1, c);
  }
  return pattern;
}

bool can_be_written(std::string_view name) { return name.find_first_of(" \t\n\r\"'\\$") == std::string_view::npos; }

}  // namespace

std::vector<Completion> bases_in(const Snapshot& snapshot, std::uint32_t item, std::span<const std::string> images) {
  std::vector<Completion> items;
  add_stages(snapshot, item, items);
  items.push_back({"scratch", Kind::image, "an empty image"});
  add_images(snapshot, item, images, items);
  return items;
}

std::vector<Completion> places_in(const Snapshot& snapshot, std::uint32_t item, std::span<const std::string> images) {
  std::vector<Completion> items;
  add_stages(snapshot, item, items);
  for (const auto& [name, value] : snapshot.inputs.build.named_contexts)
    items.push_back({name, Kind::stage, fmt::format("named context {}", value)});
  add_images(snapshot, item, images, items);
  return items;
}

std::vector<Completion> users_in(const Snapshot& snapshot, std::uint32_t item) {
  std::vector<Completion> items{{"root", Kind::value, "0"}};
  const StepId step = step_above(snapshot, item);
  if (step == none) return items;
  const RuleContext context{snapshot.tree, snapshot.model, snapshot.context()};
  const StepFacts facts(context, snapshot.runs, &snapshot.studies);
  const RunEnvironment& environment = facts.environment(step);
  if (environment.image.account)
    items.push_back({std::string(environment.image.account->name), Kind::value,
                     fmt::format("{}, of {}", environment.image.account->uid, environment.image_reference)});
  for (const auto& [name, id] : facts.accounts_above(step)) items.push_back({name, Kind::value, id});
  return items;
}

std::vector<Completion> paths_below(const BuildContext& context, std::string_view directory) {
  constexpr std::size_t most = 500;  // more than anyone reads; the next letter makes it shorter
  std::vector<Completion> items;
  const std::string clean = clean_source(directory.empty() ? "." : directory);
  const std::string prefix = clean == "." ? "" : clean + '/';
  const std::vector<ContextEntry>& entries = context.entries();
  const auto lower = [&](std::string_view path, auto from) {
    return std::lower_bound(from, entries.end(), path, [](const ContextEntry& entry, std::string_view wanted) {
      return std::string_view(entry.path) < wanted;
    });
  };
  for (auto entry = lower(prefix, entries.begin()); entry != entries.end() && items.size() < most;) {
    if (!entry->path.starts_with(prefix)) break;
    const std::string_view below = std::string_view(entry->path).substr(prefix.size());
    if (const std::size_t slash = below.find('/'); slash != std::string_view::npos) {
      // Over everything in a directory: "0" is the character behind "/".
      entry = lower(entry->path.substr(0, prefix.size() + slash) + '0', entry);
      continue;
    }
    const bool is_directory = entry->kind == EntryKind::directory;
    if (!below.empty() && can_be_written(below)) {
      const std::string end = is_directory ? "/" : "";
      items.push_back(
          {std::string(below) + end, is_directory ? Kind::directory : Kind::file, "", literal_pattern(below) + end});
    }
    ++entry;
  }
  return items;
}

std::vector<Completion> whole_mounts(const Snapshot& snapshot, std::uint32_t item) {
  std::vector<Completion> items;
  const StepId step = item == none ? none : snapshot.model.step_of_item(item);
  if (step == none) return items;
  const RuleContext context{snapshot.tree, snapshot.model, snapshot.context()};
  const StepFacts facts(context, snapshot.runs, &snapshot.studies);
  const RunEnvironment& environment = facts.environment(step);
  const Owner owner = mount_owner(environment);
  const Item& run = snapshot.tree.items[item];
  const auto text = read_run(run.instruction, workdir_of(snapshot.model.steps[step]), "");
  std::set<std::string> seen;
  for (const Install& install : text->installs) {
    for (const CacheDirectory& directory : install.manager().caches) {
      const std::string path = resolve(directory, install, environment).path;
      if (path.empty() || !seen.insert(path).second) continue;
      std::string mount = fmt::format("type=cache,target={}", path);
      if (directory.sharing != "shared") mount += fmt::format(",sharing={}", directory.sharing);
      if (owner.known && !owner.uid.empty() && !install.manager().system) mount += fmt::format(",uid={}", owner.uid);
      items.push_back({mount, Kind::value, fmt::format("{} of {}", directory.what, install.manager().name)});
    }
  }
  for (const std::string_view form :
       {"type=cache,target=", "type=bind,source=", "type=secret,id=", "type=ssh", "type=tmpfs,target="})
    items.push_back({std::string(form), Kind::value});
  return items;
}

std::vector<Completion> mount_keys_for(std::string_view value) {
  std::string type = "bind";
  std::set<std::string, std::less<>> given;
  each_word(
      value,
      [&](std::string_view field) {
        const std::size_t equals = field.find('=');
        if (equals == std::string_view::npos) return;
        given.emplace(field.substr(0, equals));
        if (field.starts_with("type=")) type = field.substr(5);
      },
      ',');
  std::vector<Completion> items;
  for (const MountKey& key : mount_keys()) {
    if (given.contains(key.name) || !lists(key.types, type)) continue;
    items.push_back(
        {fmt::format("{}=", key.name), Kind::flag, std::string(key.text), "", fmt::format("mount {}", key.name)});
  }
  return items;
}

}  // namespace keyline::analysis

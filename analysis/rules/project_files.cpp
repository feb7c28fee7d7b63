#include "analysis/rules/project_files.h"

#include <fmt/format.h>
#include <algorithm>

#include "analysis/context/source_match.h"
#include "analysis/knowledge/paths.h"

namespace keyline::analysis {

namespace {

// The files whose names match one of the patterns, but for what installs and builds leave behind.
std::vector<std::uint32_t> files_called(const BuildContext& context, std::string_view patterns) {
  std::vector<std::uint32_t> found;
  const std::vector<ContextEntry>& entries = context.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string& path = entries[i].path;
    if (entries[i].kind == EntryKind::directory) continue;
    bool matches = false;
    each_word(patterns, [&](std::string_view pattern) { matches = matches || matches_glob(base_name(path), pattern); });
    if (!matches || path.find("node_modules/") != std::string::npos || path.find("/obj/") != std::string::npos ||
        path.find("/bin/") != std::string::npos) {
      continue;
    }
    found.push_back(static_cast<std::uint32_t>(i));
  }
  return found;
}

}  // namespace

ProjectFiles::ProjectFiles(const StepFacts& facts, StepId step, const Install& install, const CopyList& copies)
    : facts_(facts),
      context_(facts.context().context),
      install_(install),
      copies_(copies),
      environment_(facts.environment(step)),
      directory_(facts.directories(step)[install.command]) {}

std::string ProjectFiles::in_project(std::string_view path) const {
  return resolve_path(inputs_.project.empty() ? "." : inputs_.project, path);
}

bool ProjectFiles::exists(std::string_view path) const {
  const ContextEntry* entry = find_entry(context_, path);
  return entry != nullptr && entry->kind != EntryKind::directory;
}

bool ProjectFiles::exists_directory(std::string_view path) const {
  const ContextEntry* entry = find_entry(context_, path);
  return entry != nullptr && entry->kind == EntryKind::directory;
}

void ProjectFiles::add(std::string path) { inputs_.files.push_back(std::move(path)); }

void ProjectFiles::doubt(std::string text) { inputs_.doubts.push_back(std::move(text)); }

bool ProjectFiles::main(std::string_view name) {
  const std::string path = name.empty() ? "" : trace(copies_, resolve_path(install_.directory, name));
  inputs_.project = path.empty() ? "" : std::string(directory_of(path));
  if (inputs_.project.empty()) inputs_.project = ".";
  if (path.empty()) {
    inputs_.known = false;
    inputs_.obstacle = name.empty() ? "which manifest the install reads is not known"
                                    : fmt::format("no COPY is known to bring {}", name);
    return false;
  }
  if (inputs_.known && !exists(path)) {
    inputs_.known = false;
    inputs_.obstacle = fmt::format("{} is not in the context", path);
    return false;
  }
  add(path);
  if (!inputs_.known) doubt("that the install reads nothing else: the context is not known");
  return true;
}

void ProjectFiles::maybe(std::string_view name) {
  const std::string path = in_project(name);
  if (!inputs_.known)
    add(path + '*');
  else if (exists(path))
    add(path);
}

void ProjectFiles::maybe_lock(std::string_view name) {
  maybe(name);
  if (inputs_.known && exists(in_project(name)) && !install_.keeps_manifests) inputs_.locks.push_back(in_project(name));
}

void ProjectFiles::setting(std::string_view name) {
  if (inputs_.known && exists(in_project(name))) add(in_project(name));
}

void ProjectFiles::whole_directory(std::string_view directory) {
  if (!inputs_.known) return;
  const auto [begin, end] = range_below(context_, directory == "." ? std::string_view() : directory);
  for (std::size_t i = begin; i < end; ++i) {
    const ContextEntry& entry = context_.entries()[i];
    if (entry.kind != EntryKind::directory) add(entry.path);
  }
}

void ProjectFiles::everywhere(std::string_view patterns) {
  for (const std::uint32_t index : facts_.study(files_called, patterns)) {
    const std::string& path = context_.entries()[index].path;
    if (is_within(path, inputs_.project)) add(path);
  }
}

void ProjectFiles::named_files() {
  for (const auto& [name, value] : install_.options) {
    if (value) named_file(name, *value);
  }
  for (const RunEnvironment::Variable& each : environment_.variables) {
    if (is_own_variable(each.name)) named_file(each.name, each.known ? each.value : "$");
  }
  for (const auto& [name, value] : install_.variables) {
    if (is_own_variable(name)) named_file(name, value);
  }
}

bool ProjectFiles::is_own_variable(std::string_view name) const {
  bool own = false;
  each_word(install_.manager().variables, [&](std::string_view start) { own = own || name.starts_with(start); });
  return own;
}

void ProjectFiles::named_file(const std::string& name, std::string_view value) {
  const bool complete = lists(install_.manager().file_settings, name);
  if (complete && value.find('$') != std::string_view::npos) doubt(fmt::format("which file `{}` names", name));
  while (!value.empty()) {  // "--require ./hook.js", "-modfile=go.alt.mod"
    const std::string_view word = value.substr(0, value.find_first_of(" =,:"));
    value.remove_prefix(std::min(word.size() + 1, value.size()));
    const std::string path = trace(copies_, resolve_path(directory_, word));
    const bool there = context_.complete() ? exists(path) : complete && word.find_first_of("./") != std::string::npos;
    if (path.empty() || !there || is_added(path)) continue;
    add(path);
    const std::string stem = path.substr(0, path.rfind('.'));
    for (const std::string& lock : {path + ".lock", stem + ".lock", stem + ".sum"}) {
      if (exists(lock)) add(lock);
    }
    if (!complete) doubt(fmt::format("that {}, which `{}` names, needs no other file", path, name));
  }
}

bool ProjectFiles::is_added(const std::string& path) const {
  return std::find(inputs_.files.begin(), inputs_.files.end(), path) != inputs_.files.end();
}

std::string ProjectFiles::main_manifest(std::string_view option, std::string_view variable, std::string usual) const {
  if (const auto value = install_.option(option)) return *value;
  const auto value = find_variable(variable, install_, environment_);
  if (!value || value->text.empty()) return usual;
  return value->known ? value->text : std::string();
}

}  // namespace keyline::analysis

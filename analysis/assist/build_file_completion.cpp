#include "analysis/assist/build_file_completion.h"

#include <algorithm>
#include <array>
#include <utility>

namespace keyline::analysis {

namespace {

using Key = std::pair<std::string_view, std::string_view>;

// Of `build:` in the Compose specification.
constexpr std::array<Key, 21> compose_keys{{
    {"context", "the build directory"},
    {"dockerfile", "relative to the context"},
    {"dockerfile_inline", "the Dockerfile itself"},
    {"target", "the stage to build"},
    {"args", "build arguments"},
    {"additional_contexts", "named contexts"},
    {"cache_from", "caches to read"},
    {"cache_to", "caches to write"},
    {"no_cache", "re-run every step"},
    {"pull", "ask for newer base images"},
    {"platforms", "what to build for"},
    {"secrets", "for secret mounts"},
    {"ssh", "for ssh mounts"},
    {"labels", "of the image"},
    {"tags", "names of the image"},
    {"network", "of RUN steps"},
    {"shm_size", "of RUN steps"},
    {"extra_hosts", "of RUN steps"},
    {"entitlements", "privileges of the build"},
    {"ulimits", "of RUN steps"},
    {"isolation", "of containers, on Windows"},
}};

// Of a target in the Bake reference.
constexpr std::array<Key, 24> bake_keys{{
    {"inherits", "targets to begin with"},
    {"context", "the build directory"},
    {"contexts", "named contexts"},
    {"dockerfile", "relative to the context"},
    {"dockerfile-inline", "the Dockerfile itself"},
    {"target", "the stage to build"},
    {"args", "build arguments"},
    {"cache-from", "caches to read"},
    {"cache-to", "caches to write"},
    {"no-cache", "re-run every step"},
    {"no-cache-filter", "stages to re-run"},
    {"pull", "ask for newer base images"},
    {"platforms", "what to build for"},
    {"secret", "for secret mounts"},
    {"ssh", "for ssh mounts"},
    {"labels", "of the image"},
    {"annotations", "of the image"},
    {"attest", "attestations"},
    {"tags", "names of the image"},
    {"output", "where the result goes"},
    {"matrix", "several targets of one"},
    {"name", "of each target of a matrix"},
    {"network", "of RUN steps"},
    {"description", "for people"},
}};

constexpr std::array<Key, 5> caches{{
    {"type=gha,scope=", "GitHub's cache; a scope for each image"},
    {"type=registry,ref=", "an image of a registry"},
    {"type=local,", "a directory: src= to read, dest= to write"},
    {"type=s3,region=,bucket=,name=", "a bucket"},
    {"type=inline", "inside the image; build stages are not kept"},
}};

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The keys below the build, from `args` on: "" for the build itself.
struct Inside {
  bool build = false;
  std::string below;
};

Inside inside_of(BuildFileKind kind, const BuildFilePlace& place) {
  const std::vector<std::string>& path = place.path;
  if (kind == BuildFileKind::compose) {
    if (path.size() < 3 || path[0] != "services" || path[2] != "build") return {};
    return {true, path.size() > 3 ? path[3] : std::string()};
  }
  if (kind != BuildFileKind::bake || path.size() < 2 || path[0] != "target") return {};
  return {true, path.size() > 2 ? path[2] : std::string()};
}

void add(Completions& into, const std::vector<DockerfileName>& names, Completion::Kind kind) {
  for (const DockerfileName& each : names)
    into.items.push_back({.label = each.name, .kind = kind, .detail = each.detail});
}

void add_builds(Completions& into, const BuildFile& file) {
  for (const Build& build : file.builds) {
    if (build.name.starts_with("target "))
      into.items.push_back(
          {.label = build.name.substr(7), .kind = Completion::Kind::stage, .detail = build.context.text});
  }
}

}  // namespace

const Build* build_around(const BuildFileText& file, const BuildFilePlace& place) {
  if (place.path.size() < 2) return nullptr;
  const std::string name = (file.kind == BuildFileKind::compose ? "service " : "target ") + place.path[1];
  const auto found = std::find_if(file.file.builds.begin(), file.file.builds.end(), [&](const Build& each) {
    // Targets of a matrix have names of their own, and stand in one block.
    return each.name == name || slice(file.text, each.span) == place.path[1] ||
           slice(file.text, each.span) == "\"" + place.path[1] + "\"";
  });
  return found == file.file.builds.end() ? nullptr : &*found;
}

BuildFileTopic topic_of(const BuildFileText& file, const BuildFilePlace& place) {
  const Inside inside = inside_of(file.kind, place);
  if (!inside.build) {
    const bool names_targets = file.kind == BuildFileKind::bake && place.item && !place.path.empty() &&
                               place.path.front() == "group" && place.path.back() == "targets";
    const bool service = file.kind == BuildFileKind::compose && place.path.size() == 2 && place.key == "build";
    return names_targets ? BuildFileTopic::target : service ? BuildFileTopic::context : BuildFileTopic::nothing;
  }
  if (inside.below == "args" && place.key.empty()) return BuildFileTopic::argument;
  if (is_one_of(inside.below, {"cache_from", "cache_to", "cache-from", "cache-to"})) return BuildFileTopic::cache;
  if (inside.below == "inherits") return BuildFileTopic::target;
  if (inside.below == "no-cache-filter") return BuildFileTopic::stage;
  if (!inside.below.empty()) return BuildFileTopic::nothing;
  if (place.key.empty()) return BuildFileTopic::build_key;
  if (place.key == "target") return BuildFileTopic::stage;
  if (place.key == "dockerfile") return BuildFileTopic::dockerfile;
  if (place.key == "context") return BuildFileTopic::context;
  return BuildFileTopic::nothing;
}

Completions complete_build_file(const BuildFileText& file, Offset offset, const DockerfileNames* names,
                                std::span<const std::string> dockerfiles) {
  const BuildFilePlace place = place_in_build_file(file.kind, file.text, offset);
  Completions found{.replace = place.word};
  switch (topic_of(file, place)) {
    case BuildFileTopic::build_key: {
      const bool compose = file.kind == BuildFileKind::compose;
      const auto keys = compose ? std::span<const Key>(compose_keys) : std::span<const Key>(bake_keys);
      for (const auto& [key, detail] : keys)
        found.items.push_back({.label = std::string(key),
                               .kind = Completion::Kind::directive,
                               .detail = std::string(detail),
                               .insert = std::string(key) + (compose ? ": " : " = ")});
      break;
    }
    case BuildFileTopic::stage:
      if (names != nullptr) add(found, names->stages, Completion::Kind::stage);
      break;
    case BuildFileTopic::argument:
      if (names != nullptr) add(found, names->arguments, Completion::Kind::variable);
      break;
    case BuildFileTopic::dockerfile:
      for (const std::string& path : dockerfiles)
        found.items.push_back({.label = path, .kind = Completion::Kind::file});
      break;
    case BuildFileTopic::cache:
      for (const auto& [value, detail] : caches)
        found.items.push_back(
            {.label = std::string(value), .kind = Completion::Kind::value, .detail = std::string(detail)});
      break;
    case BuildFileTopic::target:
      add_builds(found, file.file);
      break;
    case BuildFileTopic::context:
    case BuildFileTopic::nothing:
      break;
  }
  return found;
}

}  // namespace keyline::analysis

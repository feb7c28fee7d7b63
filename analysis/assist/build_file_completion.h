#pragma once
// What may be typed in a Compose or Bake file about a build: its keys, the stages and arguments of the Dockerfile that
// it names, Dockerfiles of the workspace, caches. The rest of those files is other tools' affair.

#include <span>
#include <string>

#include "analysis/assist/build_file_place.h"
#include "analysis/assist/completion.h"
#include "analysis/navigate/dockerfile_names.h"

namespace keyline::analysis {

struct BuildFileText {
  BuildFileKind kind;
  std::string_view text;
  const BuildFile& file;
};

// The build around the place, or null.
const Build* build_around(const BuildFileText& file, const BuildFilePlace& place);

enum class BuildFileTopic : std::uint8_t { nothing, build_key, stage, argument, dockerfile, context, cache, target };
// What the place is about.
BuildFileTopic topic_of(const BuildFileText& file, const BuildFilePlace& place);

// `names` are those of the Dockerfile of the build around the offset, null when it is not known; `dockerfiles` are
// paths as they would be written there.
Completions complete_build_file(const BuildFileText& file, Offset offset, const DockerfileNames* names,
                                std::span<const std::string> dockerfiles);

}  // namespace keyline::analysis

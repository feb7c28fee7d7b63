#pragma once
// What a build makes, as far as the model can say before it runs: for every stage that the target needs, what is done
// in it, in order, and for the target the configuration of its image. Two Dockerfiles with equal images may differ in
// everything that only BuildKit's cache sees: cache mounts, comments, layout, how commands are spread over RUN lines.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::corpus {

// One thing that is done to the files of a stage. A RUN is an act for each of its commands, a COPY one for each source.
struct Act {
  enum class Kind : std::uint8_t { base, command, copy, directory };
  Kind kind = Kind::base;
  std::string directory;           // where a command runs
  std::vector<std::string> words;  // of a command as written, in pieces between blanks; else whatever names the act
  std::string setting;             // of a command: directory, user, shell, mounts but caches; how it is reached
  std::map<std::string, std::string> variables;  // what ENV sets, as a command sees it
  std::map<std::string, std::string> arguments;  // the same of ARG
  std::vector<std::string> caches;               // targets of its cache mounts

  std::string text() const;
};

struct StageImage {
  std::string base;  // names the stage or image it is built from
  std::vector<Act> acts;
  bool in_image = false;  // the target stands on it: what it leaves behind is in the image
};

struct Image {
  std::vector<StageImage> stages;          // that the target needs, in file order
  std::vector<std::string> configuration;  // sorted
};

Image image_of(const analysis::Snapshot& snapshot);

}  // namespace keyline::corpus

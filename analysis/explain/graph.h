#pragma once
// The stages of a Dockerfile as a picture shows them: boxes with their steps, what becomes of each step, and the arrows
// of FROM, COPY --from and mounts between them. Fates and words are those of hints and lenses, so the picture never
// says anything else than the lines do.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::analysis {

// With a known build: what the next one does with the step. Without: what an edit of files in the context does.
enum class StepFate : std::uint8_t { cached, depends, reruns, unknown, not_built };

struct GraphStep {
  StepId step = none;
  StepFate fate = StepFate::unknown;
  std::string text;    // "RUN npm ci"
  std::string hint;    // "re-runs with 14 files of line 11"; "" where there is nothing to say in few words
  std::string detail;  // the same in sentences, Markdown, a paragraph each
  Span span;           // the instruction
};

struct GraphStage {
  StageId stage = none;
  std::string title;    // its name, or "stage 1"
  std::string base;     // "node:22", or the title of the stage it stands on
  std::string summary;  // what its lens says
  Span span;            // its FROM
  bool needed = false;  // by the target
  bool target = false;
  std::vector<GraphStep> steps;  // that make something, in order
};

struct GraphEdge {
  enum class Kind : std::uint8_t { base, files, mount };
  Kind kind = Kind::base;
  StageId from = none, to = none;
  StepId step = none;  // of `to`, which takes the files; none: the FROM
};

struct StageGraph {
  bool forecast = false;  // fates are about the next build
  std::vector<GraphStage> stages;
  std::vector<GraphEdge> edges;  // each once
};

StageGraph stage_graph(const Snapshot& snapshot);

// "cached", "depends", "re-runs", "unknown", "not built"
std::string_view fate_name(StepFate fate);

}  // namespace keyline::analysis

#pragma once
// What a user is told about one place of a Dockerfile, as data and rendered once for hover (Markdown) and terminal
// (plain text), so that both always say the same. Every line names its cause and, where there is one, its place.

#include <optional>
#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::analysis {

struct ExplanationRow {
  std::string label;   // "context files", "NODE_ENV"
  std::string value;   // "214 files, 1.2 MB", "production"
  std::string origin;  // "line 4", "--build-arg", "base image"
  Span place;          // where a click leads; empty: nowhere
};

struct ExplanationSection {
  std::string title;  // "Cache key inputs", "Not in the key", "If this line changes"
  std::vector<ExplanationRow> rows;
};

struct Explanation {
  std::string title;     // "[build 2/5] RUN npm ci"
  std::string forecast;  // "re-runs when any of 14 files changes: line 3 (`COPY . .`) reads them", or what is not known
  Span span;             // the text it speaks about
  std::vector<ExplanationSection> sections;
  std::vector<std::string> notes;
};

// What stands at `offset`: a variable, a file argument, a base image, else the instruction. Empty in blank space.
std::optional<Explanation> explain(const Snapshot& snapshot, Offset offset);
// The instruction itself, whatever word of it is meant.
std::optional<Explanation> explain_step(const Snapshot& snapshot, StepId step);

std::string to_markdown(const Explanation& explanation);
std::string to_text(const Explanation& explanation);

// "If these context paths change, what re-runs": for `explain --change` and the what-if command.
Explanation explain_change(const Snapshot& snapshot, const std::vector<std::string>& paths,
                           const std::vector<std::string>& arguments);

}  // namespace keyline::analysis

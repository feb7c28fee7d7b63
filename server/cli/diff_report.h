#pragma once
// What `keyline diff` says: the steps of one Dockerfile or of many, with what the next build does to each. As text for
// a terminal, as JSON, and as the Markdown that code hosts show beside a change.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/analysis.h"
#include "server/cli/terminal.h"

namespace keyline::server {

struct DiffedStep {
  std::uint32_t line = 0;  // from 1
  std::string name;        // as BuildKit prints it
  analysis::Outcome outcome = analysis::Outcome::cached;
  std::string text;                    // what happens and why
  std::optional<double> seconds = {};  // that it took when it last ran
};

struct DiffedFile {
  std::string path = {};  // "" where only one was asked for
  std::vector<DiffedStep> steps = {};
  std::string note = {};  // instead of steps: why there is nothing to compare
};

// The steps that run or copy and that the build needs. The snapshot has a forecast.
std::vector<DiffedStep> diffed_steps(const analysis::Snapshot& snapshot);

std::string diff_as_text(const std::vector<DiffedFile>& files, const Terminal& terminal);
std::string diff_as_json(const std::vector<DiffedFile>& files);
// `before`: what the forecast stands on, as the user named it.
std::string diff_as_markdown(const std::vector<DiffedFile>& files, const std::string& before);

}  // namespace keyline::server

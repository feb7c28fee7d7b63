#include "analysis/cache/step_times.h"

namespace keyline::analysis {

namespace {

std::string key_of(std::string_view stage, std::string_view text) {
  return std::string(stage).append("\n").append(text);
}

}  // namespace

void StepTimes::set(std::string_view stage, std::string_view text, double seconds) {
  seconds_[key_of(stage, text)] = seconds;
}

std::optional<double> StepTimes::of(std::string_view step_name) const {
  const std::size_t end = step_name.find("] ");
  if (seconds_.empty() || !step_name.starts_with('[') || end == std::string_view::npos) return std::nullopt;
  const std::string_view label = step_name.substr(1, end - 1);
  const std::size_t blank = label.rfind(' ');
  const std::string_view stage = blank == std::string_view::npos ? std::string_view() : label.substr(0, blank);
  const auto found = seconds_.find(key_of(stage, step_name.substr(end + 2)));
  if (found == seconds_.end()) return std::nullopt;
  return found->second;
}

}  // namespace keyline::analysis

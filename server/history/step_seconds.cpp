#include "server/history/step_seconds.h"

#include "server/history/build_inputs.h"
#include "server/history/progress_log.h"

namespace keyline::server {

namespace {

constexpr std::size_t most_builds = 10;

std::string key_of(std::string_view step_name) {
  const std::size_t label_end = step_name.find("] ");
  const std::string_view text = label_end == std::string_view::npos ? step_name : step_name.substr(label_end + 2);
  return place_of_step(step_name).stage + '\n' + std::string(text);
}

}  // namespace

StepSeconds::StepSeconds(HistoryStore& store, const std::string& dockerfile) {
  // Newest last, so that it has the last word.
  for (const RecordedBuild& build : store.builds_of(recorded_file_name(dockerfile), most_builds)) {
    for (const MeasuredStep& step : build.steps) {
      if (step.outcome == MeasuredStep::Outcome::executed) seconds_[key_of(step.name)] = step.seconds;
    }
  }
}

std::optional<double> StepSeconds::of(std::string_view step_name) const {
  const auto found = seconds_.find(key_of(step_name));
  if (found == seconds_.end()) return std::nullopt;
  return found->second;
}

}  // namespace keyline::server

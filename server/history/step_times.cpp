#include "server/history/step_times.h"

#include <optional>
#include <string_view>

#include "server/history/build_inputs.h"
#include "server/history/progress_log.h"

namespace keyline::server {

analysis::StepTimes times_of(std::span<const RecordedBuild> builds) {
  analysis::StepTimes times;
  for (const RecordedBuild& build : builds) {
    for (const MeasuredStep& step : build.steps) {
      if (step.outcome != MeasuredStep::Outcome::executed) continue;
      const std::size_t label_end = step.name.find("] ");
      const std::string_view name = step.name;
      times.set(place_of_step(name).stage, label_end == std::string::npos ? name : name.substr(label_end + 2),
                step.seconds);
    }
  }
  return times;
}

analysis::StepTimes step_times(const std::string& dockerfile) {
  const std::optional<std::string> file = default_history_file();
  if (!file) return {};
  HistoryStore store(*file);
  return step_times(store, dockerfile);
}

analysis::StepTimes step_times(HistoryStore& store, const std::string& dockerfile) {
  constexpr std::size_t most_builds = 10;
  return times_of(store.builds_of(recorded_file_name(dockerfile), most_builds));
}

}  // namespace keyline::server

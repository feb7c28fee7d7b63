#pragma once
// What steps took when they were last executed, as logs of builds have told. Looked up by stage and text, which stay
// the same when lines above come or go; a step that stands there twice is not told apart.

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace keyline::analysis {

class StepTimes {
 public:
  // `text`: "RUN npm ci"; `stage` is "" where the build has but one. A later call has the last word.
  void set(std::string_view stage, std::string_view text, double seconds);
  // By the name that BuildKit prints, "[build 3/6] RUN npm ci".
  std::optional<double> of(std::string_view step_name) const;
  bool empty() const { return seconds_.empty(); }

 private:
  std::map<std::string, double> seconds_;  // by stage and text
};

}  // namespace keyline::analysis

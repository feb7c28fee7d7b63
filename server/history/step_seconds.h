#pragma once
// What steps took when they were last executed, as far as builds are remembered. Looked up by stage and text, which
// stay the same when lines above come or go; a step that stands there twice is not told apart.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "server/history/store.h"

namespace keyline::server {

class StepSeconds {
 public:
  StepSeconds() = default;
  // Of the builds of a Dockerfile, however it was built. The path is as the user has it.
  StepSeconds(HistoryStore& store, const std::string& dockerfile);

  // By the name that BuildKit prints, "[build 3/6] RUN npm ci".
  std::optional<double> of(std::string_view step_name) const;
  bool empty() const { return seconds_.empty(); }

 private:
  std::map<std::string, double> seconds_;  // by stage and text
};

}  // namespace keyline::server

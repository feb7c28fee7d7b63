#include "analysis/cache/history.h"

#include <utility>

#include "analysis/syntax/parser.h"

namespace keyline::analysis {

BuildState::BuildState(std::shared_ptr<const std::string> text, std::shared_ptr<const BuildContext> context,
                       BuildOptions options, NamedContexts named_contexts)
    : context_(std::move(context)),
      options_(std::move(options)),
      named_contexts_(std::move(named_contexts)),
      tree_(parse(std::move(text))),
      model_(build_model(tree_, options_)) {}

BuildHistory::BuildHistory(std::vector<std::shared_ptr<const BuildState>> builds, StepTimes times)
    : builds_(std::move(builds)), times_(std::move(times)) {
  for (const std::shared_ptr<const BuildState>& build : builds_) {
    views_.push_back(build->view());
    cache_.add(views_.back());
  }
}

Forecast BuildHistory::forecast(const BuildView& next, const KnownContents* known) const {
  Forecast forecast;
  ContentMemo contents(known);
  forecast.steps = cache_.predict(next, contents);
  forecast.contents = std::move(contents).take();
  forecast.causes = causes_of(next, views_, forecast.steps);
  return forecast;
}

}  // namespace keyline::analysis

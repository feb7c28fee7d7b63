#include "analysis/rules/cache_results.h"

#include <fmt/format.h>

#include "analysis/knowledge/paths.h"

namespace keyline::analysis {

bool is_copied_out(const StepFacts& facts, StageId stage, std::string_view directory, CacheUse use) {
  const Model& model = facts.model();
  const auto built_from = [&](StageId other) {
    for (; other != none; other = model.stages[other].base_stage) {
      if (other == stage) return true;
    }
    return false;
  };
  for (const StepId reader : facts.stage_readers()) {
    for (const Origin& origin : model.steps[reader].origins) {
      if (origin.kind != Origin::Kind::stage || origin.stage == none || !built_from(origin.stage)) continue;
      const bool everything = origin.paths.empty();
      if (everything && use == CacheUse::later) return true;
      for (const Value& path : origin.paths) {
        if (!path.known) return true;
        const std::string clean = resolve_path("/", path.text);
        if (clean == "/" ? use == CacheUse::later : is_within(directory, clean) || is_within(clean, directory))
          return true;
      }
    }
  }
  return false;
}

bool in_target_image(const Model& model, StageId stage) {
  for (StageId at = model.target; at != none; at = model.stages[at].base_stage) {
    if (at == stage) return true;
  }
  return false;
}

bool may_be_image(const Model& model, StageId stage) {
  std::vector<bool> used(model.stages.size());
  for (const Stage& each : model.stages) {
    if (each.base_stage != none) used[each.base_stage] = true;
  }
  for (const Step& step : model.steps) {
    for (const Origin& origin : step.origins) {
      if (origin.stage != none) used[origin.stage] = true;
    }
  }
  for (StageId last = 0; last < model.stages.size(); ++last) {
    if (used[last] && last != model.target) continue;
    for (StageId at = last; at != none; at = model.stages[at].base_stage) {
      if (at == stage) return true;
    }
  }
  return false;
}

bool runs_tool_later(const RuleContext& context, StageId stage, const PackageManager& manager) {
  const Model& model = context.model;
  for (StageId at = model.target; at != none; at = model.stages[at].base_stage) {
    for (const StepId step : model.stages[at].steps) {
      const Keyword keyword = model.steps[step].keyword;
      if (keyword != Keyword::cmd && keyword != Keyword::entrypoint) continue;
      bool named = false;
      const std::string& line = context.instruction(step).line.text;
      each_word(manager.programs, [&](std::string_view program) {
        for (const std::string_view before : {" ", "\"", "/"}) {
          for (const std::string_view after : {" ", "\""}) {
            named = named || line.find(fmt::format("{}{}{}", before, program, after)) != std::string::npos;
          }
        }
      });
      if (named) return true;
    }
    if (at == stage) break;
  }
  return false;
}

}  // namespace keyline::analysis

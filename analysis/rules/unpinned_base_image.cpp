// A base image without a tag, or with the one that moves most.

#include <fmt/format.h>

#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

namespace {

// The tag, "" when there is none; nothing when a digest says which image it is.
std::optional<std::string_view> tag_of(std::string_view reference) {
  if (reference.find('@') != std::string_view::npos) return std::nullopt;
  const std::size_t slash = reference.rfind('/');
  const std::size_t colon = reference.find(':', slash == std::string_view::npos ? 0 : slash);
  return colon == std::string_view::npos ? std::string_view() : reference.substr(colon + 1);
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  for (StageId id = 0; id < context.model.stages.size(); ++id) {
    const Stage& stage = context.model.stages[id];
    if (stage.base_stage != none || stage.scratch || !stage.named_context.empty() || !stage.base.known) continue;
    if (stage.base.text.empty() || !facts.is_built(id) || stage.base.text.find("{{") != std::string::npos) continue;
    const std::optional<std::string_view> tag = tag_of(stage.base.text);
    if (!tag || (!tag->empty() && *tag != "latest")) continue;
    Finding finding{.span = first_line(context.tree, stage.base_span)};
    finding.message =
        fmt::format("another `{}` re-runs every step of the stage, and until one is pulled the steps may be stale: {}",
                    stage.base.text, tag->empty() ? "no tag means `latest`" : "`latest` moves with each release");
    const std::string written(slice(*context.tree.text, finding.span));
    Fix fix{.title = "Name a version, or a digest", .safety = Safety::sketch};
    if (!stage.digest.empty() && written == stage.base.text) {
      fix = {.title = fmt::format("Pin the digest that `{}` has now", stage.base.text), .safety = Safety::review};
      fix.unproven = "that this is the image you mean to keep";
      if (!fix.edits.add({{finding.span.end, finding.span.end}, "@" + stage.digest})) continue;
    }
    finding.fixes.push_back(std::move(fix));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule unpinned_base_image;
const Rule unpinned_base_image{
    .id = "unpinned-base-image",
    .summary = "The base image has no tag, or `latest`",
    .severity = Severity::off,
    .why =
        R"(The digest of the base image is where the cache keys of a stage begin. `latest` stands for another image after each
release, major versions included: then every step re-runs, on a system that nobody chose. Two builders can have different
images under that name, so that neither can use the other's cache. And with the image in the local store, Docker does not
ask for a newer one.)",
    .silent =
        R"(- Nobody asked for it: many files follow `latest` on purpose, so the rule is off until it is given a severity.
- There is a tag other than `latest`, or a digest.
- The base is a stage, `scratch`, a named context, or is named by an argument that has no value yet.
- The target does not need the stage.)",
    .unproven =
        R"(That the digest which the tag stands for now is the one to keep. Where it is not known, there is no edit.)",
    .example = {.before = R"(-- Dockerfile --
FROM nginx
COPY nginx.conf /etc/nginx/
)",
                .after = ""},
    .check = check,
};

}  // namespace keyline::analysis

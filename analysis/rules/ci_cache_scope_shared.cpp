// Several images that write one cache of GitHub's, each over the others'.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/rules/build_facts.h"

namespace keyline::analysis {

namespace {

std::string scope_of(const CacheBackend& backend) {
  const std::string scope = backend.option("scope");
  return scope.empty() ? "buildkit" : scope;
}

// The one that writes to `scope`, or null.
const CacheBackend* writer(const Build& build, const std::string& scope) {
  const auto found = std::find_if(build.cache_to.begin(), build.cache_to.end(), [&](const CacheBackend& to) {
    return to.type == "gha" && to.understood && scope_of(to) == scope;
  });
  return found == build.cache_to.end() ? nullptr : &*found;
}

bool builds_another_image(const Build& one, const Build& other) {
  const auto target = [](const Build& build) { return build.target ? build.target->text : std::string(); };
  return one.dockerfile.text != other.dockerfile.text || one.context.text != other.context.text ||
         target(one) != target(other);
}

// What a matrix changes of an image: without it, all its legs build the same.
bool differs_by_matrix(const Build& build) {
  const auto depends = [](const BuildText& text) { return text.text.find("matrix.") != std::string::npos; };
  const auto passes = [&](const BuildArgument& each) { return each.value && depends(*each.value); };
  return build.repeated &&
         (depends(build.context) || depends(build.dockerfile) || (build.target && depends(*build.target)) ||
          std::any_of(build.arguments.begin(), build.arguments.end(), passes) ||
          std::any_of(build.platforms.begin(), build.platforms.end(), depends));
}

void check_build(const BuildFacts& facts, Findings& findings) {
  for (const CacheBackend& to : facts.build.cache_to) {
    if (to.type != "gha" || !to.understood) continue;
    const std::string scope = scope_of(to);
    std::string other;
    if (differs_by_matrix(facts.build)) other = "each leg of its matrix";
    for (const auto& file : facts.project) {
      if (!other.empty()) break;
      for (const Build& build : file->file.builds) {
        if (&build == &facts.build || writer(build, scope) == nullptr || !builds_another_image(build, facts.build))
          continue;
        other = words_for(*file, build);
        break;
      }
    }
    if (other.empty()) continue;
    Finding finding{.span = first_line_of(facts.file, to.span)};
    finding.message = fmt::format(
        "steps re-run although nothing changed: {} and {} write the scope `{}`, and only the last of them is kept",
        facts.build.name, other, scope);
    finding.fixes.push_back(
        {.title = "Give each image a `scope` of its own, in `cache-from` and `cache-to`", .safety = Safety::sketch});
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule ci_cache_scope_shared;
const Rule ci_cache_scope_shared{
    .id = "ci-cache-scope-shared",
    .summary = "Several images write one cache scope",
    .severity = Severity::warning,
    .why =
        R"(GitHub's cache is divided by scopes, and a build that writes one replaces what was there. Without `scope=` all builds of
a repository and branch share the one called `buildkit`: of several images, or several legs of a matrix, only the one
that finished last is found the next time, and the others start from nothing.)",
    .silent = R"(- The builds make the same image from the same Dockerfile, context and target.
- A matrix changes nothing of the build that is known here, or the scope has a variable in it.)",
    .unproven = "",
    .example = {.before = R"(-- Dockerfile --
FROM alpine:3.22
RUN apk add --no-cache curl
-- .github/workflows/build.yml --
on: push
jobs:
  images:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        version: [1, 2]
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: .
          build-args: VERSION=${{ matrix.version }}
          cache-from: type=gha
          cache-to: type=gha,mode=max
)",
                .after = ""},
    .check_build = check_build,
};

}  // namespace keyline::analysis

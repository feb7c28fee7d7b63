// A cache that is written and never read, or read and written by nobody.

#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "analysis/rules/build_facts.h"

namespace keyline::analysis {

namespace {

// The options that say which cache of a type is meant.
constexpr std::array<std::string_view, 8> names{"ref",    "scope", "src",    "dest",
                                                "bucket", "name",  "prefix", "account_url"};

// "src" and "dest" of a local cache are one place.
std::string place_of(const CacheBackend& backend) {
  std::string place = backend.type;
  for (const std::string_view name : names) {
    std::string value = backend.option(name);
    if (name == "scope" && value.empty() && backend.type == "gha") value = "buildkit";
    if (!value.empty()) place += " " + value;
  }
  return place;
}

bool same_kind(const CacheBackend& one, const CacheBackend& other) { return one.type == other.type; }

// An image with an inline cache is written by pushing it, which no list of caches says.
bool may_be_an_image(const CacheBackend& backend) { return backend.type == "registry"; }

bool somebody_writes(const BuildFacts& facts, const CacheBackend& from) {
  return std::any_of(facts.project.begin(), facts.project.end(), [&](const auto& file) {
    return std::any_of(file->file.builds.begin(), file->file.builds.end(), [&](const Build& build) {
      return std::any_of(build.cache_to.begin(), build.cache_to.end(),
                         [&](const CacheBackend& to) { return !to.understood || place_of(to) == place_of(from); });
    });
  });
}

void report(const BuildFacts& facts, const CacheBackend& backend, std::string message, std::string title,
            Findings& findings) {
  Finding finding{.span = first_line_of(facts.file, backend.span), .message = std::move(message)};
  finding.fixes.push_back({.title = std::move(title), .safety = Safety::sketch});
  findings.push_back(std::move(finding));
}

void check_build(const BuildFacts& facts, Findings& findings) {
  const Build& build = facts.build;
  for (const CacheBackend& to : build.cache_to) {
    if (!to.understood || to.type == "inline") continue;
    const bool read = std::any_of(build.cache_from.begin(), build.cache_from.end(), [&](const CacheBackend& from) {
      return same_kind(from, to) && (!from.understood || place_of(from) == place_of(to));
    });
    if (!read && build.throwaway) {
      report(facts, to,
             fmt::format("every step re-runs in every build: {} writes this cache and never reads it", build.name),
             "Read the same place with `cache-from`", findings);
    }
  }
  for (const CacheBackend& from : build.cache_from) {
    if (!from.understood || may_be_an_image(from) || somebody_writes(facts, from)) continue;
    report(facts, from,
           fmt::format("this cache stays empty: {} reads it, and no build of this project writes it", build.name),
           "Write the same place with `cache-to`", findings);
  }
}

}  // namespace

extern const Rule ci_cache_one_way;
const Rule ci_cache_one_way{
    .id = "ci-cache-one-way",
    .summary = "A cache is written and never read, or the reverse",
    .severity = Severity::information,
    .why =
        R"(`cache-to` writes and `cache-from` reads, and neither implies the other. A build on a machine that is thrown away which
only writes pays for the upload and starts from nothing the next time; one which reads a place that nobody writes finds
nothing, and says so only in the middle of its log.)",
    .silent = R"(- Another build of the project writes what this one reads: pull requests that only read are common.
- What is read is in a registry: it may be an image with an inline cache.
- A variable is part of the value.)",
    .unproven = "",
    .example = {.before = R"(-- Dockerfile --
FROM alpine:3.22
RUN apk add --no-cache curl
-- .github/workflows/build.yml --
on: push
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: .
          cache-to: type=gha,mode=max
)",
                .after = ""},
    .check_build = check_build,
};

}  // namespace keyline::analysis

#include "analysis/knowledge/volatile_inputs.h"

#include <algorithm>
#include <string>

#include "analysis/knowledge/package_managers.h"
#include "analysis/knowledge/word_set.h"

namespace keyline::analysis {

namespace {

constexpr WordSet per_build(
    "BUILD_DATE VCS_REF SOURCE_COMMIT GIT_COMMIT COMMIT COMMIT_SHA COMMIT_HASH COMMIT_ID GIT_SHA GIT_HASH GIT_REV "
    "GIT_REVISION GIT_REF GIT_DESCRIBE GIT_DIRTY GIT_COMMIT_SHA GIT_COMMIT_HASH GIT_SHORT_SHA SHA REVISION "
    "VCS_REVISION "
    "VCS_SHA BUILD_SHA BUILD_REVISION BUILD_COMMIT BUILD_VCS_REF BUILD_NUMBER BUILD_NUM BUILD_ID BUILD_TIME BUILDTIME "
    "BUILD_TIMESTAMP BUILDDATE BUILD_DATETIME TIMESTAMP DATE LAST_UPDATE CI_COMMIT_SHA "
    "CI_COMMIT_SHORT_SHA CI_PIPELINE_ID CI_JOB_ID CI_BUILD_ID GITHUB_SHA GITHUB_RUN_ID GITHUB_RUN_NUMBER "
    "DRONE_BUILD_NUMBER DRONE_COMMIT_SHA CIRCLE_SHA1 CIRCLE_BUILD_NUM BITBUCKET_COMMIT BUILDKITE_COMMIT TRAVIS_COMMIT "
    "HEROKU_SLUG_COMMIT VERCEL_GIT_COMMIT_SHA SENTRY_RELEASE DD_GIT_COMMIT_SHA");

// A name made of nothing but such words says the same as those above: "APP_COMMIT_SHORT", "IMAGE_CREATED".
constexpr WordSet commit_words("COMMIT REVISION REV SHA CREATED TIMESTAMP");
constexpr WordSet moment_words("DATE TIME DATETIME NUMBER NUM ID HASH");  // beside BUILD or COMMIT
constexpr WordSet other_words("APP BUILD CI FULL GIT HEAD IMAGE LONG REF RELEASE SHORT SOURCE VCS");

constexpr WordSet cache_busters(
    "CACHEBUST CACHE_BUST CACHEBUSTER CACHE_BUSTER CACHE_BREAK CACHEBREAK CACHE_BREAKER CACHEBREAKER CACHE_DATE "
    "CACHE_REFRESH CACHE_INVALIDATE INVALIDATE_CACHE BUST_CACHE BREAK_CACHE FORCE_REBUILD REBUILD_TOKEN NOCACHE "
    "CACHE_KILLER CACHE_BURST REFRESHED_AT FORCE_UPDATE");

// Last parts of label keys whose value is another one in every build.
constexpr std::string_view build_labels = "revision created vcs-ref build-date";

constexpr std::string_view placeholders =
    "unknown dev development none null n/a na local latest snapshot head master main undefined unset unspecified "
    "not-set "
    "notset tbd now - ? 0 1 x xxx test todo empty no-commit nocommit unreleased";

}  // namespace

bool changes_with_every_build(std::string_view name) {
  if (per_build.contains(name)) return true;
  bool known = true;
  bool commit = false;
  bool of_build = false;
  bool moment = false;
  each_word(
      name,
      [&](std::string_view word) {
        known = known && (commit_words.contains(word) || moment_words.contains(word) || other_words.contains(word));
        commit = commit || commit_words.contains(word);
        of_build = of_build || lists("BUILD COMMIT", word);
        moment = moment || moment_words.contains(word);
      },
      '_');
  return known && (commit || (of_build && moment));
}

bool changes_with_every_release(std::string_view name) {
  return lists("APP_VERSION APPLICATION_VERSION RELEASE_VERSION BUILD_VERSION IMAGE_VERSION APP_RELEASE", name);
}

bool busts_the_cache(std::string_view name) {
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return cache_busters.contains(upper);
}

bool tells_one_build(std::string_view label) { return lists(build_labels, label.substr(label.rfind('.') + 1)); }

bool is_pinned_value(std::string_view value) {
  if (value.empty() || value.find('$') != std::string_view::npos) return false;
  std::string lower(value);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (lists(placeholders, lower)) return false;
  // "0000000", "1970-01-01T00:00:00Z"
  if (lower.find_first_not_of('0') == std::string::npos || lower.starts_with("1970-01-01")) return false;
  return lower.find("not set") == std::string::npos && lower.find("unknown") == std::string::npos;
}

}  // namespace keyline::analysis

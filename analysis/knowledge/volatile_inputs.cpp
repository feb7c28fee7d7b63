#include "analysis/knowledge/volatile_inputs.h"

#include <algorithm>
#include <string>

#include "analysis/knowledge/package_managers.h"

namespace keyline::analysis {

namespace {

constexpr std::string_view per_build =
    "BUILD_DATE VCS_REF SOURCE_COMMIT GIT_COMMIT COMMIT COMMIT_SHA COMMIT_HASH COMMIT_ID GIT_SHA GIT_HASH GIT_REV "
    "GIT_REVISION GIT_REF GIT_DESCRIBE GIT_DIRTY GIT_COMMIT_SHA GIT_COMMIT_HASH GIT_SHORT_SHA SHA REVISION "
    "VCS_REVISION "
    "VCS_SHA BUILD_SHA BUILD_REVISION BUILD_COMMIT BUILD_VCS_REF BUILD_NUMBER BUILD_NUM BUILD_ID BUILD_TIME BUILDTIME "
    "BUILD_TIMESTAMP BUILDDATE BUILD_DATETIME TIMESTAMP DATE LAST_UPDATE SOURCE_DATE_EPOCH CI_COMMIT_SHA "
    "CI_COMMIT_SHORT_SHA CI_PIPELINE_ID CI_JOB_ID CI_BUILD_ID GITHUB_SHA GITHUB_RUN_ID GITHUB_RUN_NUMBER "
    "DRONE_BUILD_NUMBER DRONE_COMMIT_SHA CIRCLE_SHA1 CIRCLE_BUILD_NUM BITBUCKET_COMMIT BUILDKITE_COMMIT TRAVIS_COMMIT "
    "HEROKU_SLUG_COMMIT VERCEL_GIT_COMMIT_SHA SENTRY_RELEASE DD_GIT_COMMIT_SHA";

constexpr std::string_view placeholders =
    "unknown dev development none null n/a na local latest snapshot head master main undefined unset unspecified "
    "not-set "
    "notset tbd now - ? 0 1 x xxx test todo empty no-commit nocommit unreleased";

}  // namespace

bool changes_with_every_build(std::string_view name) { return lists(per_build, name); }

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

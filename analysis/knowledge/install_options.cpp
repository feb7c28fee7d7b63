#include "analysis/knowledge/install_options.h"

namespace keyline::analysis {

namespace {

constexpr InstallOptions node{
    .groups = "--omit --include --only --production --prod -P --dev -D --no-optional --ignore-optional",
    .group_variables = "NODE_ENV NPM_CONFIG_PRODUCTION npm_config_production",
    .harmless =
        "--no-audit --audit --no-fund --fund --quiet -q --silent -s -d --verbose --loglevel --progress --no-progress "
        "--non-interactive --prefer-offline --network-timeout --network-concurrency --fetch-retries --fetch-timeout "
        "--fetch-retry-mintimeout --fetch-retry-maxtimeout --cache --cache-folder --store-dir --reporter --maxsockets "
        "--no-update-notifier --frozen-lockfile --immutable --pure-lockfile --color --no-color"};

constexpr std::string_view python_harmless =
    "--no-cache-dir --no-cache --cache-dir -q --quiet -v --verbose --no-progress --progress-bar --no-interaction -n "
    "--no-ansi --disable-pip-version-check --default-timeout --timeout --retries --root-user-action --no-input "
    "--frozen --locked --require-hashes -r --requirement";

}  // namespace

InstallOptions install_options(Tool tool) {
  switch (tool) {
    case Tool::npm:
    case Tool::yarn:
    case Tool::yarn_berry:
    case Tool::pnpm:
      return node;
    case Tool::pip:
      return {.harmless = python_harmless};
    case Tool::uv:
      return {.groups =
                  "--no-dev --dev --only-dev --extra --all-extras --group --no-group --only-group --all-groups "
                  "--no-default-groups",
              .group_variables = "UV_NO_DEV UV_NO_GROUP",
              .harmless = python_harmless};
    case Tool::poetry:
      return {.groups = "--no-dev --dev --with --without --only --extras -E --all-extras --only-main --all-groups",
              .harmless = python_harmless};
    case Tool::composer:
      return {.groups = "--no-dev --dev",
              .group_variables = "COMPOSER_NO_DEV",
              .harmless =
                  "--no-interaction -n --no-progress --quiet -q --ansi --no-ansi --prefer-dist --no-cache -v "
                  "-vv -vvv"};
    case Tool::bundler:
      return {.groups = "--without --with",
              .group_variables = "BUNDLE_WITHOUT BUNDLE_WITH BUNDLE_ONLY",
              .harmless = "--jobs -j --retry --quiet --verbose --no-cache"};
    default:
      return {};
  }
}

}  // namespace keyline::analysis

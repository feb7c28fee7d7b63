#!/bin/sh
# Bundler, with its global gem cache when that is asked for.
# shellcheck source=tests/proof/tools/library.sh disable=SC2013  # no name holds a blank
. /usr/local/bin/library.sh

cache=''
[ "${BUNDLE_GLOBAL_GEM_CACHE:-}" != true ] || cache=${BUNDLE_USER_CACHE:-$HOME/.bundle/cache}
manifest=${BUNDLE_GEMFILE:-Gemfile}
for gem in $(sed -n "s/^gem [\"']\([^\"']*\).*/\1/p" "$manifest"); do
  fetch "$cache" "$gem"
  unpack vendor/bundle "$gem"
done

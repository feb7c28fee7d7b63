#!/bin/sh
# Composer.
# shellcheck source=tests/proof/tools/library.sh
. /usr/local/bin/library.sh

cache=${COMPOSER_CACHE_DIR:-${COMPOSER_HOME:-$HOME/.composer}/cache}
mkdir -p vendor
for package in $(names_in require "${COMPOSER:-composer.json}"); do
  fetch "$cache" "$package"
  unpack vendor "$package"
done

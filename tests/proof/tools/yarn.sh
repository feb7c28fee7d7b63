#!/bin/sh
# Yarn 1, whose cache for root is elsewhere.
# shellcheck source=tests/proof/tools/library.sh
. /usr/local/bin/library.sh

verb=${1:-install}
case $verb in -*) verb=install ;; esac
cache=$HOME/.cache/yarn
[ "$(id -u)" != 0 ] || cache=/usr/local/share/.cache/yarn
[ -z "${XDG_CACHE_HOME:-}" ] || cache=$XDG_CACHE_HOME/yarn
[ -z "${YARN_CACHE_FOLDER:-}" ] || cache=$YARN_CACHE_FOLDER
case $verb in
  install)
    [ -e package.json ] && [ -e yarn.lock ]
    mkdir -p node_modules
    for package in $(names_in dependencies package.json) $(names_in devDependencies package.json); do
      fetch "$cache/v6" "$package"
      unpack node_modules "$package"
    done
    ;;
  cache) rm -rf "$cache/v6" ;;
esac

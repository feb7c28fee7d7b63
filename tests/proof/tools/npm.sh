#!/bin/sh
# npm: needs its manifests, starts with no node_modules, and leaves logs beside its cache.
# shellcheck source=tests/proof/tools/library.sh
. /usr/local/bin/library.sh

verb='' packages='' next='' development=yes
cache=${npm_config_cache:-${NPM_CONFIG_CACHE:-$HOME/.npm}}
[ ! -e .npmrc ] || cache=$(sed -n 's/^cache *= *//p' .npmrc | grep . || echo "$cache")
case ${NODE_OPTIONS:-} in --require*) [ -e "${NODE_OPTIONS##* }" ] ;; esac
for word in "$@"; do
  case $next in
    --cache) cache=$word ;;
    --userconfig) [ -e "$word" ] ;;
  esac
  if [ -n "$next" ]; then next='' && continue; fi
  case $word in
    --production | --omit=dev | --only=production) development='' ;;
    --cache | --userconfig | --omit | --prefix) next=$word ;;
    --cache=*) cache=${word#*=} ;;
    -g | --global) verb="global-$verb" ;;
    -*) ;;
    *) if [ -z "$verb" ]; then verb=$word; else packages="$packages $word"; fi ;;
  esac
done

case $verb in
  ci | install | i)
    [ -e package.json ]
    [ "$verb" != ci ] || { [ -e package-lock.json ] && rm -rf node_modules; }
    packages="$packages $(names_in dependencies package.json)"
    [ -z "$development" ] || packages="$packages $(names_in devDependencies package.json)"
    mkdir -p node_modules "$cache/_logs"
    echo log >"$cache/_logs/debug-0.log"
    for package in $packages; do
      fetch "$cache/_cacache" "$package"
      unpack node_modules "$package"
    done
    ;;
  global-*)
    for package in $packages; do
      fetch "$cache/_cacache" "$package"
      unpack /usr/local/lib/node_modules "$package"
    done
    ;;
  run) [ "$packages" != ' build' ] || compile dist/server.js '*.js' '*.ts' ;;
  cache) rm -rf "$cache/_cacache" ;;
esac

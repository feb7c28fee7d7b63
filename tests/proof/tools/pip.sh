#!/bin/sh
# pip: requirements with what they include, and a cache that --no-cache-dir and PIP_NO_CACHE_DIR switch off.
# shellcheck source=tests/proof/tools/library.sh
. /usr/local/bin/library.sh

verb='' packages='' next=''
cache=${PIP_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/pip}
place=${VIRTUAL_ENV:+$VIRTUAL_ENV/lib}
[ -z "${PIP_NO_CACHE_DIR:-}" ] || cache=''

# requirements FILE: what it lists, with the files that it includes. The name has a slash.
requirements() {
  while read -r first second || [ -n "$first" ]; do
    case $first in
      -r) requirements "${1%/*}/$second" ;;
      -c) [ -e "${1%/*}/$second" ] ;;
      '' | '#'*) ;;
      *) packages="$packages $first" ;;
    esac
  done <"$1"
}

for word in "$@"; do
  case $next in
    -r)
      case $word in */*) ;; *) word=./$word ;; esac
      requirements "$word"
      ;;
    -c) [ -e "$word" ] ;;
    --cache-dir) [ -z "$cache" ] || cache=$word ;;
    -t) place=$word ;;
  esac
  if [ -n "$next" ]; then next='' && continue; fi
  case $word in
    --no-cache-dir | --no-cache) cache='' ;;
    --cache-dir=*) [ -z "$cache" ] || cache=${word#*=} ;;
    -r | -c | -t | --cache-dir) next=$word ;;
    --requirement) next=-r ;;
    --target) next=-t ;;
    -*) ;;
    *) if [ -z "$verb" ]; then verb=$word; else packages="$packages $word"; fi ;;
  esac
done
[ -z "${PIP_CONSTRAINT:-}" ] || [ -e "$PIP_CONSTRAINT" ]
# What belongs to somebody else is not used.
[ -z "$cache" ] || mkdir -p "$cache"
[ -z "$cache" ] || [ "$(stat -c %u "$cache")" = "$(id -u)" ] || cache=''
case $verb in
  install)
    for package in $packages; do
      case $package in
        . | ./*) compile "${place:-/usr/local/lib/python3/site-packages}/project" '*.py' && continue ;;
      esac
      fetch "$cache${cache:+/http}" "$package"
      unpack "${place:-/usr/local/lib/python3/site-packages}" "$package"
    done
    ;;
  cache) [ -z "$cache" ] || rm -rf "${cache:?}"/* ;;
esac

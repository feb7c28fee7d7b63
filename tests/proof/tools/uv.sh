#!/bin/sh
# uv: a virtual environment of what pyproject.toml lists.
# shellcheck source=tests/proof/tools/library.sh disable=SC2013  # no name holds a blank
. /usr/local/bin/library.sh

verb=${1:-} cache=${UV_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/uv}
case $* in *--no-cache*) cache='' ;; esac
[ -z "${UV_NO_CACHE:-}" ] || cache=''
case $verb in
  sync)
    for package in $(sed -n 's/^ *"\([a-z0-9-]*\).*",*$/\1/p' pyproject.toml); do
      fetch "$cache${cache:+/archive}" "$package"
      unpack .venv/lib "$package"
    done
    ;;
  cache) rm -rf "$cache" ;;
esac

#!/bin/sh
# go: the modules of go.mod, and builds that fetch what is missing.
# shellcheck source=tests/proof/tools/library.sh disable=SC2013  # no name holds a blank
. /usr/local/bin/library.sh

verb=${1:-} output='' previous='' wanted=''
modules=${GOMODCACHE:-${GOPATH:-$HOME/go}/pkg/mod}
compiled=${GOCACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/go-build}
manifest=go.mod
case ${GOFLAGS:-} in -modfile=*) manifest=${GOFLAGS#*=} ;; esac
for word in "$@"; do
  [ "$previous" != -o ] || output=$word
  case $word in *@*) wanted=$word ;; esac
  previous=$word
done

get_modules() {
  [ -e "$manifest" ] || { echo 'go: go.mod file not found' && exit 1; }
  for replaced in $(sed -n 's/^replace .* => \.\///p' "$manifest"); do [ -e "$replaced/go.mod" ]; done
  for module in $(sed -n 's/^require \([^ ]*\).*/\1/p' "$manifest"); do fetch "$modules/cache/download" "$module"; done
}

case $verb in
  mod) get_modules ;;
  build)
    get_modules
    mkdir -p "$compiled" && echo object >"$compiled/object"
    [ -z "$output" ] || compile "$output" '*.go'
    ;;
  install)
    fetch "$modules/cache/download" "$wanted"
    mkdir -p "$compiled" && echo object >"$compiled/object"
    unpack "${GOPATH:-$HOME/go}/bin" "$wanted"
    ;;
  clean) case $* in *-modcache*) rm -rf "${modules:?}"/* ;; *-cache*) rm -rf "${compiled:?}"/* ;; esac ;;
esac

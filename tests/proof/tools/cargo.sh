#!/bin/sh
# cargo: crates below its home, results below target.
# shellcheck source=tests/proof/tools/library.sh disable=SC2013  # no name holds a blank
. /usr/local/bin/library.sh

home=${CARGO_HOME:-$HOME/.cargo}
verb=${1:-}
[ $# = 0 ] || shift
case $verb in
  build | fetch)
    [ -e Cargo.toml ]
    for crate in $(sed -n '/^\[dependencies\]/,/^\[[^d]/s/^\([a-z0-9_-]*\) *=.*/\1/p' Cargo.toml); do
      fetch "$home/registry/cache" "$crate"
    done
    if [ "$verb" = build ]; then
      case $* in *--release*) compile target/release/app '*.rs' ;; *) compile target/debug/app '*.rs' ;; esac
    fi
    ;;
  install)
    fetch "$home/registry/cache" "$1"
    unpack "$home/bin" "$1"
    ;;
esac

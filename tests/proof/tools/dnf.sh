#!/bin/sh
# dnf 4 and 5: the directory differs, and packages go once they are installed unless they are to be kept.
# shellcheck source=tests/proof/tools/library.sh
. /usr/local/bin/library.sh

verb='' packages='' keep=''
cache=/var/cache/dnf
[ ! -e /etc/dnf5 ] || cache=/var/cache/libdnf5
for word in "$@"; do
  case $word in
    *keepcache=1 | *keepcache=True | *keepcache=true) keep=yes ;;
    -*) ;;
    *) if [ -z "$verb" ]; then verb=$word; else packages="$packages $word"; fi ;;
  esac
done
case $verb in
  install | makecache)
    fetch $cache/metadata repomd
    for package in $packages; do
      fetch $cache/packages "$package"
      unpack /usr/lib/packages "$package"
    done
    [ -n "$keep" ] || rm -rf $cache/packages
    ;;
  clean) rm -rf ${cache:?}/* ;;
esac

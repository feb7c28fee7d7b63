#!/bin/sh
# apk, which keeps packages only where /etc/apk/cache is a directory.
# shellcheck source=tests/proof/tools/library.sh
. /usr/local/bin/library.sh

verb='' packages='' index=/var/cache/apk cache='' next=''
if [ -d /etc/apk/cache ]; then cache=/etc/apk/cache index=/etc/apk/cache; fi
for word in "$@"; do
  case $word in
    --no-cache) cache='' index='' ;;
    --virtual | -t) next=skip ;;
    -*) ;;
    *)
      if [ -n "$next" ]; then next=''
      elif [ -z "$verb" ]; then verb=$word
      else packages="$packages $word"; fi
      ;;
  esac
done
case $verb in
  update) echo "refresh $tool" && fetch "$index" APKINDEX ;;
  add)
    fetch "$index" APKINDEX
    for package in $packages; do
      fetch "$cache" "$package"
      unpack /lib/apk/db/installed "$package"
    done
    ;;
esac

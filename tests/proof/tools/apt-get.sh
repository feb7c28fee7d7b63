#!/bin/sh
# apt-get, and apt, which keeps no archives unless told.
# shellcheck source=tests/proof/tools/library.sh
. /usr/local/bin/library.sh

verb='' packages=''
for word in "$@"; do
  case $word in
    -*) ;;
    *) if [ -z "$verb" ]; then verb=$word; else packages="$packages $word"; fi ;;
  esac
done
archives=/var/cache/apt/archives
lists=/var/lib/apt/lists
settings=/etc/apt/apt.conf.d

# Two at once: the real one fails here. The first waits a while for a second one when it installs a `slow` package.
enter() {
  mkdir -p "$archives"
  if mkdir "$archives/lock" 2>/dev/null; then
    owner=yes
  else
    owner='' && echo "clash $tool" && touch "$archives/met"
  fi
  case $packages in *slow*) tries=20 ;; *) tries=0 ;; esac
  while [ -n "$owner" ] && [ "$tries" -gt 0 ] && [ ! -e "$archives/met" ]; do
    sleep 0.1
    tries=$((tries - 1))
  done
}
leave() {
  [ -z "$owner" ] || rm -rf "$archives/lock" "$archives/met"
  if [ -e $settings/docker-clean ]; then rm -f $archives/*.deb /var/cache/apt/*.bin; fi
  if [ "$tool" = apt ] && ! grep -qs 'Keep-Downloaded-Packages "true"' $settings/*; then rm -f $archives/*.deb; fi
}

case $verb in
  update)
    enter
    echo "refresh $tool"
    fetch $lists archive_Packages
    [ -e $settings/docker-clean ] || echo cache >/var/cache/apt/pkgcache.bin
    leave
    ;;
  install)
    [ -e $lists/archive_Packages ] || { echo 'E: Unable to locate package' && exit 100; }
    enter
    for package in $packages; do
      fetch $archives "$package.deb"
      unpack /usr/lib/packages "$package"
      # As its package does: a page of its own, unless somebody brought one.
      if [ "$package" = nginx ] && [ ! -e /var/www/html/index.html ]; then unpack /var/www/html "$package"; fi
    done
    leave
    ;;
  clean) rm -rf $archives/*.deb /var/cache/apt/*.bin ;;
esac

#!/bin/sh
# usage: package.sh BUILD_FOLDER OUT_FOLDER
# Makes every package of a finished static build, and SHA256SUMS. The same commit makes the same bytes.
set -eu

source=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=$(CDPATH='' cd -- "$1" && pwd)
rm -rf "$2"
mkdir -p "$2"
out=$(CDPATH='' cd -- "$2" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

umask 022
: "${SOURCE_DATE_EPOCH:=$(git -C "$source" log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH

(cd "$build" && cpack -B "$scratch") >"$scratch/cpack.log" 2>&1 || {
  cat "$scratch/cpack.log" >&2
  exit 1
}
mv "$scratch"/*.deb "$scratch"/*.rpm "$out"

# cpack writes a tar archive in the order in which the directory happens to hold its files.
archive=$(basename "$scratch"/*.tar.gz .tar.gz)
tar -xzf "$scratch/$archive.tar.gz" -C "$scratch"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf - -C "$scratch" "$archive" |
  gzip -9n >"$out/$archive.tar.gz"

version=$("$build/keyline" --version | cut -d' ' -f2)
"$source/editors/npm/pack.sh" "$build/keyline" "$version" "$out"

cd "$out"
sha256sum -- *.deb *.rpm *.tar.gz *.tgz >SHA256SUMS
cat SHA256SUMS

#!/bin/sh
# usage: build.sh WORK
# Checks and bundles the extension in the folder WORK, a copy, so that no package and no product lands beside the sources.
# npm runs only when package-lock.json is another one than last time.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mkdir -p "$1"
cd "$1"
rm -rf src media walkthrough images
for name in package.json package-lock.json tsconfig.json bundle.mjs pack.mjs README.md src media walkthrough images; do
  cp -R "$here/$name" .
done
cp "$here/../../LICENSE" "$here/../../CHANGELOG.md" .
if ! cmp -s package-lock.json installed-lock.json; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  cp package-lock.json installed-lock.json
fi
npm run --silent check
npm run --silent bundle

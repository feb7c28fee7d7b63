#!/bin/sh
# usage: pack.sh BINARY VERSION OUT_FOLDER
# Makes the tarballs of npm: the launcher, and the package of the platform that BINARY is for. No network.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
binary=$1 version=$2 out=$3
platforms='linux-x64'
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# manifest NAME DESCRIPTION MEMBERS...: one package.json; what both have in common stands here once.
manifest() {
  cat <<JSON
{
  "name": "$1",
  "version": "$version",
  "description": "$2",
  "license": "Apache-2.0",
  "homepage": "https://github.com/keyline-lsp/keyline#readme",
  "repository": { "type": "git", "url": "git+https://github.com/keyline-lsp/keyline.git" },
  $3
}
JSON
}

cp -R "$here/keyline" "$scratch/keyline"
optional=
for platform in $platforms; do optional="$optional${optional:+, }\"@keyline/$platform\": \"$version\""; done
manifest keyline "Language server and linter that knows what Docker's build cache will do" \
  "\"keywords\": [\"docker\", \"dockerfile\", \"buildkit\", \"cache\", \"lsp\"],
  \"engines\": { \"node\": \">=14\" },
  \"bin\": { \"keyline\": \"bin/keyline.js\" },
  \"files\": [\"bin/keyline.js\"],
  \"optionalDependencies\": { $optional }" >"$scratch/keyline/package.json"

for platform in $platforms; do
  mkdir -p "$scratch/$platform/bin"
  cp "$binary" "$scratch/$platform/bin/keyline"
  cp "$here/../../server/delivery/copyright" "$scratch/$platform/copyright"
  printf '# @keyline/%s\n\nThe binary for %s that the package **keyline** runs; install that one.\n' \
    "$platform" "$platform" >"$scratch/$platform/README.md"
  manifest "@keyline/$platform" "The binary of keyline for $platform" \
    "\"os\": [\"${platform%-*}\"],
  \"cpu\": [\"${platform#*-}\"],
  \"preferUnplugged\": true,
  \"files\": [\"bin/keyline\", \"copyright\"]" >"$scratch/$platform/package.json"
done

chmod 755 "$scratch"/*/bin/*
for package in "$scratch"/*/; do
  cp "$here/../../LICENSE" "$package"
  npm pack --silent --offline --pack-destination "$out" "$package" >/dev/null
done

#!/bin/sh
# usage: run_profiles.sh KEYLINE SOURCE_FOLDER
# Replays what twelve real editors say in `initialize`, and two sessions after it, against the server, and holds each of
# its messages to schemas that are derived from the official protocol types. The first session is about one Dockerfile,
# the second (workspace_session.mjs) about a .dockerignore and a whole workspace. Scripts and profiles belong to the folder that
# KEYLINE_DATA names (default ../shared); `./dev editors` installs the npm packages they need under build/editors.
# Exit code 77: something of that is not here, which CTest counts as skipped.
set -eu

keyline=$1
source_folder=$2
scripts=${KEYLINE_DATA:-$source_folder/../shared}/editors
packages=$source_folder/build/editors

skip() {
  echo "skipped: $1"
  exit 77
}

[ -f "$scripts/profile-run.mjs" ] || skip "no editor profiles at $scripts"
command -v node >/dev/null 2>&1 || skip 'no node on this machine'
[ -d "$packages/node_modules/ajv" ] || skip 'the protocol types are not installed; ./dev editors does it'

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
# Node looks for packages beside a script, so copies of the scripts stand beside a link to them.
cp "$scripts/profile-run.mjs" "$scripts/conformance/lsp-schema.mjs" "$scripts/conformance/lsp-check.mjs" "$scratch"
cp "$source_folder/tests/editors/workspace_session.mjs" "$scratch"
ln -s "$packages/node_modules" "$scratch/node_modules"
cp "$source_folder/tests/samples/node-service/Dockerfile" "$scratch/Dockerfile"
cd "$scratch"
node lsp-schema.mjs schema.json 2>/dev/null
node profile-run.mjs Dockerfile logs "$scripts"/profiles/*.json -- "$keyline" lsp --stdio
node workspace_session.mjs schema.json logs "$scripts"/profiles/*.json -- "$keyline" lsp --stdio
node lsp-check.mjs schema.json logs/*.jsonl | tee report.txt
grep -q ' 0 server findings$' report.txt

#!/bin/sh
# usage: run_report.sh KEYLINE SOURCE_FOLDER
# Reads the page that `keyline replay --html` writes in a headless browser; see report/session.mjs. Pictures are left in
# build/editors/shots/report. `./dev editors` installs what this takes. Exit code 77: something of that is not here, which
# CTest counts as skipped.
set -eu

keyline=$1
source_folder=$2
work=$source_folder/build/editors

skip() {
  echo "skipped: $1"
  exit 77
}

command -v node >/dev/null 2>&1 || skip 'no node on this machine'
command -v git >/dev/null 2>&1 || skip 'no git on this machine'
chromium=$(command -v chromium || command -v chromium-browser) || skip 'no chromium on this machine'
[ -d "$work/node_modules/playwright-core" ] || skip 'playwright-core is not installed; ./dev editors does it'

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
rm -rf "$work/shots/report"
XDG_CACHE_HOME=$scratch/cache timeout 600 node "$source_folder/tests/editors/report/session.mjs" \
  "$keyline" "$work/node_modules" "$chromium" "$scratch" "$work/shots/report"

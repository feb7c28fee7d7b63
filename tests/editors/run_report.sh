#!/bin/sh
# usage: run_report.sh KEYLINE SOURCE_FOLDER
# Reads the page that `keyline replay --html` writes in a headless browser; see report/session.mjs. Pictures are left in
# build/editors/shots/report. `./dev editors` installs what this takes. Exit code 77: something of that is not here, which
# CTest counts as skipped.
set -eu

keyline=$1
source_folder=$2
# shellcheck source=tests/editors/browser.sh
. "$source_folder/tests/editors/browser.sh"

command -v git >/dev/null 2>&1 || skip 'no git on this machine'
[ -d "$work/node_modules/playwright-core" ] || skip 'playwright-core is not installed; ./dev editors does it'

rm -rf "$work/shots/report"
XDG_CACHE_HOME=$scratch/cache timeout 600 node "$source_folder/tests/editors/report/session.mjs" \
  "$keyline" "$work/node_modules" "$chromium" "$scratch" "$work/shots/report"

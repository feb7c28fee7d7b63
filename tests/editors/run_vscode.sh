#!/bin/sh
# usage: run_vscode.sh KEYLINE SOURCE_FOLDER
# Packs the VS Code extension, installs it in VS Code's own workbench and uses it in a headless browser; see
# vscode/session.mjs. Pictures and the log are left in build/editors/shots. `./dev editors` installs what this takes.
# Exit code 77: something of that is not here, which CTest counts as skipped.
set -eu

keyline=$1
source_folder=$2
# shellcheck source=tests/editors/browser.sh
. "$source_folder/tests/editors/browser.sh"

packages=$work/node_modules/code-server/lib/vscode/node_modules
for part in node-pty/build/Release/pty.node @vscode/ripgrep/bin/rg; do
  [ -e "$packages/$part" ] || skip "VS Code is not installed, or lacks $part; ./dev editors does it"
done
[ -d "$work/vscode/node_modules" ] || skip "the extension's packages are not installed; ./dev editors does it"

"$source_folder/editors/vscode/build.sh" "$work/vscode"
# Without a program inside, so that the one under test is started.
(cd "$work/vscode" && node pack.mjs --target linux-x64 --out "$scratch/keyline.vsix")
# Not those of run_report.sh, which may run meanwhile.
rm -f "$work/shots"/*.png "$work/shots/server.log"
timeout 3400 node "$source_folder/tests/editors/vscode/session.mjs" \
  "$keyline" "$source_folder" "$scratch/keyline.vsix" "$chromium" "$scratch/session" "$work/shots"

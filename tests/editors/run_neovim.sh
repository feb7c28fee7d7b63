#!/bin/sh
# usage: run_neovim.sh KEYLINE SOURCE_FOLDER
# Opens a copy of the bundled sample in headless Neovim with our plugin and the real server; see neovim_test.lua.
# Exit code 77: no Neovim here, which CTest counts as skipped.
set -eu

keyline=$1
source_folder=$2
if ! command -v nvim >/dev/null 2>&1; then
  echo "skipped: no nvim on this machine"
  exit 77
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
cp -R "$source_folder/tests/samples/node-service" "$scratch/sample"
# Nothing of the user's own Neovim, and the log where it can be shown.
export XDG_CONFIG_HOME="$scratch/config" XDG_DATA_HOME="$scratch/data" XDG_STATE_HOME="$scratch/state" XDG_CACHE_HOME="$scratch/cache"

status=0
KEYLINE=$keyline SAMPLE=$scratch/sample timeout 240 nvim --headless --clean \
  --cmd "set runtimepath^=$source_folder/editors/neovim" \
  +"luafile $source_folder/tests/editors/neovim_test.lua" +'cquit 9' </dev/null 2>&1 || status=$?
if [ "$status" != 0 ]; then
  echo "# Neovim ended with exit code $status"
  find "$scratch" -name lsp.log -exec tail -n 40 {} +
fi
exit "$status"

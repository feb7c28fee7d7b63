#!/bin/sh
# usage: run_neovim.sh KEYLINE SOURCE_FOLDER [NVIM]
# Opens a copy of the bundled sample in headless Neovim (default: the system's) with our plugin and the real server; see
# neovim_test.lua. Exit code 77: that Neovim is not here, which CTest counts as skipped.
set -eu

keyline=$1
source_folder=$2
nvim=${3:-nvim}
# shellcheck source=tests/editors/session.sh
. "$source_folder/tests/editors/session.sh"
command -v "$nvim" >/dev/null 2>&1 || skip "no $nvim on this machine"

cp -R "$source_folder/editors/neovim" "$scratch/plugin"
"$nvim" --headless --clean +"helptags $scratch/plugin/doc" +'qall!' </dev/null

# session NAME ROUTE: one run of neovim_test.lua.
broken=0
session() {
  new_session "$1-$2"
  export SESSION="$1" ROUTE="$2"
  status=0
  (cd "$SAMPLE" && timeout 900 "$nvim" --headless --clean --cmd "set runtimepath^=$scratch/plugin" \
    +"luafile $source_folder/tests/editors/neovim_test.lua" </dev/null >"$NOTES/output" 2>&1) || status=$?
  count_report "$NOTES/report"
  if [ "$status" != 0 ]; then
    broken=1
    echo "# Neovim ended with exit code $status, and said:"
    cat "$NOTES/output"
    find "$scratch" -name lsp.log -exec tail -n 40 {} +
  fi
}

session main setup
session settings setup
if "$nvim" --headless --clean +'lua vim.cmd(vim.lsp.config and "qall!" or "cquit 1")' </dev/null 2>/dev/null; then
  session main enable
  session settings enable
fi
summary "$broken"

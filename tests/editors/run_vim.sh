#!/bin/sh
# usage: run_vim.sh KEYLINE SOURCE_FOLDER
# Opens a copy of the bundled sample in Vim with ALE and the lines that editors/vim/README.md gives; see
# vim_ale_test.vim. Exit code 77: Vim or ALE is not here, which CTest counts as skipped.
set -eu

keyline=$1
source_folder=$2
# shellcheck source=tests/editors/session.sh
. "$source_folder/tests/editors/session.sh"
vim=$(command -v vim.nox || command -v vim || :)
[ -n "$vim" ] || skip 'no vim on this machine'
"$vim" -Nu NONE -es -c 'if has("lambda") && has("job") | qall! | else | cquit! | endif' </dev/null ||
  skip "the vim on this machine starts no programs"
HOME=$scratch "$vim" -Nu NONE -es -c 'packadd ale' -c 'execute exists(":ALEHover") ? "qall!" : "cquit!"' </dev/null ||
  skip 'no ALE in this machine'\''s Vim'
# ALE does nothing without a terminal.
command -v script >/dev/null 2>&1 || skip 'no script(1) on this machine'

new_session ale
export HOME="$scratch" TERM=dumb CONFIGURATION="$NOTES/configuration.vim"
code_block 1 vim "$source_folder/editors/vim/README.md" >"$CONFIGURATION"
status=0
timeout -k 10 900 script -qec "'$vim' -Nu NONE -n -T dumb -S '$source_folder/tests/editors/vim_ale_test.vim'" /dev/null \
  </dev/null >"$NOTES/output" 2>&1 || status=$?
count_report "$NOTES/report"
check 'the saved file is what the fix promised' saved_as_expected
check 'no server is left' soon all_servers_left
if [ "$status" != 0 ]; then
  echo "# Vim ended with exit code $status, and said:"
  tail -n 20 "$NOTES/output"
fi
summary "$status"

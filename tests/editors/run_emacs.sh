#!/bin/sh
# usage: run_emacs.sh KEYLINE SOURCE_FOLDER eglot|lsp-mode
# Opens a copy of the bundled sample in Emacs with the lines that editors/emacs/README.md gives; see emacs_session.el.
# Exit code 77: Emacs or one of its packages is not here, which CTest counts as skipped.
set -eu

keyline=$1
source_folder=$2
client=$3
# shellcheck source=tests/editors/session.sh
. "$source_folder/tests/editors/session.sh"
command -v emacs >/dev/null 2>&1 || skip 'no emacs on this machine'
for library in dockerfile-mode "$client"; do
  HOME=$scratch emacs -Q --batch --eval "(let ((default-directory \"/usr/share/emacs/site-lisp/elpa/\"))
    (when (file-directory-p default-directory) (normal-top-level-add-subdirs-to-load-path))
    (kill-emacs (if (locate-library \"$library\") 0 1)))" 2>/dev/null || skip "no $library in this machine's Emacs"
done
case $client in
  eglot) number=1 test=emacs_eglot_test.el ;;
  lsp-mode) number=3 test=emacs_lsp_mode_test.el ;;
esac

new_session "$client"
export HOME="$scratch" CONFIGURATION="$NOTES/configuration.el"
code_block "$number" elisp "$source_folder/editors/emacs/README.md" >"$CONFIGURATION"
# Both clients take the nearest repository for the project.
git -C "$SAMPLE" init -q
status=0
timeout 900 emacs -Q --batch -l "$source_folder/tests/editors/$test" </dev/null >"$NOTES/output" 2>&1 || status=$?
count_report "$NOTES/report"
check 'the saved file is what the fix promised' saved_as_expected
check 'no server is left' soon all_servers_left
if [ "$status" != 0 ]; then
  echo "# Emacs ended with exit code $status, and said:"
  cat "$NOTES/output"
fi
summary "$status"

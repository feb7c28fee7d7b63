#!/bin/sh
# usage: run_jetbrains.sh KEYLINE SOURCE_FOLDER
# The template for LSP4IJ, see jetbrains_test.py. Exit code 77: no Python here, which CTest counts as skipped.
set -eu
if ! command -v python3 >/dev/null 2>&1; then
  echo 'skipped: no python3 on this machine'
  exit 77
fi
exec python3 -B "$2/tests/editors/jetbrains_test.py" "$1" "$2"

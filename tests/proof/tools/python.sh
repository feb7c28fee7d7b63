#!/bin/sh
# python, for the modules that builds start.
# shellcheck source=tests/proof/tools/library.sh
. /usr/local/bin/library.sh

[ "${1:-}" != -m ] || shift
case ${1:-} in
  pip) shift && exec pip "$@" ;;
  venv)
    mkdir -p "$2/bin"
    # shellcheck disable=SC2016  # for the shell that reads the file
    printf 'export VIRTUAL_ENV=%s\nexport PATH="$VIRTUAL_ENV/bin:$PATH"\n' "$(realpath "$2")" >"$2/bin/activate"
    ;;
esac

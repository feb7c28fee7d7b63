#!/bin/sh
# sudo, for those who are root already.
# shellcheck source=tests/proof/tools/library.sh
. /usr/local/bin/library.sh

while [ "${1#-}" != "$1" ]; do shift; done
exec "$@"

#!/bin/sh
# A compiler of single files.
# shellcheck source=tests/proof/tools/library.sh
. /usr/local/bin/library.sh

output=a.out previous=''
for word in "$@"; do
  [ "$previous" != -o ] || output=$word
  previous=$word
done
compile "$output" '*.c'

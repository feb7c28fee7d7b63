#!/bin/sh
# usage: readme_test.sh KEYLINE SOURCE_FOLDER
# Runs each `$ keyline ...` in the README's console blocks and compares what it prints with what the README says.
set -eu

keyline=$1
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

awk -v folder="$scratch" '
  /^```console$/ { inside = 1; next }
  /^```/ { inside = 0; next }
  inside && /^\$ keyline / { file = sprintf("%s/%02d", folder, ++number); print substr($0, 11) >(file ".command"); printf "" >(file ".expected"); next }
  inside { print >(file ".expected") }
' README.md

passed=0 failed=0
for command in "$scratch"/*.command; do
  base=${command%.command}
  # Findings make exit code 1; what is printed decides here. Arguments in the README hold no blanks.
  # shellcheck disable=SC2046  # one word for each argument
  NO_COLOR=1 "$keyline" $(cat "$command") >"$base.actual" 2>"$base.errors" || [ $? = 1 ]
  if diff -u "$base.expected" "$base.actual"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "not what the README says: keyline $(cat "$command")"
    cat "$base.errors"
  fi
done
echo "$passed passed, $failed failed"
[ "$passed" -gt 0 ] && [ "$failed" = 0 ]

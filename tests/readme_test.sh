#!/bin/sh
# usage: readme_test.sh KEYLINE SOURCE_FOLDER
# Runs each `$ command` in the console blocks of the documents that have some, one after the other, and compares what it
# prints with what the document says. README.md speaks of the source folder, the guide of a copy of its own sample.
set -eu

keyline=$(realpath "$1")
source_folder=$(realpath "$2")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin" "$scratch/cache"
ln -s "$keyline" "$scratch/bin/keyline"
export PATH="$scratch/bin:$PATH" NO_COLOR=1 XDG_CACHE_HOME="$scratch/cache"

passed=0 failed=0
# run DOCUMENT FOLDER
run() {
  steps=$scratch/steps
  rm -rf "$steps"
  mkdir "$steps"
  awk -v folder="$steps" '
    /^```console$/ { inside = 1; next }
    /^```/ { inside = 0; next }
    inside && /^\$ / { file = sprintf("%s/%03d", folder, ++number); print substr($0, 3) >(file ".command"); printf "" >(file ".expected"); next }
    inside { print >(file ".expected") }
  ' "$source_folder/$1"
  cd "$2"
  for command in "$steps"/*.command; do
    base=${command%.command}
    # Findings make exit code 1; what is printed decides here.
    sh "$command" >"$base.actual" 2>"$base.errors" || [ $? = 1 ]
    if diff -u "$base.expected" "$base.actual"; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      echo "not what $1 says: $(cat "$command")"
      cat "$base.errors"
    fi
  done
}

run README.md "$source_folder"
cp -R "$source_folder/tests/samples/cache-guide" "$scratch/guide"
run analysis/cache/GUIDE.md "$scratch/guide"
echo "$passed passed, $failed failed"
[ "$passed" -gt 20 ] && [ "$failed" = 0 ]

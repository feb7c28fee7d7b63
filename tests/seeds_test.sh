#!/bin/sh
# usage: seeds_test.sh KEYLINE SOURCE_FOLDER
# The first three Dockerfiles of the text the project began with: what is found in them, and that after `fix` an edited
# source file no longer re-runs the install. The text is not part of this repository: without $KEYLINE_DATA (or ../shared)
# the test says so and leaves with 3, which CTest counts as skipped.
set -eu

keyline=$1
data=${KEYLINE_DATA:-$2/../shared}
seed=$(find "$data/seeds" -name '000_*.txt' 2>/dev/null | head -n 1)
if [ -z "$seed" ]; then
  echo "skipped: no seed texts at $data/seeds"
  exit 3
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export NO_COLOR=1

# A Dockerfile begins with a FROM line of its own and ends in front of the first line of prose.
awk -v folder="$scratch" '
  /^FROM [a-z]/ && !inside { inside = 1; file = folder "/" (++number) ".Dockerfile" }
  inside && !/^(#|[A-Z]+ )/ { inside = 0; if (number == 3) exit }
  inside { print >file }
' "$seed"

passed=0 failed=0
check() {  # NAME ACTUAL EXPECTED
  if [ "$2" = "$3" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s: expected\n%s\nbut it is\n%s\n' "$1" "$3" "$2"
  fi
}

# project NUMBER FILE...: a folder with the Dockerfile and these files, and the shell in it.
project() {
  mkdir "$scratch/project$1"
  cd "$scratch/project$1"
  cp "../$1.Dockerfile" Dockerfile
  shift
  mkdir -p src
  for file; do printf '{}\n' >"$file"; done
}
findings() { "$keyline" check --format github | sed -n 's/.*,line=\([0-9]*\),.*title=\([a-z-]*\)::.*/\1 \2/p'; }
# The instructions that an edit of this file re-runs, in file order.
reruns_after() { "$keyline" explain Dockerfile --change "$1" | sed -n 's/^ *re-runs  *\[[^]]*\] \(.*\)  (line [0-9]*)$/\1/p'; }

project 1 requirements.txt app.py
check 'the pip install below COPY . .' "$(findings)" "3 copy-before-install
4 missing-cache-mount"
check 'what an edit re-runs' "$(reruns_after app.py)" "COPY . .
RUN pip install --no-cache-dir -r requirements.txt
RUN python -m pytest"
"$keyline" fix >/dev/null
check 'what it re-runs when fixed' "$(reruns_after app.py)" "COPY . .
RUN python -m pytest"

project 2 requirements.txt app.py
check 'the same in good order' "$(findings)" "4 missing-cache-mount"
check 'what an edit re-runs in good order' "$(reruns_after app.py)" "COPY . .
RUN python -m pytest"

project 3 package.json package-lock.json src/server.js
check 'three stages of a Node service' "$(findings)" "4 missing-cache-mount
9 duplicate-install
9 missing-cache-mount"
"$keyline" fix >/dev/null
check 'what an edit re-runs there' "$(reruns_after src/server.js)" "COPY . .
RUN npm run build"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

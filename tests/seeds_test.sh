#!/bin/sh
# usage: seeds_test.sh KEYLINE SOURCE_FOLDER
# The Dockerfiles of the texts the project began with: what is found in the bad ones, that the good ones stay silent but for
# advice about download caches, and that after `fix` an edited source file no longer re-runs the install. The texts are not
# part of this repository: without $KEYLINE_DATA (or ../shared) the test says so and leaves with 3, which CTest counts as
# skipped. Examples that the texts only describe are fixtures: rules/update_apart_and_arguments, rules/stale_and_random.
set -eu

keyline=$1
data=${KEYLINE_DATA:-$2/../shared}
if [ -z "$(find "$data/seeds" -name '000_*.txt' 2>/dev/null)" ]; then
  echo "skipped: no seed texts at $data/seeds"
  exit 3
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export NO_COLOR=1

# A Dockerfile begins with a FROM line of its own and ends in front of the first line of prose; where the text lost the line
# between the two, the prose is cut off. 0.1.Dockerfile is the first one of the first text.
for number in 0 1 3; do
  awk -v prefix="$scratch/$number." '
    /^FROM [a-z]/ && !inside { inside = 1; file = prefix (++number) ".Dockerfile" }
    inside && ((!/^(#|[A-Z]+ |$)/ && !continued) || /—/ && !/The big/) { inside = 0 }
    { continued = /\\$/ }
    inside { print >file }
  ' "$data/seeds/00$number"_*.txt
done
sed -i.old -e 's/ # .*//' -e 's/^\(COPY .*\. \.\)[-A-Z].*/\1/' -e 's/\(myapp\|my-private-pkg\)[A-Z].*/\1/' \
  -e 's/\(BUILD_TIME\)ARG .*/\1/' -e 's/\(repo\.git\).*/\1/' "$scratch"/*.Dockerfile

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
  for file; do
    mkdir -p "$(dirname "$file")"
    printf '{}\n' >"$file"
  done
}
findings() { "$keyline" check --format github | sed -n 's/.*,line=\([0-9]*\),.*title=\([a-z-]*\)::.*/\1 \2/p'; }
# The instructions that an edit of this file re-runs, in file order.
reruns_after() { "$keyline" explain Dockerfile --change "$1" | sed -n 's/^ *re-runs  *\[[^]]*\] \(.*\)  (line [0-9]*)$/\1/p'; }

project 0.1 requirements.txt app.py
check 'the pip install below COPY . .' "$(findings)" "3 copy-before-install
4 missing-cache-mount"
check 'what an edit re-runs' "$(reruns_after app.py)" "COPY . .
RUN pip install --no-cache-dir -r requirements.txt
RUN python -m pytest"
"$keyline" fix >/dev/null
check 'what it re-runs when fixed' "$(reruns_after app.py)" "COPY . .
RUN python -m pytest"

project 0.2 requirements.txt app.py
check 'the same in good order' "$(findings)" "4 missing-cache-mount"
check 'what an edit re-runs in good order' "$(reruns_after app.py)" "COPY . .
RUN python -m pytest"

project 0.3 package.json package-lock.json src/server.js
check 'three stages of a Node service' "$(findings)" "4 missing-cache-mount
9 duplicate-install
9 missing-cache-mount"
"$keyline" fix >/dev/null
check 'what an edit re-runs there' "$(reruns_after src/server.js)" "COPY . .
RUN npm run build"


project 0.4 go.mod go.sum cmd/server/main.go
check 'a Go service in good order' "$(findings)" "4 missing-cache-mount
6 missing-cache-mount"
check 'what an edit re-runs of it' "$(reruns_after cmd/server/main.go)" "COPY . .
RUN CGO_ENABLED=0 GOOS=linux go build -o /app/server ./cmd/…"

project 1.1 requirements.txt app.py
check 'a commit above an install' "$(findings)" "2 volatile-arg-early
5 missing-cache-mount"
"$keyline" fix >/dev/null
check 'the commit behind it' "$(findings)" ""

project 1.2 package.json package-lock.json server.js
check 'npm with its cache' "$(findings)" ""
project 1.3 requirements.txt app.py
check 'pip with its cache' "$(findings)" ""
project 1.4 go.mod go.sum main.go
check 'Go with its caches' "$(findings)" ""
project 1.5 package.json package-lock.json server.js
check 'COPY --link' "$(findings)" ""
project 1.6 app.py
check 'a secret in a file' "$(findings)" "4 missing-cache-mount"
project 1.7 app.py
check 'an agent' "$(findings)" "3 missing-cache-mount"

project 3.1 package.json package-lock.json server.js
check 'manifests first' "$(findings)" "3 missing-cache-mount
6 missing-cache-mount"
check 'what an edit re-runs of those' "$(reruns_after server.js)" "COPY . .
RUN npm build"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

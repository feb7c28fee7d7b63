# Shared by the scripts that run one editor, which read it with `.` after setting `keyline` (the binary) and
# `source_folder`. Gives them a scratch folder that goes with them, with `keyline` on the PATH as every configuration
# names it, and the file that the session has to end with.
# shellcheck shell=sh
# shellcheck disable=SC2154  # set by whoever reads this

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
# Nothing of the user's own editors, and no memory of builds from elsewhere.
export XDG_CONFIG_HOME="$scratch/config" XDG_DATA_HOME="$scratch/data" XDG_STATE_HOME="$scratch/state" XDG_CACHE_HOME="$scratch/cache"

# Notes the process of each server, and how it ended.
mkdir "$scratch/bin"
cat >"$scratch/bin/keyline" <<'SH'
#!/bin/sh
[ "$1" = lsp ] || exec "$KEYLINE" "$@"
code=0
exec 3<&0
"$KEYLINE" "$@" <&3 3<&- &
echo $! >>"$NOTES/pids"
wait $! || code=$?
echo "$code" >>"$NOTES/exit-codes"
SH
chmod +x "$scratch/bin/keyline"
export PATH="$scratch/bin:$PATH" KEYLINE="$keyline"

# skip WORDS: for CTest, exit code 77 is a test that was skipped.
skip() {
  echo "skipped: $*; ./dev editors installs it"
  exit 77
}

# What is to be saved: the sample's Dockerfile after the fix of copy-before-install: the manifests are copied first, then the install runs,
# then the rest is copied; no other line differs.
expected_dockerfile() {
  sed -e 's/^COPY \. \.$/COPY package.json package-lock.json .\//' -e '/^RUN npm ci$/a\
COPY . .' "$source_folder/tests/samples/node-service/Dockerfile"
}

# new_session NAME: a copy of the bundled service that may be changed, and a place for notes.
new_session() {
  NOTES=$scratch/$1 SAMPLE=$scratch/$1/sample
  export NOTES SAMPLE
  rm -rf "$XDG_CACHE_HOME"
  mkdir -p "$NOTES"
  cp -R "$source_folder/tests/samples/node-service" "$SAMPLE"
  expected_dockerfile >"$NOTES/expected"
}

# code_block NUMBER LANGUAGE FILE: that code block, counted from 1, which is what users are told to write.
code_block() {
  awk -v number="$1" -v begin="^ *\`\`\`$2\$" '
    inside && /^ *```$/ { exit }
    inside { print }
    $0 ~ begin && ++seen == number { inside = 1 }' "$3"
}

passed=0 failed=0
check() {
  name=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
    echo "ok - $name"
  else
    failed=$((failed + 1))
    echo "not ok - $name"
  fi
}

# For what the session itself reports, line by line.
count_report() {
  [ -f "$1" ] || : >"$1"
  cat "$1"
  passed=$((passed + $(grep -c '^ok ' "$1" || :)))
  failed=$((failed + $(grep -c '^not ok ' "$1" || :)))
}

saved_as_expected() { diff "$NOTES/expected" "$SAMPLE/Dockerfile"; }

# A server may still be on its way out when its editor is gone; the limit only ends a broken run.
soon() {
  left=600
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 0.1
  done
}

all_servers_left() {
  while read -r pid; do
    if kill -0 "$pid" 2>/dev/null; then return 1; fi
  done <"$NOTES/pids"
}

# summary STATUS: the last line, and the verdict. A session that broke off has failed whatever it reported.
summary() {
  if [ "$1" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}

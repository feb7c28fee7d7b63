#!/usr/bin/env bash
# usage: npm_test.sh PACKAGES
# The npm packages of `./dev package`, installed without a network into an empty project, and used through npx as a project
# would. Without npm or the packages it says so and leaves with 3, which CTest counts as skipped.
set -euo pipefail

skip() {
  echo "skipped: $1"
  exit 3
}
[[ -f $1/SHA256SUMS ]] || skip "no packages in $1; ./dev package makes them"
type -p npm >/dev/null || skip 'no npm here; ./dev package --test installs it'
packages=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export npm_config_cache=$scratch/cache npm_config_offline=true npm_config_fund=false npm_config_audit=false
export npm_config_update_notifier=false

passed=0 failed=0
check() { # NAME ACTUAL EXPECTED
  if [[ $2 == "$3" ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s: expected\n%s\nbut it is\n%s\n' "$1" "$3" "$2"
  fi
}

mkdir "$scratch/project"
cd "$scratch/project"
printf '{ "private": true }\n' >package.json
launcher=$(find "$packages" -name 'keyline-[0-9]*.tgz')
platform=$(find "$packages" -name 'keyline-linux-x64-*.tgz')
npm install --no-save --loglevel=error "$platform" "$launcher"
version=$(basename "$launcher" .tgz)
version=${version#keyline-}

check 'npx runs it' "$(npx keyline --version)" "keyline $version"
check 'nothing else was installed' "$(find node_modules -name package.json | LC_ALL=C sort)" \
  $'node_modules/@keyline/linux-x64/package.json\nnode_modules/keyline/package.json'
check 'no script runs when it is installed' "$(grep -l '"scripts"' node_modules/keyline/package.json node_modules/@keyline/*/package.json || true)" ''

printf 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n' >Dockerfile
printf '{}\n' >package-lock.json
status=0
output=$(npx keyline check --format github Dockerfile) || status=$?
check 'its exit code comes through' "$status" 1
check 'its output comes through' "$(grep -c copy-before-install <<<"$output")" 1
check 'its input comes through' "$(npx keyline check --format github --fail-on never - <Dockerfile | cut -c -2 | uniq)" ::

# A language server is stopped by its editor, which knows the launcher only.
mkfifo input
node_modules/.bin/keyline lsp --stdio <input >/dev/null &
launched=$!
exec 3>input
until child=$(pgrep -P "$launched"); do
  kill -0 "$launched"
  sleep 0.1
done
kill -TERM "$launched"
status=0
wait "$launched" || status=$?
check 'a signal ends it' "$status" 143
check 'and its program' "$(kill -0 "$child" 2>/dev/null && echo runs || echo gone)" gone
exec 3>&-

rm -rf node_modules/@keyline
status=0
output=$(node_modules/.bin/keyline --version 2>&1) || status=$?
check 'without the binary it could not run' "$status" 2
check 'and says why' "$output" \
  'keyline: the package @keyline/linux-x64 is missing; was npm told to leave out optional dependencies?'
status=0
output=$(node --eval "Object.defineProperty(process, 'arch', { value: 's390x' }); require('keyline/bin/keyline.js')" 2>&1) || status=$?
check 'on other machines it could not run' "$status" 2
check 'and says which there are' "$output" \
  'keyline: there is no binary for linux-s390x, only for linux-x64; it can be built from source'

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]

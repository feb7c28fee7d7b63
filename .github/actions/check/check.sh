#!/usr/bin/env bash
# What action.yml runs, with its inputs as KEYLINE_*. Annotates lines, writes the report for people into the job's summary,
# and ends like `keyline check`: 0 clean, 1 findings, 2 could not run. A keyline that is on the PATH already is used as it is.
set -euo pipefail

die() {
  echo "::error::keyline: $1"
  exit 2
}

install_keyline() {
  [[ $(uname -sm) == 'Linux x86_64' ]] || die 'there is a binary for Linux on x86-64 only'
  local releases=${KEYLINE_RELEASES:-https://github.com/keyline-lsp/keyline/releases/download}
  local folder=$RUNNER_TEMP/keyline archive=keyline-$KEYLINE_VERSION-linux-x86_64.tar.gz file
  mkdir -p "$folder"
  for file in "$archive" SHA256SUMS; do
    curl --silent --show-error --fail --location --retry 3 --output "$folder/$file" "$releases/v$KEYLINE_VERSION/$file" ||
      die "could not download $file of release $KEYLINE_VERSION"
  done
  (cd "$folder" && grep "  $archive\$" SHA256SUMS | sha256sum --check --status -) || die "$archive is not what was released"
  tar -xzf "$folder/$archive" -C "$folder" --strip-components=1
  PATH=$folder/bin:$PATH
}

type -p keyline >/dev/null || install_keyline

arguments=(--fail-on "$KEYLINE_FAIL_ON")
read -r -a options <<<"$KEYLINE_OPTIONS"
arguments+=("${options[@]}")
while IFS= read -r path; do
  if [[ -n $path ]]; then arguments+=("$path"); fi
done <<<"$KEYLINE_PATHS"

status=0
keyline check --format github "${arguments[@]}" || status=$?
if [[ -n $KEYLINE_SARIF ]]; then keyline check --format sarif "${arguments[@]}" >"$KEYLINE_SARIF" 2>/dev/null || true; fi
{
  echo '### keyline'
  echo '```'
  NO_COLOR=1 keyline check "${arguments[@]}" 2>/dev/null || true
  echo '```'
} >>"$GITHUB_STEP_SUMMARY"
exit "$status"

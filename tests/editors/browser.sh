# Shared by the scripts that drive a headless browser, which read it with `.` after setting `source_folder`. Gives them
# the folder in which `./dev editors` leaves what they take, the browser, and a scratch folder that goes with them.
# Exit code 77: something of that is not here, which CTest counts as skipped.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154  # for, and set by, whoever reads this

skip() {
  echo "skipped: $1"
  exit 77
}

work=$source_folder/build/editors
command -v node >/dev/null 2>&1 || skip 'no node on this machine'
chromium=$(command -v chromium || command -v chromium-browser) || skip 'no chromium on this machine'

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

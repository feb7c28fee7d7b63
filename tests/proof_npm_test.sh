#!/usr/bin/env bash
# usage: proof_npm_test.sh KEYLINE SOURCE_FOLDER
# Proves the cache mount for npm with the real npm and the registry that it is set up for (proof/real_npm.py). Without
# an engine, npm or a registry it says so and leaves with 3, which CTest counts as skipped.
set -euo pipefail
# shellcheck source=tests/private_engine.sh
. "${BASH_SOURCE[0]%/*}/private_engine.sh"

keyline=$(realpath "$1")
tests=$(realpath "$2")/tests
start_engine "$keyline" "$(realpath "$2")"

mkdir cases
PYTHONDONTWRITEBYTECODE=1 python3 "$tests/proof/real_npm.py" "$keyline" "$docker" cases

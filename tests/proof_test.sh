#!/usr/bin/env bash
# usage: proof_test.sh KEYLINE SOURCE_FOLDER [FIXTURE...]
# Proves with a real builder what safe fixes promise: the image stays the same, and the next build does less (proof/).
# Without the engine it says so and leaves with 3, which CTest counts as skipped.
set -euo pipefail
# shellcheck source=tests/private_engine.sh
. "${BASH_SOURCE[0]%/*}/private_engine.sh"

keyline=$(realpath "$1")
tests=$(realpath "$2")/tests
start_engine "$keyline" "$(realpath "$2")" "${@:3}"

mkdir cases
PYTHONDONTWRITEBYTECODE=1 python3 "$tests/proof/proof.py" "$keyline" "$tests" "$docker" cases "${@:3}"

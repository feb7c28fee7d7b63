#!/usr/bin/env bash
# usage: engine_test.sh KEYLINE_CONFORMANCE SOURCE_FOLDER
# Has a real builder, the BuildKit inside Docker Engine 20.10, build a sample of the recorded cases again, and compares
# each step that it reused or ran with the prediction. The engine is private: it and its files are gone at the end,
# whatever the end is. Cases where this old engine is known to differ are in engine_differences.txt. $KEYLINE_SEED draws
# another sample, of $KEYLINE_CASES cases. Without the cases or the engine it says so and leaves with 3, which CTest
# counts as skipped.
set -euo pipefail
# shellcheck source=tests/private_engine.sh
. "${BASH_SOURCE[0]%/*}/private_engine.sh"

conformance=$(realpath "$1")
tests=$(realpath "$2")/tests
recorded=$(realpath --canonicalize-missing "${KEYLINE_DATA:-$2/../shared}")/oracle
seed=${KEYLINE_SEED:-keyline}
count=${KEYLINE_CASES:-150}

[[ -f $recorded/dev.jsonl && -f $recorded/oracle.py ]] || skip "no recorded builds at $recorded"
start_engine "$@"

mkdir contexts
python3 "$tests/engine_cases.py" sample "$recorded/dev.jsonl" "$seed" "$count" >cases.jsonl
echo "$(wc -l <cases.jsonl) cases (seed '$seed') on $("$dockerd" --version)"
python3 "$recorded/oracle.py" run cases.jsonl built.jsonl --engine docker --docker "$docker" --addr "$DOCKER_HOST" \
  --work contexts
python3 "$tests/engine_cases.py" answers built.jsonl "$recorded/dev.jsonl" unbuilt.txt >answers.jsonl
"$conformance" --oracle answers.jsonl >report.txt || [[ $? == 1 ]]
grep '^steps predicted' report.txt
{ cat unbuilt.txt && grep -E '^[a-z]+[0-9]+  ' report.txt; } >differences.txt || true

# Lists of ids: built, known to differ, differing, and what these say about each other.
sed -E 's/^\{"id":"([^"]*)".*/\1/' built.jsonl | sort >built
{ grep -vE '^(#|$)' "$tests/engine_differences.txt" || true; } | cut -d ' ' -f 1 | sort | comm -12 - built >known
cut -d ' ' -f 1 differences.txt | sort -u >differing
comm -23 differing known >unexpected
comm -13 differing known >stale
comm -12 differing known | sed 's/$/  differs as engine_differences.txt says/'
grep -F -f unexpected differences.txt || true
sed 's/$/  is in engine_differences.txt, but the engine agrees/' stale
failed=$(cat unexpected stale | wc -l)
echo "$(($(wc -l <built) - failed)) passed, $failed failed"
[[ -s built && $failed == 0 ]]

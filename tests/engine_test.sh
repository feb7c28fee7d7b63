#!/usr/bin/env bash
# usage: engine_test.sh KEYLINE_CONFORMANCE SOURCE_FOLDER
# Has a real builder, the BuildKit inside Docker Engine 20.10, build a sample of the recorded cases again, and compares
# each step that it reused or ran with the prediction. The engine is private: it and its files are gone at the end,
# whatever the end is. Cases where this old engine is known to differ are in engine_differences.txt. $KEYLINE_SEED draws
# another sample, of $KEYLINE_CASES cases. Without the cases or the engine it says so and leaves with 3, which CTest
# counts as skipped.
set -euo pipefail

conformance=$(realpath "$1")
tests=$(realpath "$2")/tests
recorded=$(realpath --canonicalize-missing "${KEYLINE_DATA:-$2/../shared}")/oracle
seed=${KEYLINE_SEED:-keyline}
count=${KEYLINE_CASES:-150}
PATH=$PATH:/usr/sbin:/sbin

skip() {
  echo "skipped: $1"
  exit 3
}

# The first program of that name which is as old as the list of differences.
of_the_engine() {
  local program
  for program in $(type -ap "$1"); do
    if [[ $("$program" --version) == *' 20.10.'* ]]; then
      echo "$program"
      return
    fi
  done
  return 1
}

[[ -f $recorded/dev.jsonl && -f $recorded/oracle.py ]] || skip "no recorded builds at $recorded"
[[ $(id -u) == 0 ]] || skip 'only root can start a Docker engine of its own'
if ! dockerd=$(of_the_engine dockerd) || ! docker=$(of_the_engine docker) || ! type -p python3 busybox >/dev/null; then
  skip 'no Docker Engine 20.10 here; on Debian ./dev engine installs it'
fi

# In namespaces of its own, where this script is process 1, nothing that it starts or mounts outlives it; and it does
# not outlive the one that waits for it here.
if [[ -z ${KEYLINE_ENGINE_SCRATCH:-} ]]; then
  unshare --mount --pid --fork true 2>/dev/null || skip 'this machine lets nobody have a namespace'
  KEYLINE_ENGINE_SCRATCH=$(mktemp -d)
  export KEYLINE_ENGINE_SCRATCH
  trap 'rm -rf "$KEYLINE_ENGINE_SCRATCH"' EXIT
  status=0
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "${BASH_SOURCE[0]}" "$@" || status=$?
  exit "$status"
fi

scratch=$KEYLINE_ENGINE_SCRATCH
# In memory, because the engine flushes each layer it writes.
mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch/contexts"

export DOCKER_CONFIG=$scratch/config
address=unix://$scratch/docker.sock
"$dockerd" --bridge=none --iptables=false --ip6tables=false --data-root "$scratch/data" --exec-root "$scratch/exec" \
  --pidfile "$scratch/docker.pid" --host "$address" >"$scratch/engine.log" 2>&1 &
engine=$!
trap 'kill "$engine" && wait "$engine"' EXIT
until "$docker" --host "$address" version >/dev/null 2>&1; do
  if ! kill -0 "$engine" 2>/dev/null || ((SECONDS > 60)); then
    echo 'the engine did not start:'
    tail -n 5 "$scratch/engine.log"
    exit 1
  fi
  sleep 0.2
done

cd "$scratch"
python3 "$tests/engine_cases.py" sample "$recorded/dev.jsonl" "$seed" "$count" >cases.jsonl
echo "$(wc -l <cases.jsonl) cases (seed '$seed') on $("$dockerd" --version)"
python3 "$recorded/oracle.py" run cases.jsonl built.jsonl --engine docker --docker "$docker" --addr "$address" \
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

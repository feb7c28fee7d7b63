#!/bin/sh
# Measures the language server on Dockerfiles of 30, 300 and 3,000 lines: `./dev bench` builds the release and calls
# this. Extra arguments go to the benchmark client, so `./dev bench --sizes 300` and the like work.
# KEYLINE_DATA names the folder that holds the client (default: ../shared); without it there is nothing to run.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
keyline=$root/build/release/keyline
data=${KEYLINE_DATA:-$root/../shared}
client=$data/bench/lsp_bench.py
results=$root/build/bench-results

if [ ! -f "$client" ]; then
  echo "bench: skipped, the benchmark client is not there: $client (KEYLINE_DATA names another folder)"
  exit 0
fi
mkdir -p "$results"

# A copy, as an installation makes one: of a file that the linker has just written, the kernel maps larger pieces, and
# these would count as memory.
cp "$keyline" "$results/keyline"
set -- "$@" "keyline=$results/keyline lsp --stdio"

# The floor answers at once and does nothing: what the client, the pipes and the scheduler cost by themselves.
floor=$results/floor_lsp
[ -x "$floor" ] || c++ -O2 -std=c++20 -o "$floor" "$data/bench/floor_lsp.cpp"
set -- "$@" "floor=$floor"

# Peers, from `./dev bench --peers` or from the PATH. They get fewer edits: in a long file each costs them a tenth of a
# second or more.
PATH=$root/build/peers/node_modules/.bin:$root/build/peers/node_modules/@wharflab/tally-linux-x64/bin:$PATH
if command -v docker-langserver >/dev/null 2>&1; then
  set -- "$@" 'rcjsuen[edits=100]=docker-langserver --stdio'
fi
if command -v tally >/dev/null 2>&1; then
  # Without its embedded ShellCheck, which needs seconds for each edit, and without its limit on file size.
  set -- "$@" 'tally[edits=40]=tally lsp --stdio' \
    --put 'tally:.tally.toml=[rules]\nexclude = ["shellcheck/*"]\n[file-validation]\nmax-file-size = 0\n'
fi

python3 "$client" --sizes 30,300,3000 --heredoc-sizes '' --edits 200 --requests 50 --budget 8 --burst 1000 \
  --burst-rounds 2 --json "$results/run.json" --table "$results/run.md" "$@"
python3 "$root/tests/benchmarks/goals.py" "$results/run.json" | tee "$results/goals.md"

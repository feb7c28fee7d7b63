#!/bin/sh
# Measures a look at a large build directory: `./dev bench --context [--cold] [FILES [BYTES]]` builds context_bench and
# calls this. The directory is made under build/ and deleted afterwards. --cold also empties the page cache of the whole
# machine, several times, for which it has to be root.
# KEYLINE_DATA names the folder that may hold a program for the limits (default: ../shared); without it they are left out.
# shellcheck disable=SC2016  # backquotes are for Markdown
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
bench=$root/build/bench/context_bench
data=${KEYLINE_DATA:-$root/../shared}
work=$root/build/context-bench
tree=$work/tree
cache=$work/cache
rounds=5
cold=no
if [ "${1:-}" = --cold ]; then
  cold=yes
  shift
fi

mkdir -p "$work"
trap 'rm -rf "$tree" "$cache"' EXIT INT TERM
rm -rf "$tree" "$cache"
echo "making ${1:-100000} files, ${2:-2000000000} bytes"
python3 "$root/tests/benchmarks/context_tree.py" "$tree" "${1:-100000}" "${2:-2000000000}"

limits=
if [ -f "$data/bench/context/ctx_limits.cpp" ]; then
  limits=$work/ctx_limits
  [ -x "$limits" ] || c++ -O2 -std=c++20 -pthread -DWITH_XXH -o "$limits" "$data/bench/context/ctx_limits.cpp" \
    -lcrypto -lxxhash 2>/dev/null || limits=
fi
git=
if command -v git >/dev/null 2>&1; then
  # A repository beside the tree, whose own .git is just files here.
  git=$work/repository.git
  rm -rf "$git"
  git init -q --bare "$git"
  git --git-dir="$git" --work-tree="$tree" -c core.bare=false add -f -- packages data 2>/dev/null || git=
fi

# measure NAME COMMAND...: the best of some rounds, wall and CPU seconds, and the peak of memory.
measure() {
  python3 - "$rounds" "$@" <<'PY'
import os, resource, subprocess, sys, time
rounds, name, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
best = None
for _ in range(rounds):
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    if status:
        sys.exit("%s: %s failed" % (name, command[0]))
    row = (usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)
    best = row if best is None else tuple(map(min, best, row))
print("| %s | %.3f | %.3f | %.0f |" % (name, best[1], best[0], best[2]))
PY
}

forget_pages() { sync && { echo 3 >/proc/sys/vm/drop_caches; } 2>/dev/null; }

echo '| warm, best of '"$rounds"' | wall s | CPU s | MiB |'
echo '|---|---:|---:|---:|'
"$bench" hash "$tree" "$cache" >/dev/null
measure 'keyline: walk and .dockerignore' "$bench" list "$tree" -
[ -z "$limits" ] || measure 'limit: the same by hand (`ctx_limits match`)' "$limits" match "$tree" 1
measure 'keyline: nothing changed' "$bench" hash "$tree" "$cache"
measure 'keyline: hash of what is sent' "$bench" hash "$tree" -
rounds=2
mv "$tree/.dockerignore" "$work/dockerignore"
measure 'keyline: hash of everything' "$bench" hash "$tree" -
"$bench" hash "$tree" "$cache" >/dev/null
rounds=5
measure 'keyline: nothing changed, everything' "$bench" hash "$tree" "$cache"
mv "$work/dockerignore" "$tree/.dockerignore"
rounds=2
[ -z "$limits" ] || measure 'limit: XXH3 of everything (`ctx_limits xxh3`)' "$limits" xxh3 "$tree" 1
rounds=5
measure '`find -type f`' find "$tree" -type f
measure '`find -printf %s`' find "$tree" -printf '%s\n'
[ -z "$git" ] || measure '`git status -uno` (packages and data)' git --git-dir="$git" --work-tree="$tree" -c core.bare=false status -uno --porcelain

rounds=1
if [ "$cold" = yes ] && forget_pages; then
  echo
  echo '| cold | wall s | CPU s | MiB |'
  echo '|---|---:|---:|---:|'
  measure 'keyline: walk and .dockerignore' "$bench" list "$tree" -
  forget_pages
  measure '`find -printf %s`' find "$tree" -printf '%s\n'
  forget_pages
  measure 'keyline: hash of what is sent' "$bench" hash "$tree" -
elif [ "$cold" = yes ]; then
  echo 'cold: skipped, only root can empty the page cache'
fi
rm -rf "$work/repository.git"

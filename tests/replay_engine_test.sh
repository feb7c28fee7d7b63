#!/usr/bin/env bash
# usage: replay_engine_test.sh KEYLINE SOURCE_FOLDER
# Holds what `keyline replay` and `keyline diff` say of this repository's last commits to a real builder, which builds
# each of them behind the one before (replay/engine.py). $KEYLINE_COMMITS are that many commits, instead of ten. Without
# the engine or the commits, as in a shallow clone, it says so and leaves with 3, which CTest counts as skipped.
set -euo pipefail
# shellcheck source=tests/private_engine.sh
. "${BASH_SOURCE[0]%/*}/private_engine.sh"

keyline=$(realpath "$1")
source_folder=$(realpath "$2")
commits=${KEYLINE_COMMITS:-10}

# Its owner may be somebody else than root. Nothing else of a user's settings, which may change what is checked out.
known() { git -c safe.directory='*' -C "$source_folder" rev-list --first-parent --count HEAD 2>/dev/null; }
# The first commit of all has nothing before it.
if ! known=$(known) || ((known <= commits)); then
  skip "$source_folder is no git repository with more than $commits commits, or a shallow clone of it"
fi
start_engine "$keyline" "$source_folder"

printf '[safe]\n\tdirectory = *\n[advice]\n\tdetachedHead = false\n' >gitconfig
export GIT_CONFIG_GLOBAL=$scratch/gitconfig GIT_CONFIG_SYSTEM=/dev/null XDG_CACHE_HOME=$scratch/cache
git clone -q "$source_folder" repository
PYTHONDONTWRITEBYTECODE=1 python3 "$source_folder/tests/replay/engine.py" "$keyline" "$docker" repository "$commits"

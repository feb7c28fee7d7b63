# Sourced by the tests that ask a real builder, the BuildKit inside Docker Engine 20.10: `start_engine "$@"` runs the
# script again in namespaces of its own, with an engine that is gone at the end together with its files, whatever the end
# is. It leaves $docker (the client, which finds that engine by itself), $dockerd and $scratch (in memory, and the working
# directory). `skip REASON` leaves with 3, which CTest counts as skipped.
# shellcheck shell=bash

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

start_engine() {
  [[ $(id -u) == 0 ]] || skip 'only root can start a Docker engine of its own'
  if ! dockerd=$(of_the_engine dockerd) || ! docker=$(of_the_engine docker) || ! type -p python3 busybox >/dev/null; then
    skip 'no Docker Engine 20.10 here; on Debian ./dev engine installs it'
  fi

  # In namespaces of its own, where the script is process 1, nothing that it starts or mounts outlives it; and it does
  # not outlive the one that waits for it here.
  if [[ -z ${KEYLINE_ENGINE_SCRATCH:-} ]]; then
    unshare --mount --pid --fork true 2>/dev/null || skip 'this machine lets nobody have a namespace'
    KEYLINE_ENGINE_SCRATCH=$(mktemp -d)
    export KEYLINE_ENGINE_SCRATCH
    trap 'rm -rf "$KEYLINE_ENGINE_SCRATCH"' EXIT
    local status=0
    setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "$0" "$@" || status=$?
    exit "$status"
  fi

  scratch=$KEYLINE_ENGINE_SCRATCH
  # In memory, because the engine flushes each layer it writes.
  mount -t tmpfs tmpfs "$scratch"
  cd "$scratch" || exit

  export DOCKER_CONFIG=$scratch/config DOCKER_HOST=unix://$scratch/docker.sock DOCKER_BUILDKIT=1
  "$dockerd" --bridge=none --iptables=false --ip6tables=false --data-root "$scratch/data" --exec-root "$scratch/exec" \
    --pidfile "$scratch/docker.pid" --host "$DOCKER_HOST" >"$scratch/engine.log" 2>&1 &
  engine=$!
  trap 'kill "$engine" && wait "$engine"' EXIT
  until "$docker" version >/dev/null 2>&1; do
    if ! kill -0 "$engine" 2>/dev/null || ((SECONDS > 60)); then
      echo 'the engine did not start:'
      tail -n 5 "$scratch/engine.log"
      exit 1
    fi
    sleep 0.2
  done
}

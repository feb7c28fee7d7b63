#!/usr/bin/env bash
# usage: packages_test.sh PACKAGES
# What `./dev package` made, put where users put it: the binary alone into an empty root, the deb into a minimal Debian, the
# rpm into a root that has nothing but rpm's database, the archive into a folder. Each has to run there, and leave nothing
# behind when it is removed. Only root may chroot: without that, or without the packages, it says so and leaves with 3,
# which CTest counts as skipped. KEYLINE_SUITE is the Debian to install on.
set -euo pipefail

packages=$1
suite=${KEYLINE_SUITE:-bullseye}

skip() {
  echo "skipped: $1"
  exit 3
}
[[ -f $packages/SHA256SUMS ]] || skip "no packages in $packages; ./dev package makes them"
[[ $(id -u) == 0 ]] || skip 'only root can install packages'
for program in mmdebstrap rpm readelf; do
  type -p "$program" >/dev/null || skip "no $program here; ./dev package --test installs it"
done
packages=$(realpath "$packages")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

passed=0 failed=0
check() { # NAME COMMAND...
  local name=$1
  shift
  if "$@" >"$scratch/output" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'not so: %s\n' "$name"
    sed 's/^/  /' "$scratch/output"
  fi
}
same() { diff -u <(printf '%s\n' "$1") <(printf '%s\n' "$2"); }

check 'the checksums are those of the files' sh -c "cd '$packages' && sha256sum --check --strict SHA256SUMS"
check 'each file has a checksum' same "$(cd "$packages" && ls -- *.deb *.rpm *.tar.gz *.tgz)" \
  "$(sed 's/^[^ ]*  //' "$packages/SHA256SUMS" | LC_ALL=C.UTF-8 sort)"

# ---- the archive, and the binary in it

tar -xzf "$packages"/keyline-*-linux-x86_64.tar.gz
archive=$(echo keyline-*-linux-x86_64)
binary=$scratch/$archive/bin/keyline
version=$("$binary" --version)
check 'the archive holds one folder' same "$archive" "$(find . -mindepth 1 -maxdepth 1 -type d -name '*-*' -printf '%f')"

kernel_abi() { readelf -nW "$binary" | sed -n 's/.*OS: Linux, ABI: //p'; }
check 'the binary is smaller than 8 MB' test "$(stat -c %s "$binary")" -lt 8000000
check 'it needs no library and no loader' sh -c "! readelf -lW '$binary' | grep -E 'INTERP|DYNAMIC'"
check 'it needs no kernel newer than 3.2' same 3.2.0 "$(printf '%s\n' "$(kernel_abi)" 3.2.0 | sort -V | tail -n 1)"

# No /proc, /dev, /etc, /tmp or HOME: nothing but the program and a project.
mkdir -p bare/project
cp "$binary" bare/
printf 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n' >bare/project/Dockerfile
printf '{}\n' | tee bare/project/package.json >bare/project/package-lock.json
in_bare() { env -i "$(type -p chroot)" bare /keyline "$@"; }
check 'it runs where there is nothing else' same "$version" "$(in_bare --version)"
finds_fault() {
  local output
  output=$(in_bare check project) && return 1
  [[ $? == 1 && $output == *copy-before-install* ]]
}
check 'it finds a fault there' finds_fault
frame() { printf 'Content-Length: %d\r\n\r\n%s' "${#1}" "$1"; }
serves() {
  local answer
  answer=$({
    frame '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}'
    frame '{"jsonrpc":"2.0","id":2,"method":"shutdown"}'
    frame '{"jsonrpc":"2.0","method":"exit"}'
  } | in_bare lsp --stdio)
  [[ $answer == *'"hoverProvider"'* ]]
}
check 'it serves an editor there' serves
check 'it repairs a file there' in_bare fix project
check 'nothing is left but the repaired project' same \
  'bare bare/keyline bare/project bare/project/Dockerfile bare/project/package-lock.json bare/project/package.json' \
  "$(find bare | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')"

manual() { gzip -dc "$archive/share/man/man1/keyline.1.gz" | head -n 1; }
check 'the manual page is one' test "$(manual | cut -d' ' -f1,2)" = '.TH KEYLINE'
check 'bash completes with what is in it' bash -c "source '$archive/share/bash-completion/completions/keyline' && complete -p keyline"
if type -p nvim >/dev/null; then
  finds_plugin() {
    XDG_DATA_DIRS=$scratch/$archive/share XDG_DATA_HOME=$scratch/none nvim --headless --clean \
      +"lua vim.cmd(pcall(require, 'keyline') and 'quit' or 'cquit')"
  }
  check 'Neovim finds the plugin by itself' finds_plugin
fi

# ---- the deb on a minimal Debian

if mmdebstrap --quiet --variant=minbase "$suite" debian 2>mmdebstrap.log; then
  cp "$packages"/keyline_*.deb debian/keyline.deb
  cp -R bare/project debian/project
  in_debian() { chroot debian env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
  # What dpkg and apt write down of their own work is no leftover of the package.
  files() { find debian -xdev \( -path debian/var/lib/dpkg -o -path debian/var/lib/apt -o -path debian/var/cache -o -path debian/var/log \) -prune -o -print | LC_ALL=C sort; }
  before=$(files)
  check "the deb installs on a minimal $suite" in_debian apt-get install -q -y /keyline.deb
  check 'its program runs' same "$version" "$(in_debian keyline --version)"
  check 'its program checks' in_debian keyline check --fail-on error /project
  check 'dpkg finds its files as they were packed' same '' "$(in_debian dpkg --verify keyline)"
  check 'no file of it can be written by others' same '' \
    "$(in_debian dpkg -L keyline | while read -r path; do find "debian$path" -maxdepth 0 -perm /022; done)"
  check 'the deb is removed' in_debian apt-get purge -q -y keyline
  check 'it leaves nothing behind' same "$before" "$(files)"
else
  cat mmdebstrap.log
  echo "no $suite to be had: the deb is installed nowhere"
  failed=$((failed + 1))
fi

# ---- the rpm in a root of its own

# Packages may count on what Fedora's package `filesystem` brings.
mkdir -p rpm/usr/bin rpm/usr/share/{doc,man/man1,bash-completion/completions}
in_rpm() { rpm --root "$scratch/rpm" "$@"; }
in_rpm --initdb
files() { find rpm -path rpm/var -prune -o -print | LC_ALL=C sort; }
before=$(files)
check 'the rpm asks for nothing' same '' "$(rpm -qp --requires "$packages"/*.rpm | grep -v '^rpmlib(' || true)"
check 'the rpm installs' in_rpm --install "$packages"/*.rpm
check 'its program runs in a root without a library' same "$version" "$(env -i "$(type -p chroot)" rpm /usr/bin/keyline --version)"
check 'rpm finds its files as they were packed' in_rpm --verify keyline
check 'the rpm is removed' in_rpm --erase keyline
check 'it leaves nothing behind' same "$before" "$(files)"

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]

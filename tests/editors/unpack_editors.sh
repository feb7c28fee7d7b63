#!/bin/sh
# usage: unpack_editors.sh FOLDER SUITE PACKAGE...
# Unpacks editors of another Debian suite under FOLDER without installing them, and leaves starters in FOLDER/bin. Needs
# mmdebstrap and patchelf. Does nothing where the same packages lie there already. A suite that cannot be had is said and
# leaves no folder: the tests of its editors then skip.
set -eu

folder=$1
suite=$2
shift 2
wanted="$suite $*"
if [ "$(cat "$folder/.unpacked" 2>/dev/null || :)" = "$wanted" ]; then exit 0; fi

give_up() {
  echo "editors: goes on without those of Debian $suite: $1"
  exit 0
}

for program in mmdebstrap patchelf; do
  command -v "$program" >/dev/null 2>&1 || give_up "no $program on this machine"
done
loader=lib64/ld-linux-x86-64.so.2 libraries=lib/x86_64-linux-gnu
if [ "$(uname -m)" = aarch64 ]; then loader=lib/ld-linux-aarch64.so.1 libraries=lib/aarch64-linux-gnu; fi

# The mirror that this machine uses, in either form of apt's lists.
mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null | grep -v security | head -n 1)
[ -n "$mirror" ] || mirror=$(sed -n 's/^deb \(\[[^]]*\] \)*\([^ ]*\) .*/\2/p' /etc/apt/sources.list 2>/dev/null | head -n 1)
[ -n "$mirror" ] || give_up 'no Debian mirror in the lists of apt'

mkdir -p "$(dirname "$folder")"
folder=$(cd "$(dirname "$folder")" && pwd)/$(basename "$folder")
rm -rf "$folder"
packages=$(IFS=,; echo "$*")
# Suites in motion are often past the date until which their lists are valid.
mmdebstrap --quiet --variant=extract --aptopt='Acquire::Check-Valid-Until "false"' --include="$packages" \
  "$suite" "$folder" "deb $mirror $suite main" >"$folder.log" 2>&1 || {
  rm -rf "$folder"
  give_up "$(tail -n 1 "$folder.log")"
}

# Bound to the libraries that came along, so that the editor runs here and what it starts uses the system's.
bind() {
  patchelf --set-interpreter "$folder/usr/$loader" --force-rpath --set-rpath "$folder/usr/$libraries" "$folder/$1"
}

mkdir -p "$folder/bin"
# starter NAME PROGRAM: a script in bin that sets up, as standard input says, and becomes the program.
starter() {
  bind "$2"
  {
    echo '#!/bin/sh'
    cat
    echo "exec '$folder/$2' \"\$@\""
  } >"$folder/bin/$1"
  chmod +x "$folder/bin/$1"
}

if [ -f "$folder/usr/bin/nvim" ]; then
  # The tree-sitter parsers, which draw Markdown, lie beside the runtime.
  starter nvim usr/bin/nvim <<SH
export VIMRUNTIME='$folder/usr/share/nvim/runtime'
set -- --cmd 'set runtimepath^=$folder/usr/lib/nvim' "\$@"
SH
fi
echo "$wanted" >"$folder/.unpacked"

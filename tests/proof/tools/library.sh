# Read by every stand-in tool: what package managers have in common. Busybox is the shell.
# shellcheck shell=sh

tool=${0##*/}
set -eu

# package_file NAME: a name that fits into one file name, without version
package_file() {
  case $1 in
    @*) name=$(echo "${1#@}" | sed 's/@.*//; s/^/@/') ;;
    *) name=${1%%[@=<>~]*} ;;
  esac
  echo "$name" | tr / +
}

# fetch DIRECTORY NAME: takes a package from the cache, or from the network and keeps it. No directory: no cache.
fetch() {
  file=$(package_file "$2")
  if [ -n "$1" ] && [ -e "$1/$file" ]; then
    echo "reuse $tool $file"
    return
  fi
  echo "download $tool $file"
  [ -z "$1" ] || { mkdir -p "$1" && echo "$file" >"$1/$file"; }
}

# unpack DIRECTORY NAME: what the installed package is in the image
unpack() {
  mkdir -p "$1"
  echo "$tool installed $(package_file "$2")" >"$1/$(package_file "$2")"
}

# names_in KEY FILE: the names of the object KEY of a JSON file
names_in() {
  [ -e "$2" ] || return 0
  tr -d '\n' <"$2" | sed -n "s/.*\"$1\" *: *{\([^}]*\)}.*/\1/p" | grep -o '"[^"]*" *:' | tr -d '": ' || true
}

# compile OUTPUT PATTERN...: a result that is made of the sources below the working directory
compile() {
  output=$1
  shift
  case $output in ?*/*) mkdir -p "${output%/*}" ;; esac
  find . -xdev -type f \( -name "$1" -o -name "${2:-$1}" \) ! -path './node_modules/*' | sort | xargs -r cat | md5sum >"$output"
}

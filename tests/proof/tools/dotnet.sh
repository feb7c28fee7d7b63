#!/bin/sh
# dotnet: what came over HTTP is one directory, the packages that builds read another.
# shellcheck source=tests/proof/tools/library.sh
. /usr/local/bin/library.sh

verb=${1:-} output='' previous='' restore=yes
http=${NUGET_HTTP_CACHE_PATH:-${XDG_DATA_HOME:-$HOME/.local/share}/NuGet/http-cache}
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
for word in "$@"; do
  case $previous in -o | --output) output=$word ;; esac
  case $word in --no-restore) restore='' ;; --no-cache | --no-http-cache) http='' ;; esac
  previous=$word
done
wanted=$(grep -ho 'PackageReference Include="[^"]*' ./*.csproj | sed 's/.*"//')
for package in $wanted; do
  if [ -z "$restore" ]; then
    [ -e "$packages/$package" ]
  elif [ ! -e "$packages/$package" ]; then
    fetch "$http" "$package"
    unpack "$packages" "$package"
  fi
done
[ "$verb" != publish ] || compile "${output:-bin}/app.dll" '*.cs'

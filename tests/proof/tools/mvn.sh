#!/bin/sh
# Maven: what it fetched and what it installed lie in one repository.
# shellcheck source=tests/proof/tools/library.sh disable=SC2013  # no name holds a blank
. /usr/local/bin/library.sh

verb='' repository=$HOME/.m2/repository
for word in "$@"; do
  case $word in
    -Dmaven.repo.local=*) repository=${word#*=} ;;
    -*) ;;
    *) verb=$word ;;
  esac
done
[ -e pom.xml ]
for artefact in $(grep -o '<artifactId>[^<]*' pom.xml | sed 's/.*>//'); do fetch "$repository" "$artefact"; done
case $verb in
  package | install) compile target/app.jar '*.java' ;;
esac

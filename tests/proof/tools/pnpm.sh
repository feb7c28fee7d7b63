#!/bin/sh
# pnpm: every file comes out of its store.
# shellcheck source=tests/proof/tools/library.sh
. /usr/local/bin/library.sh

verb=${1:-}
store=${npm_config_store_dir:-${NPM_CONFIG_STORE_DIR:-}}
[ -n "$store" ] || [ -z "${PNPM_HOME:-}" ] || store=$PNPM_HOME/store
store=${store:-${XDG_DATA_HOME:-$HOME/.local/share}/pnpm/store}
case $verb in
  install | i)
    [ -e package.json ]
    mkdir -p node_modules
    for package in $(names_in dependencies package.json) $(names_in devDependencies package.json); do
      fetch "$store/v3" "$package"
      unpack node_modules "$package"
    done
    ;;
  run) compile dist/server.js '*.js' '*.ts' ;;
esac

#!/usr/bin/env node
// Runs the binary of this platform's package as if it had been called itself: same arguments, streams, signals and
// exit code. A language server lives for hours, so nothing is read into memory here and nothing waits.
'use strict';

const { spawn } = require('node:child_process');

const platform = `${process.platform}-${process.arch}`;
let binary;
try {
  binary = require.resolve(`@keyline/${platform}/bin/keyline`);
} catch {
  const built = Object.keys(require('../package.json').optionalDependencies).map((name) => name.split('/')[1]);
  console.error(
    built.includes(platform)
      ? `keyline: the package @keyline/${platform} is missing; was npm told to leave out optional dependencies?`
      : `keyline: there is no binary for ${platform}, only for ${built.join(', ')}; it can be built from source`
  );
  process.exit(2);
}

const child = spawn(binary, process.argv.slice(2), { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`keyline: ${binary}: ${error.message}`);
  process.exit(2);
});
child.on('exit', (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  } else {
    process.exit(code);
  }
});

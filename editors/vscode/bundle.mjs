// Makes dist/: the extension for Node, and the script of the stage graph's page.
import { build } from 'esbuild';

const common = { bundle: true, minify: true, legalComments: 'none', logLevel: 'warning' };
await build({
  ...common,
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
});
await build({
  ...common,
  entryPoints: ['src/webview/stageGraph.ts'],
  outfile: 'dist/stageGraph.js',
  platform: 'browser',
  target: 'chrome122',
  format: 'iife',
});

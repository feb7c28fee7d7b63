// Packs what bundle.mjs made as an extension for one platform, in a folder of its own so that nothing else gets in:
// node pack.mjs --target linux-x64 --out FILE.vsix [--binary PROGRAM]
// With SOURCE_DATE_EPOCH set, the same input gives the same bytes.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import vsce from '@vscode/vsce';

const { values } = parseArgs({ options: { target: { type: 'string' }, out: { type: 'string' }, binary: { type: 'string' } } });
if (!values.target || !values.out) throw new Error('pack: --target and --out are needed');

const stage = path.resolve('package');
fs.rmSync(stage, { recursive: true, force: true });
fs.mkdirSync(path.join(stage, 'server'), { recursive: true });
for (const name of ['dist', 'media', 'walkthrough', 'README.md', 'CHANGELOG.md', 'LICENSE', 'images/icon.png']) {
  fs.cpSync(name, path.join(stage, name), { recursive: true });
}
const { scripts, devDependencies, ...manifest } = JSON.parse(fs.readFileSync('package.json', 'utf8'));
fs.writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
if (values.binary) {
  const name = values.target.startsWith('win32') ? 'keyline.exe' : 'keyline';
  fs.copyFileSync(values.binary, path.join(stage, 'server', name));
}
// Permissions are part of the package and must not hang on whose checkout this is.
for (const entry of fs.readdirSync(stage, { recursive: true, withFileTypes: true })) {
  const isProgram = path.basename(entry.parentPath ?? entry.path) === 'server';
  fs.chmodSync(path.join(entry.parentPath ?? entry.path, entry.name), entry.isDirectory() || isProgram ? 0o755 : 0o644);
}
const out = path.resolve(values.out);
fs.mkdirSync(path.dirname(out), { recursive: true });
await vsce.createVSIX({ cwd: stage, packagePath: out, target: values.target, dependencies: false });

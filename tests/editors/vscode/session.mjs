// The main job as a user of VS Code meets it: open a Dockerfile, see what is wrong, ask why, apply the fix, look at the
// whole build in the stage graph and go from there to a line; see what the next build does; be told when keyline is
// missing; open the Compose file. Pictures of each moment are left in the folder for them.
// usage: node session.mjs KEYLINE SOURCE_FOLDER VSIX CHROMIUM SCRATCH SHOTS
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Workbench } from './workbench.mjs';

const [keyline, source, vsix, chromium, scratch, shots] = process.argv.slice(2);
let passed = 0;
let failed = 0;

function ok(name) {
  passed++;
  console.log(`ok ${passed + failed} - ${name}`);
}

function folderOf(name, from) {
  const folder = path.join(scratch, name);
  fs.cpSync(path.join(source, from), folder, { recursive: true });
  return folder;
}

const environment = { XDG_CACHE_HOME: path.join(scratch, 'cache') };
const bench = await Workbench.start({
  packages: path.join(source, 'build/editors/node_modules'),
  chromium,
  vsix,
  scratch,
  shots,
  environment,
  settings: {
    'keyline.path': keyline,
    'workbench.startupEditor': 'none',
    'workbench.tips.enabled': false,
    'workbench.colorTheme': 'Default Dark Modern',
    'window.commandCenter': false,
    'workbench.layoutControl.enabled': false,
    'extensions.autoCheckUpdates': false,
    'extensions.ignoreRecommendations': true,
    'telemetry.telemetryLevel': 'off',
    'git.enabled': false,
    'chat.disableAIFeatures': true,
    'files.autoSave': 'off',
    'editor.minimap.enabled': false,
    'editor.lightbulb.enabled': 'off',
    'editor.hover.delay': 100,
    'editor.hover.sticky': true,
    'editor.fontSize': 13,
    'breadcrumbs.enabled': false,
  },
});

// What is wrong shows without being asked for.
async function seeWhatIsWrong() {
  await bench.page.locator('.editor-instance .squiggly-warning').first().waitFor({ state: 'attached' });
  ok('a squiggle stands under what is wrong');
  await bench.until('hints', async () => (await bench.text('.editor-instance .view-line')).includes('re-runs with 14 files of line 11'));
  ok('a hint at the end of the line says what re-runs it');
  await bench.until('a lens', async () => (await bench.text('.editor-instance .codelens-decoration')).includes('5 steps, 3 re-run on context edits'));
  ok('a lens above the stage counts its steps');
  await bench.until('marks', async () => (await bench.page.locator('.glyph-margin-widgets [class*="ced-"], .margin [class*="ced-"]').count()) >= 4);
  ok('each step has a mark in the gutter');
}

async function askWhy() {
  const hover = bench.page.locator('.monaco-hover:not(.hidden) .hover-contents', { hasText: 'Cache key inputs' }).first();
  // A hover asked for while the editor lays out anew is dropped.
  await bench.until('a hover', async () => {
    await bench.clickWord('RUN npm ci', 'npm');
    await bench.page.keyboard.press('Control+k');
    await bench.page.keyboard.press('Control+i');
    return hover.waitFor({ timeout: 4000 }).then(() => true, () => false);
  });
  assert.match(await hover.innerText(), /step above[^]*COPY \. \./);
  ok('the hover lists what the cache key is made of');
  await bench.shot('hover');
  await bench.page.keyboard.press('Escape');
}

async function repair(folder) {
  const file = path.join(folder, 'Dockerfile');
  const before = fs.readFileSync(file, 'utf8');
  await bench.clickWord('COPY . .', 'COPY');
  await bench.page.keyboard.press('Control+.');
  const row = bench.page.locator('.action-widget .monaco-list-row.action', { hasText: 'package.json' }).first();
  await row.waitFor();
  await bench.shot('quick-fix');
  // A transparent layer covers the menu until the pointer moves over it.
  const place = await row.boundingBox();
  await bench.page.mouse.move(place.x + 30, place.y + 4);
  await bench.page.mouse.move(place.x + 40, place.y + place.height / 2);
  await row.click();
  await bench.line('COPY package.json package-lock.json ./').waitFor();
  await bench.page.keyboard.press('Control+s');
  await bench.until('the file is saved', () => fs.readFileSync(file, 'utf8') !== before);
  assert.equal(
    fs.readFileSync(file, 'utf8'),
    before.replace('COPY . .\nRUN npm ci\n', 'COPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n'),
  );
  ok('the fix from the menu is in the saved file, and nothing else');
}

async function openGraph() {
  await bench.page.locator('.editor-actions [aria-label*="Show Stage Graph"]').first().click();
  const page = bench.webview();
  await page.locator('.stage').first().waitFor();
  return page;
}

async function status() {
  return bench.text('#workbench\\.parts\\.statusbar');
}

async function useGraph() {
  const page = await openGraph();
  assert.equal(await page.locator('.stage').count(), 5);
  assert.equal(await page.locator('.line').count(), 4);
  await page.locator('.step.reruns').first().waitFor();
  assert.match(await page.locator('.step', { hasText: 'RUN npm run build' }).innerText(), /re-runs/);
  assert.match(await page.locator('.step', { hasText: 'npm ci' }).getAttribute('class'), /\bcached\b/);
  assert.match(await page.locator('.step', { hasText: '--from=web' }).getAttribute('class'), /\bdepends\b/);
  ok('the stage graph shows what the next build does with each step');
  await page.locator('.step', { hasText: 'go build -o' }).hover();
  await bench.shot('graph');
  await page.locator('.step', { hasText: 'go build -o' }).click();
  await bench.until('the editor jumps', async () => /Ln 16,/.test(await status()));
  ok('a click on a step goes to its line');
  await page.locator('.step', { hasText: 'go build -o' }).focus();
  for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'Enter']) await bench.page.keyboard.press(key);
  await bench.until('the editor jumps', async () => /Ln 4,/.test(await status()));
  ok('so do arrow keys and Enter');
  return page;
}

async function follow(page) {
  await bench.clickWord('go build -o', 'build');
  await page.locator('.step.cursor', { hasText: 'go build -o' }).waitFor();
  ok('the graph marks the step of the cursor');
  await bench.page.keyboard.press('Control+Home');
  await bench.page.keyboard.type('FROM scratch AS typed\n');
  await page.locator('.stage', { hasText: 'typed' }).first().waitFor();
  assert.equal(await page.locator('.stage').count(), 6);
  ok('it follows the text as it is typed');
  // Typing is undone in pieces; there is nothing else to undo.
  await bench.until('the text is as it was', async () => {
    if ((await page.locator('.stage').count()) === 5) return true;
    await bench.page.keyboard.press('Control+z');
    return false;
  });
}

async function clickLens(page) {
  await bench.page.locator('.editor-instance .codelens-decoration a', { hasText: /all cached|re-run|step/ }).first().click();
  await page.locator('.stage:focus').waitFor();
  ok('a click on a lens shows its stage in the graph');
}

async function readStatus() {
  // It is shown for the editor that is used, and that was the graph.
  await bench.clickWord('go build -o', 'build');
  await bench.page.locator('#status\\.languageStatus').first().hover();
  await bench.until('the status', async () => /Build directory: \d+ entries/.test(await bench.text('.hover-language-status, .monaco-hover')));
  assert.match(await bench.text('.hover-language-status, .monaco-hover'), /keyline \d+\.\d+\.\d+/);
  assert.match(await bench.text('.hover-language-status, .monaco-hover'), /Next build: forecast/);
  ok('the language status says what keyline knows');
  await bench.shot('status');
}

async function beToldWhenMissing() {
  bench.set({ 'keyline.path': '/nowhere/keyline' });
  const message = bench.page.locator('.notification-toast', { hasText: '/nowhere/keyline, which is not a program' }).first();
  await message.waitFor();
  for (const action of ['Open Settings', 'How to Install', 'Try Again']) await message.locator('.monaco-button', { hasText: action }).waitFor();
  ok('a program that is missing is told, with what can be done');
  await bench.shot('missing');
  bench.set({ 'keyline.path': keyline });
  await bench.until('hints', async () => (await bench.text('.editor-instance .view-line')).includes('cached'));
  ok('it starts as soon as the setting is right');
}

async function seeBuildFile() {
  await bench.page.locator('.editor-instance .squiggly-warning').first().waitFor({ state: 'attached' });
  ok('an argument that no ARG takes is underlined in compose.yaml');
  await bench.shot('compose');
}

// A build of this state is remembered, then one source is another.
function rememberBuild(folder) {
  const done = spawnSync(keyline, ['record', path.join(folder, 'Dockerfile')], { cwd: folder, encoding: 'utf8', env: { ...process.env, ...environment } });
  assert.equal(done.status, 0, done.stderr);
  fs.appendFileSync(path.join(folder, 'web/src/main.ts'), '// changed\n');
}

try {
  const relay = folderOf('relay', 'tests/samples/node-service');
  await bench.open(relay, 'Dockerfile', { width: 1200, height: 640 });
  await seeWhatIsWrong();
  await askWhy();
  await repair(relay);
  const shop = folderOf('shop', 'tests/editors/vscode/shop');
  rememberBuild(shop);
  await bench.open(shop, 'Dockerfile');
  await bench.page.locator('.editor-instance .codelens-decoration').first().waitFor();
  const page = await useGraph();
  await follow(page);
  await clickLens(page);
  await readStatus();
  await beToldWhenMissing();
  await bench.open(shop, 'compose.yaml');
  await seeBuildFile();
} catch (error) {
  failed++;
  console.log(`not ok ${passed + failed} - ${error.stack}`);
  await bench.shot('failure').catch(() => {});
} finally {
  await bench.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

// The main job as a user of VS Code meets it: open a Dockerfile, see what is wrong, ask why, apply the fix, look at the
// whole build in the stage graph and go from there to a line; see what the next build does, and build; be told when
// keyline is missing; open the Compose file and the Bake file; look at what strangers wrote before trusting it. Pictures
// of each moment are left in the folder for them.
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

// Stands for docker, and notes what was asked of it and where.
const dockerLog = path.join(scratch, 'docker.log');
const programs = path.join(scratch, 'bin');
fs.mkdirSync(programs, { recursive: true });
fs.writeFileSync(path.join(programs, 'docker'), `#!/bin/sh\necho "$PWD: $*" >>'${dockerLog}'\n`, { mode: 0o755 });

function builds() {
  return fs.existsSync(dockerLog) ? fs.readFileSync(dockerLog, 'utf8').trimEnd().split('\n') : [];
}

const environment = {
  XDG_CACHE_HOME: path.join(scratch, 'cache'),
  // Without a keyline, which may be installed here.
  PATH: [programs, ...process.env.PATH.split(':').filter((folder) => !fs.existsSync(path.join(folder, 'keyline')))].join(':'),
};
const bench = await Workbench.start({
  packages: path.join(source, 'build/editors/node_modules'),
  chromium,
  vsix,
  scratch,
  shots,
  environment,
  settings: {
    'keyline.path': keyline,
    'security.workspace.trust.enabled': false,
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
    if ((await bench.page.locator('.tab.dirty').count()) === 0) return true;
    await bench.page.keyboard.press('Control+z');
    return false;
  });
  await bench.until('the graph is as it was', async () => (await page.locator('.stage').count()) === 5);
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

async function hints(text) {
  await bench.until(`the hint ${text}`, async () => (await bench.text('.editor-instance .view-line')).includes(text));
}

async function reloadWindow() {
  await bench.reload('Stage Graph: Dockerfile');
  const page = bench.webview();
  await page.locator('.step.reruns').first().waitFor();
  assert.equal(await page.locator('.stage').count(), 5);
  await page.locator('.step', { hasText: 'go build -o' }).click();
  await bench.until('the editor jumps', async () => /Ln 16,/.test(await status()));
  ok('the stage graph is there again after the window was reloaded, and leads to its lines');
  return page;
}

// The least contrast of these elements, or of colours that a picture in them has, with what lies behind, as WCAG counts.
function leastContrast(locator, property, colours) {
  return locator.evaluateAll(
    (elements, [property, colours]) => {
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const luminance = (paints) => {
        for (const paint of paints) {
          canvas.fillStyle = paint;
          canvas.fillRect(0, 0, 1, 1);
        }
        const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => {
          const part = byte / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
      };
      const contrasts = elements.flatMap((element) => {
        const behind = [];
        for (let each = element; each; each = each.parentElement) behind.unshift(getComputedStyle(each).backgroundColor);
        const back = luminance(behind);
        return (colours ?? [getComputedStyle(element)[property]]).map((colour) => {
          const front = luminance([...behind, colour]);
          return Math.max(front, back) / Math.min(front, back);
        });
      });
      return Math.min(...contrasts);
    },
    [property, colours],
  );
}

function colourOfMark(name) {
  const picture = fs.readFileSync(path.join(source, `editors/vscode/media/mark-${name}.svg`), 'utf8');
  return picture.match(/#[0-9a-f]{6}/gi);
}

async function readInEveryTheme(page) {
  const themes = [
    ['Default Light Modern', 'vscode-light', 'light'],
    ['Default High Contrast', 'vscode-high-contrast', 'contrast'],
    ['Default High Contrast Light', 'vscode-high-contrast-light', 'contrast-light'],
    ['Default Dark Modern', 'vscode-dark', 'dark'],
  ];
  for (const [theme, className, name] of themes) {
    bench.set({ 'workbench.colorTheme': theme });
    await page.locator(`body.${className}`).waitFor();
    const atLeast = async (least, what, ...about) => {
      // The workbench and its page take a theme one after the other.
      let seen = 0;
      await bench.until(`${what} to be legible in ${theme}`, async () => (seen = await leastContrast(...about)) >= least).catch((error) => {
        throw new Error(`${error.message}: contrast ${seen.toFixed(2)}`);
      });
    };
    for (const text of ['.step .text', '.step .hint', '.stage .summary']) await atLeast(4.5, text, page.locator(text), 'color');
    await atLeast(3, 'what fills an icon', page.locator('.icon .fill'), 'fill');
    await atLeast(3, 'the line of an icon', page.locator('.icon .stroke'), 'stroke');
    const gutter = bench.page.locator('.editor-instance .margin').first();
    for (const mark of ['cached', 'depends', 'reruns', 'unknown']) await atLeast(3, `the mark ${mark}`, gutter, undefined, colourOfMark(mark));
    await bench.shot(`theme-${name}`);
  }
  ok('the graph and the marks are legible in light, dark and high contrast themes');
}

async function build(folder) {
  await hints('re-runs: web/src/main.ts');
  await bench.command('Tasks: Run Task');
  const rows = bench.page.locator('.quick-input-list .monaco-list-row');
  await rows.filter({ hasText: 'keyline' }).first().click();
  const task = rows.filter({ hasText: 'keyline: build Dockerfile' }).first();
  await task.waitFor();
  assert.match(await task.innerText(), /docker build --file Dockerfile \./);
  ok('a task is offered that builds the Dockerfile');
  await bench.shot('task');
  await task.click();
  await bench.until('docker is called', () => builds().length === 1);
  assert.equal(builds()[0], `${folder}: build --file Dockerfile .`);
  await bench.until('the build is remembered', async () => !/re-runs:/.test(await bench.text('.editor-instance .view-line')));
  await bench.page.locator('.editor-instance .codelens-decoration', { hasText: '5 steps, all cached' }).waitFor();
  ok('it runs the build where it belongs, and the next one is forecast from it');
  await bench.command('Tasks: Run Task');
  await rows.filter({ hasText: 'ship' }).first().click();
  await bench.until('docker is called', () => builds().length === 2);
  assert.equal(builds()[1], `${folder}/api: buildx build --tag shop --file ../Dockerfile ..`);
  ok('so does a task of the user\'s own making');
}

async function beToldWhenMissing() {
  bench.set({ 'keyline.path': '/nowhere/keyline' });
  const message = bench.toast('/nowhere/keyline, which is not a program');
  await message.waitFor();
  for (const action of ['Open Settings', 'How to Install', 'Try Again']) await message.locator('.monaco-button', { hasText: action }).waitFor();
  ok('a program that is missing is told, with what can be done');
  await bench.shot('missing');
  await bench.press(message, 'Open Settings');
  await bench.page.locator('.settings-editor .setting-item-contents', { hasText: 'Keyline: Path' }).first().waitFor();
  ok('a button leads to the setting');
  await bench.command('View: Close Editor');
  bench.set({ 'keyline.path': keyline });
  await hints('cached');
  ok('it starts as soon as the setting is right');

  bench.set({ 'keyline.path': '' });
  const nowhere = bench.toast('is not on this machine');
  await nowhere.waitFor();
  await bench.press(nowhere, 'How to Install');
  const question = bench.page.locator('.monaco-dialog-box', { hasText: '#install' });
  await question.waitFor();
  await bench.press(question, 'Cancel');
  ok('a button leads to how it is installed');

  const late = path.join(scratch, 'late/keyline');
  bench.set({ 'keyline.path': late });
  const again = bench.toast(`${late}, which is not a program`);
  await again.waitFor();
  fs.mkdirSync(path.dirname(late));
  fs.symlinkSync(keyline, late);
  await bench.press(again, 'Try Again');
  await hints('cached');
  ok('a button starts it when it has come meanwhile');
  assert.equal(await bench.page.locator('.notification-toast').count(), 0, await bench.text('.notification-toast'));
  ok('no other message came of all this');
  bench.set({ 'keyline.path': keyline });
}

async function lookAtStrangers() {
  const folder = folderOf('strange/shop', 'tests/editors/vscode/shop');
  const own = path.join(folder, 'own/keyline');
  fs.mkdirSync(path.dirname(own));
  fs.writeFileSync(own, `#!/bin/sh\n: >"$0.started"\nexec '${keyline}' "$@"\n`, { mode: 0o755 });
  fs.writeFileSync(path.join(folder, '.vscode/settings.json'), JSON.stringify({ 'keyline.path': own, 'keyline.context': '..' }));
  const before = builds().length;
  bench.set({ 'security.workspace.trust.enabled': true });
  await bench.open(folder, 'Dockerfile');
  await bench.press(bench.page.locator('.monaco-dialog-box', { hasText: 'Do you trust the authors' }), 'No, I don\'t trust');
  await hints('re-runs with 2 files of line 4');
  // In the directory above there is nothing of what is copied.
  assert.equal(await bench.page.locator('.editor-instance .squiggly-error').count(), 0);
  ok('in a workspace that is not trusted Dockerfiles are read as ever, and its settings lead nowhere else');
  const rows = await bench.rows('>keyline: ');
  await rows.filter({ hasText: 'keyline: Show Status' }).waitFor();
  assert.equal(await rows.filter({ hasText: 'Build and Remember' }).count(), 0);
  await bench.page.keyboard.press('Escape');
  const page = await openGraph();
  await page.locator('button', { hasText: 'Build and remember' }).click();
  await bench.toast('Builds are run once the workspace is trusted').waitFor();
  assert.equal(builds().length, before);
  assert.equal(fs.existsSync(`${own}.started`), false);
  ok('no build is run there, and not the program that it names');
  await bench.shot('restricted');

  await bench.command('Workspaces: Manage Workspace Trust');
  await bench.page.locator('.workspace-trust-editor .monaco-button', { hasText: 'Trust' }).first().click();
  await bench.until('its program starts', () => fs.existsSync(`${own}.started`));
  await bench.command('View: Close Editor');
  await bench.page.locator('.editor-instance .squiggly-error').first().waitFor({ state: 'attached' });
  ok('trusted, its settings count');
  await page.locator('button', { hasText: 'Build and remember' }).click();
  await bench.until('docker is called', () => builds().length === before + 1);
  assert.equal(builds().at(-1), `${folder}: build --file Dockerfile ..`);
  ok('and builds are run');
  bench.set({ 'security.workspace.trust.enabled': false });
}

// In a window in which no Dockerfile was opened.
async function seeBuildFile(folder, name, language) {
  await bench.open(folder, name);
  await bench.page.locator('.editor-instance .squiggly-warning').first().waitFor({ state: 'attached' });
  assert.match(await bench.text('#status\\.editor\\.mode'), language);
  ok(`an argument that no ARG takes is underlined in ${name}`);
  await bench.shot(path.parse(name).name);
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
  await readInEveryTheme(await reloadWindow());
  await readStatus();
  await build(shop);
  await beToldWhenMissing();
  await seeBuildFile(shop, 'compose.yaml', /Compose/);
  const baked = folderOf('baked', 'tests/editors/vscode/shop');
  fs.rmSync(path.join(baked, 'compose.yaml'));
  await seeBuildFile(baked, 'docker-bake.hcl', /Plain Text/);
  await lookAtStrangers();
} catch (error) {
  failed++;
  console.log(`not ok ${passed + failed} - ${error.stack}`);
  await bench.shot('failure').catch(() => {});
} finally {
  await bench.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

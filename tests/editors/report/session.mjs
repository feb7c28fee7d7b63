// The page of `keyline replay --html` as its readers have it: opened from the disk, in a light and in a dark browser, on a
// narrow screen, without scripts. What it draws is held to the JSON of the same replay.
// usage: node session.mjs KEYLINE PACKAGES CHROMIUM SCRATCH SHOTS
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { commitsOf, long, replay, shop, strangePath } from './repositories.mjs';

const [keyline, packages, chromium, scratch, shots] = process.argv.slice(2);
const limit = Number(process.env.KEYLINE_TEST_LIMIT ?? 600000);
const columnsAtMost = 240;
let passed = 0;
let failed = 0;

function ok(name) {
  passed++;
  console.log(`ok ${passed + failed} - ${name}`);
}

fs.mkdirSync(shots, { recursive: true });
const { chromium: browsers } = createRequire(path.join(packages, 'x.js'))('playwright-core');
const browser = await browsers.launch({
  executablePath: chromium,
  timeout: limit,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
// What a reader would not see: faults, and requests beside the one for the file.
const faults = [];

async function open(file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, deviceScaleFactor: 1, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(limit);
  const url = pathToFileURL(file).href;
  page.on('console', (message) => faults.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`error: ${error}`));
  page.on('dialog', (dialog) => { faults.push(`dialog: ${dialog.message()}`); void dialog.dismiss(); });
  page.on('request', (request) => { if (request.url() !== url && !request.url().startsWith('data:')) faults.push(`request: ${request.url()}`); });
  await page.goto(url);
  return page;
}

// A heat map as it is drawn, row by row: the label, the count, and of each cell its column, colour and tooltip.
function rowsOf(map) {
  return map.evaluate((element) => [...element.querySelectorAll('svg')].map((svg) => ({
    label: [...svg.previousElementSibling.childNodes].map((node) => node.textContent).join(' '),
    whole: svg.previousElementSibling.title,
    image: svg.getAttribute('aria-label'),
    count: svg.nextElementSibling.innerText,
    columns: svg.viewBox.baseVal.width / 10,
    cells: [...svg.querySelectorAll('rect:not(.back)')].map((cell) => ({
      column: cell.x.baseVal.value / 10,
      what: cell.classList.contains('x') ? 'x' : '?',
      tooltip: cell.querySelector('title').textContent,
      shown: cell.getBoundingClientRect().width >= 1 && cell.getBoundingClientRect().height >= 10,
    })),
  })));
}

// The letters of a row as JSON has them, newest first.
function lettersOf(row) {
  const letters = Array(row.columns).fill('.');
  for (const cell of row.cells) letters[row.columns - 1 - cell.column] = cell.what;
  return letters.join('');
}

function checkMap(rows, steps, ids) {
  assert.deepEqual(rows.map((row) => row.whole), steps.map((step) => step.step));
  rows.forEach((row, i) => {
    const step = steps[i];
    assert.equal(lettersOf(row), step.byCommit, row.label);
    assert.match(row.label, new RegExp(`^${step.line} [A-Z]+ `));
    assert.ok(row.cells.every((cell) => cell.shown), `${row.label}: cells that nobody can see`);
    assert.match(row.image, new RegExp(`: re-ran in ${step.reran} of ${ids.length} commits$`));
    const most = step.reran + step.reranIfContentDiffers;
    assert.equal(row.count, most === 0 ? 'never' : most === step.reran ? `${step.reran}` : `${step.reran}–${most}`);
    for (const cell of row.cells) {
      const id = ids[ids.length - 1 - cell.column];
      assert.ok(cell.tooltip.startsWith(`${id}, 2025-10-`), cell.tooltip);
      assert.ok(cell.tooltip.endsWith(cell.what === 'x' ? ': re-ran' : ': re-runs if what it takes from another stage differs'));
    }
  });
}

async function seeHeatMap(page, files, ids) {
  assert.deepEqual(await page.locator('h1').allInnerTexts(), files.map((file) => file.file));
  const maps = page.locator('.map');
  assert.equal(await maps.count(), 3);
  checkMap(await rowsOf(maps.nth(0)), files[0].steps, ids);
  checkMap(await rowsOf(maps.nth(2)), files[1].steps, ids);
  ok('a row for each step and a cell for each commit that re-ran it, as the JSON has them');
  ok('the tooltip of a cell names the commit and its day');
  assert.equal(await page.getByRole('img', { name: /: re-ran in \d+ of 12 commits$/ }).count(), (await page.locator('svg').count()));
  assert.equal(await page.getByRole('img', { name: 'RUN npm ci: re-ran in 11 of 12 commits' }).count(), 1);
  ok('who hears the page is told the same of each row');
}

async function seeProposal(page) {
  assert.deepEqual((await page.locator('h2').allInnerTexts()).slice(0, 2), ['As it is', 'With the proposed order']);
  const install = async (map) => (await rowsOf(page.locator('.map').nth(map))).find((row) => row.label.endsWith('RUN npm ci'));
  assert.equal((await install(0)).count, '11');
  const better = await install(1);
  assert.equal(better.count, '2');
  assert.deepEqual(better.cells.map((cell) => cell.column), [3, 8]);
  const story = await page.locator('.story').first().innerText();
  assert.match(story, /^RUN npm ci re-ran in 11 of 12 commits\.\s+With the proposed order:\s+.*re-runs in 2 commits instead of 11/);
  ok('the order that fixes propose is told, and drawn below the one that there is');
  // Of the second Dockerfile nothing is proposed.
  assert.equal(await page.locator('h2', { hasText: 'As it is' }).count(), 1);
  ok('where nothing is proposed there is one heat map');
}

async function seeNamesAsText(page) {
  assert.equal(await page.locator('main img, main script, main b:not(.hot):not(.good)').count(), 0);
  const body = await page.locator('body').innerText();
  assert.ok(body.includes(`${strangePath} 1×`), 'the path with markup in its name');
  assert.ok(body.includes("RUN echo '<img src=x onerror=alert(1)>"), 'the step with markup in its text');
  ok('names and steps that look like markup are shown as they are');
}

// What stands on which ground, and the contrast of the two as WCAG counts it.
function contrasts() {
  const parsed = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [r, g, b] = color.map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const ground = (element) => {
    const [r, g, b, opacity = 1] = parsed(getComputedStyle(element).backgroundColor);
    return opacity > 0 ? [r, g, b] : ground(element.parentElement);
  };
  const texts = [...document.querySelectorAll('main *:not(svg *)')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()));
  const [worst] = texts.map((element) => ({ text: element.textContent, contrast: contrast(parsed(getComputedStyle(element).color), ground(element)) }))
    .sort((a, b) => a.contrast - b.contrast);
  const fill = (name) => parsed(getComputedStyle(document.querySelector(`svg rect.${name}`)).fill);
  return { texts: texts.length, worst, cells: contrast(fill('x'), fill('back')), page: ground(document.body) };
}

// Texts are read at 4.5:1, and what is drawn is seen at 3:1 (WCAG 2.2, 1.4.3 and 1.4.11).
async function seeScheme(file, scheme) {
  const page = await open(file, { colorScheme: scheme });
  const seen = await page.evaluate(contrasts);
  await page.screenshot({ path: path.join(shots, `${scheme}.png`), fullPage: true });
  await page.context().close();
  assert.ok(seen.texts > 30);
  assert.ok(seen.worst.contrast >= 4.5, `"${seen.worst.text}" has a contrast of ${seen.worst.contrast}`);
  assert.ok(seen.cells >= 3, `cells have a contrast of ${seen.cells}`);
  ok(`texts can be read and cells be seen in a ${scheme} browser`);
  return seen.page;
}

async function readOnPhone(file) {
  const page = await open(file, { viewport: { width: 390, height: 800 } });
  await page.screenshot({ path: path.join(shots, 'narrow.png'), fullPage: true });
  const { width, wanted } = await page.evaluate(() => ({ width: innerWidth, wanted: document.documentElement.scrollWidth }));
  assert.ok(wanted <= width, `${wanted} wide`);
  ok('nothing has to be scrolled sideways on a narrow screen');
  await page.context().close();
}

async function readWithoutScripts(file) {
  const page = await open(file, { javaScriptEnabled: false });
  assert.match(await page.locator('body').innerText(), /scripts are switched off here/);
  ok('without scripts the page says why it is empty');
  await page.context().close();
}

async function readLong() {
  const count = 300;
  const folder = path.join(scratch, 'long');
  long(folder, count);
  const file = path.join(scratch, 'long.html');
  const [{ steps }] = replay(keyline, folder, file, '--commits', String(count));
  const page = await open(file);
  const rows = await rowsOf(page.locator('.map'));
  assert.deepEqual(rows.map((row) => row.columns), steps.map(() => columnsAtMost));
  for (const [i, row] of rows.entries()) {
    // Each commit is in one column, whatever column that is.
    const told = row.cells.map((cell) => Number(/re-ran in (\d+)$/.exec(cell.tooltip)?.[1] ?? 1));
    assert.equal(told.reduce((sum, each) => sum + each, 0), steps[i].reran, row.label);
  }
  assert.deepEqual(rows.map((row) => row.count), ['100', '100', '100']);
  ok('more commits than columns share them, and none is lost');
  await page.screenshot({ path: path.join(shots, 'long.png'), fullPage: true });
  await page.context().close();
}

try {
  const folder = path.join(scratch, 'shop');
  shop(folder);
  const file = path.join(scratch, 'report.html');
  const files = replay(keyline, folder, file, 'Dockerfile', 'Dockerfile.pages');
  const page = await open(file);
  await seeHeatMap(page, files, commitsOf(folder).slice(0, files[0].commits));
  await seeProposal(page);
  await seeNamesAsText(page);
  await page.context().close();
  assert.notDeepEqual(await seeScheme(file, 'light'), await seeScheme(file, 'dark'));
  await readOnPhone(file);
  await readWithoutScripts(file);
  await readLong();
  assert.deepEqual(faults, []);
  ok('no page had a fault, asked for anything else or opened a dialog');
} catch (error) {
  failed++;
  console.log(`not ok ${passed + failed} - ${error.stack}`);
} finally {
  await browser.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

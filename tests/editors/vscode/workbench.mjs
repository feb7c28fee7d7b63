// VS Code's own workbench, in a browser without a window: its server from the npm package code-server, Debian's Chromium,
// and the extension installed from its package as a user does it. Waits are for conditions; the limits only end a run
// that is broken, since a busy machine may take minutes for its first page.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';

export const limit = Number(process.env.KEYLINE_TEST_LIMIT ?? 600000);

function freePort() {
  return new Promise((done) => {
    const socket = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => done(port));
    });
  });
}

function write(file, value) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify(value));
}

// Within the page: whether the workbench would open such an editor again.
async function isWrittenDown(editor) {
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db-')) continue;
    const database = await done(indexedDB.open(name));
    try {
      if (!database.objectStoreNames.contains('ItemTable')) continue;
      const items = database.transaction('ItemTable').objectStore('ItemTable');
      const editors = await done(items.get('memento/workbench.parts.editor'));
      if (String(editors).includes(editor)) return true;
    } finally {
      database.close();
    }
  }
  return false;
}

export class Workbench {
  // `settings` are the user's; `environment` is what the language server sees.
  static async start({ packages, chromium, vsix, scratch, shots, settings, environment }) {
    const bench = new Workbench();
    Object.assign(bench, { scratch, shots, settings });
    fs.mkdirSync(shots, { recursive: true });
    // What a window does is asked of the user's, what runs on the machine of that machine's.
    bench.settingsFiles = ['User', 'Machine'].map((whose) => path.join(scratch, 'data/data', whose, 'settings.json'));
    bench.set({});
    const main = path.join(packages, 'code-server/lib/vscode/out/server-main.js');
    const folders = ['--server-data-dir', path.join(scratch, 'data'), '--extensions-dir', path.join(scratch, 'extensions')];
    const installed = spawnSync(process.execPath, [main, ...folders, '--accept-server-license-terms', '--install-extension', vsix], { encoding: 'utf8' });
    if (!/successfully installed/.test(installed.stdout)) throw new Error(`not installed: ${installed.stdout}${installed.stderr}`);
    bench.port = await freePort();
    const log = fs.openSync(path.join(shots, 'server.log'), 'w');
    bench.server = spawn(
      process.execPath,
      [main, ...folders, '--host', '127.0.0.1', '--port', String(bench.port), '--without-connection-token', '--accept-server-license-terms', '--force-disable-user-env', '--telemetry-level', 'off'],
      { stdio: ['ignore', log, log], detached: true, env: { ...process.env, ...environment } },
    );
    bench.server.on('exit', (code) => (bench.exited = `the server ended with ${code}`));
    await bench.until('the server listens', () => bench.canConnect());
    const { chromium: browsers } = createRequire(path.join(packages, 'x.js'))('playwright-core');
    bench.browser = await browsers.launch({
      executablePath: chromium,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    return bench;
  }

  set(changes) {
    Object.assign(this.settings, changes);
    for (const file of this.settingsFiles) write(file, this.settings);
  }

  canConnect() {
    return new Promise((done) => {
      const socket = net.connect(this.port, '127.0.0.1');
      socket.on('connect', () => done(socket.destroy()));
      socket.on('error', () => done(false));
    }).then((answer) => answer !== false);
  }

  // Asks again and again; what it asks costs little.
  async until(what, ask) {
    const end = Date.now() + limit;
    for (;;) {
      const answer = await ask();
      if (answer) return answer;
      if (this.exited) throw new Error(this.exited);
      if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  // A new window, which remembers nothing.
  async open(folder, file, viewport = { width: 1440, height: 900 }) {
    await this.page?.context().close();
    this.page = await (await this.browser.newContext({ viewport, deviceScaleFactor: 1 })).newPage();
    this.page.setDefaultTimeout(limit);
    const host = `127.0.0.1:${this.port}`;
    const payload = JSON.stringify([['openFile', `vscode-remote://${host}${path.join(folder, file)}`]]);
    this.address = `http://${host}/?folder=${encodeURIComponent(folder)}`;
    await this.show(`${this.address}&payload=${encodeURIComponent(payload)}`);
  }

  // The same window again, with the editors that were open in it: the workbench writes down now and then which these are.
  async reload(editor) {
    await this.until(`${editor} is written down`, () => this.page.evaluate(isWrittenDown, editor));
    await this.show(this.address);
  }

  async show(address) {
    await this.page.goto(address);
    await this.page.waitForSelector('.monaco-workbench .editor-instance .view-line');
  }

  async shot(name) {
    await this.page.screenshot({ path: path.join(this.shots, `${name}.png`) });
  }

  // The first line of the editor that has the text.
  line(text) {
    return this.page.locator('.editor-instance .view-line', { hasText: text }).first();
  }

  // Clicks a word of that line, as a reader would.
  async clickWord(text, word) {
    await this.line(text).locator('span span', { hasText: word }).first().click();
  }

  toast(text) {
    return this.page.locator('.notification-toast', { hasText: text }).first();
  }

  async press(message, button) {
    await message.locator('.monaco-button', { hasText: button }).first().click();
  }

  // Everything that the page shows; blanks as they are read.
  async text(selector) {
    const texts = await this.page.locator(selector).allInnerTexts();
    return texts.join('\n').replaceAll('\u00a0', ' ');
  }

  // The rows of the list that comes when the text is typed after F1; `>` makes it commands.
  async rows(text) {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget:not([style*="display: none"]) input[type="text"]').first();
    await input.waitFor();
    await input.fill(text);
    return this.page.locator('.quick-input-list .monaco-list-row');
  }

  async command(title) {
    const rows = await this.rows(`>${title}`);
    await rows.filter({ hasText: title }).first().click();
  }

  // The page within the two frames of a webview.
  webview() {
    return this.page.frameLocator('iframe.webview.ready').last().frameLocator('iframe#active-frame');
  }

  async close() {
    await this.browser?.close().catch(() => {});
    try {
      process.kill(-this.server.pid, 'SIGTERM');
    } catch {
      // It has ended already.
    }
  }
}

// A session about more than one Dockerfile, once for each recorded client: a .dockerignore that is open and edited, the
// workspace's symbols and diagnostics, and every request of the specification that the server does not announce. Logs
// each message as lsp-check.mjs reads it; run_profiles.sh starts this where the schemas and npm packages are.
// usage: node workspace_session.mjs SCHEMA OUTDIR PROFILE.json... -- SERVER ARG...
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const Ajv = createRequire(path.join(process.cwd(), 'x.js'))('ajv').default;
const cut = process.argv.indexOf('--');
const [schemaFile, outDir, ...profiles] = process.argv.slice(2, cut);
const server = process.argv.slice(cut + 1);
const { messages, schema } = JSON.parse(fs.readFileSync(schemaFile));
const ajv = new Ajv({ allErrors: true, strict: false, validateSchema: false });
ajv.addSchema(schema, 'lsp');
// A part of the workspace's diagnostics looks like the whole.
const isPartialResult = ajv.getSchema('lsp#/definitions/WorkspaceDiagnosticReport');

const files = {
  Dockerfile: 'FROM node:22 AS build\nCOPY . /app\nRUN npm ci\n',
  'api/Dockerfile': 'FROM alpine:3.20 AS api\nCOPY\n',
  '.dockerignore': 'notes.md\nsrc\n!src\n',
  'Notes.md': 'later\n',
  'src/app.ts': 'export {}\n',
};

class Client {
  constructor(log) {
    this.log = log;
    this.waiting = new Map();
    this.progress = [];
    this.pushed = new Map();
    this.nextId = 1;
    this.bytes = Buffer.alloc(0);
    this.child = spawn(server[0], server.slice(1), { stdio: ['pipe', 'pipe', 'ignore'] });
    this.child.stdin.on('error', () => {});
    this.child.stdout.on('data', (data) => this.take(data));
    this.exited = new Promise((done) => this.child.on('exit', (code, signal) => done(code ?? signal)));
  }

  record(dir, msg) { this.log?.write(JSON.stringify({ dir, t: Date.now(), msg }) + '\n'); }

  send(message) {
    const whole = { jsonrpc: '2.0', ...message };
    this.record('c2s', whole);
    const body = JSON.stringify(whole);
    this.child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  tell(method, params) { this.send({ method, params }); }

  ask(method, params) {
    const id = this.nextId++;
    return new Promise((done, fail) => {
      this.waiting.set(id, done);
      setTimeout(() => fail(new Error(`no answer to ${method}`)), 60000).unref();
      this.send({ id, method, ...(params === undefined ? {} : { params }) });
    });
  }

  take(data) {
    this.bytes = Buffer.concat([this.bytes, data]);
    for (;;) {
      const head = this.bytes.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(this.bytes.subarray(0, head).toString('latin1'))[1]);
      if (this.bytes.length < head + 4 + length) return;
      const message = JSON.parse(this.bytes.subarray(head + 4, head + 4 + length).toString('utf8'));
      this.bytes = this.bytes.subarray(head + 4 + length);
      this.record('s2c', message);
      this.handle(message);
    }
  }

  handle(message) {
    if (message.method === undefined) {
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
    } else if (message.id !== undefined) {
      const isConfiguration = message.method === 'workspace/configuration';
      this.send({ id: message.id, result: isConfiguration ? message.params.items.map(() => null) : null });
    } else if (message.method === '$/progress') {
      this.progress.push(message.params);
    } else if (message.method === 'textDocument/publishDiagnostics') {
      this.pushed.set(message.params.uri, message.params.diagnostics);
    }
  }
}

// Everything that a .dockerignore is asked, and what of it must not be empty.
async function askAboutIgnoreFile(client, uri, expect) {
  const document = { textDocument: { uri } };
  const at = (line) => ({ ...document, position: { line, character: 0 } });
  const result = async (method, params) => (await client.ask(method, params)).result;
  expect(await result('textDocument/hover', at(1)), 'a hover on a line of .dockerignore');
  const list = await result('textDocument/completion', at(3));
  expect(list?.items.length > 0, 'paths to complete in .dockerignore');
  const references = await result('textDocument/references', { ...at(1), context: { includeDeclaration: true } });
  expect(Array.isArray(references), 'references of a line of .dockerignore');
  expect((await result('textDocument/documentSymbol', document)).length > 0, 'symbols of .dockerignore');
  await result('textDocument/foldingRange', document);
  const edits = await result('textDocument/formatting', { ...document, options: { tabSize: 2, insertSpaces: true } });
  expect(edits.length === 0, 'no formatting of .dockerignore');
}

async function askAboutWorkspace(client, folder, capabilities, expect) {
  const symbols = (await client.ask('workspace/symbol', { query: 'api' })).result;
  expect(symbols.some((symbol) => symbol.location.uri.endsWith('/api/Dockerfile')), 'a stage of a file nobody opened');
  const rest = (await client.ask('workspace/symbol', { query: 'api', partialResultToken: 'symbols' })).result;
  const sent = client.progress.filter((each) => each.token === 'symbols').flatMap((each) => each.value);
  expect(rest.length === 0 && sent.length === symbols.length, 'the same symbols as partial results');
  if (!capabilities.diagnosticProvider?.workspaceDiagnostics) return;
  const whole = await client.ask('workspace/diagnostic', { previousResultIds: [], workDoneToken: 'work' });
  const items = whole.result.items;
  expect(items.some((item) => item.uri.endsWith('/api/Dockerfile') && item.items.length > 0), 'a finding in that file');
  await client.ask('workspace/diagnostic', { previousResultIds: [], partialResultToken: 'part' });
  const parts = client.progress.filter((each) => each.token === 'part').map((each) => each.value);
  expect(parts.length > 0, 'partial results');
  for (const part of parts) expect(isPartialResult(part), `a valid part: ${ajv.errorsText(isPartialResult.errors)}`);
  const previousResultIds = items.map(({ uri, resultId }) => ({ uri, value: resultId }));
  const held = client.ask('workspace/diagnostic', { previousResultIds });
  const changed = path.join(folder, 'api/Dockerfile');
  fs.writeFileSync(changed, 'FROM scratch AS api\n');
  client.tell('workspace/didChangeWatchedFiles', { changes: [{ uri: pathToFileURL(changed).href, type: 2 }] });
  const hasNews = (answer) => answer.result.items.some((item) => item.items?.length === 0);
  // Clients that do not tell which files change are answered at once, and ask again.
  const isTold = hasNews(await held) || hasNews(await client.ask('workspace/diagnostic', { previousResultIds }));
  expect(isTold, 'news about the file that changed');
}

// The specification's requests, but for those that are about the session itself.
async function askWhatIsNotServed(client, capabilities, expect) {
  const at = (object, names) => names.split('.').reduce((part, name) => part?.[name], object);
  for (const { method, request, direction, capabilities: announced } of messages) {
    if (!request || direction === 'serverToClient' || method === 'initialize' || method === 'shutdown') continue;
    const provider = announced?.server && at(capabilities, announced.server);
    if (provider !== undefined && provider !== false && provider !== null) continue;
    // Served to all who ask, and announced to those who can make use of it.
    const open = ['workspace/diagnostic', 'textDocument/diagnostic', 'textDocument/prepareRename',
      'textDocument/rangesFormatting'];
    if (open.includes(method)) continue;
    const answer = await client.ask(method, {});
    const found = answer.error?.code ?? 'a result';
    if (!announced?.server && found !== -32601) continue;
    expect(found === -32601, `MethodNotFound for ${method}, which is not announced: ${found}`);
  }
}

async function session(profile, log, problems) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'workspace-'));
  const uriOf = (name) => pathToFileURL(path.join(folder, name)).href;
  const expect = (holds, what) => { if (!holds) problems.push(`expected ${what}`); };
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  const text = fs.readFileSync(profile, 'utf8');
  const { $ids, $comment, ...params } = JSON.parse(
    text.replaceAll('${rootUri}', pathToFileURL(folder).href).replaceAll('${root}', folder));
  const client = new Client(log);
  try {
    const { capabilities } = (await client.ask('initialize', { ...params, processId: process.pid })).result;
    const isLsp4ij = path.basename(profile).startsWith('lsp4ij');
    expect(!(isLsp4ij && capabilities.diagnosticProvider?.workspaceDiagnostics), 'no workspace diagnostics for LSP4IJ');
    client.tell('initialized', {});
    const open = (name, languageId) => client.tell('textDocument/didOpen', {
      textDocument: { uri: uriOf(name), languageId, version: 1, text: files[name] } });
    open('Dockerfile', 'dockerfile');
    open('.dockerignore', 'ignore');
    await askAboutIgnoreFile(client, uriOf('.dockerignore'), expect);
    // After the questions that wait for the build directory.
    if (capabilities.diagnosticProvider) {
      const report = await client.ask('textDocument/diagnostic', { textDocument: { uri: uriOf('.dockerignore') } });
      expect(report.result.items.length === 2, 'two findings in .dockerignore');
    }
    client.tell('textDocument/didChange', {
      textDocument: { uri: uriOf('.dockerignore'), version: 2 }, contentChanges: [{ text: '[\n' }] });
    await client.ask('textDocument/hover', { textDocument: { uri: uriOf('.dockerignore') }, position: { line: 0, character: 0 } });
    await askAboutWorkspace(client, folder, capabilities, expect);
    if (log === null) await askWhatIsNotServed(client, capabilities, expect);
    client.tell('textDocument/didClose', { textDocument: { uri: uriOf('.dockerignore') } });
    await client.ask('shutdown');
    client.tell('exit');
    expect((await client.exited) === 0, 'exit code 0');
  } catch (error) { problems.push(error.message); }
  client.child.kill('SIGKILL');
  fs.rmSync(folder, { recursive: true, force: true });
}

fs.mkdirSync(outDir, { recursive: true });
let failed = 0;
for (const [index, profile] of profiles.entries()) {
  const name = path.basename(profile, '.json');
  const problems = [];
  const log = fs.createWriteStream(path.join(outDir, `${name}-workspace.jsonl`));
  await session(profile, log, problems);
  log.end();
  // Once, and without a log, since asking for what is not offered would count as the client's fault.
  if (index === 0) await session(profile, null, problems);
  if (problems.length) failed++;
  console.log(`${problems.length ? 'not ok' : 'ok'} - workspace, ${name}${problems.length ? ': ' + problems.join('; ') : ''}`);
}
console.log(`${profiles.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

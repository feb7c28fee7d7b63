// The repositories that are replayed, with commits whose effect on each step is plain to see.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

function run(command, args, options) {
  const done = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

// Commits of {path: content}, oldest first, one an hour; the first one is what there was.
function makeRepository(folder, commits) {
  run('git', ['init', '-q', '-b', 'main', folder]);
  const blocks = commits.map((files, number) => {
    const head = `commit refs/heads/main\ncommitter a <a@example.org> ${1_760_000_000 + 3600 * number} +0000\ndata 1\n.\n`;
    const changes = Object.entries(files).map(([name, text]) => `M 100644 inline "${name}"\ndata ${Buffer.byteLength(text)}\n${text}\n`);
    return head + changes.join('');
  });
  run('git', ['-C', folder, 'fast-import', '--quiet'], { input: blocks.join('\n') });
  run('git', ['-C', folder, 'reset', '-q', '--hard']);
}

const service = `FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci
RUN npm run build
FROM nginx
RUN rm -rf /usr/share/nginx/html/index.html /usr/share/nginx/html/50x.html && mkdir -p /srv/cache /srv/www /srv/logs
COPY --from=build /app/dist /usr/share/nginx/html
`;
// Names that would be markup if a page took them for that.
const hostile = `FROM alpine
COPY docs /docs
RUN echo '<img src=x onerror=alert(1)></script><script>alert(2)</script>' && echo "&lt; ünï \\u003c"
`;
export const strangePath = 'docs/<b>ünï & co</b>.md';

// Of twelve commits each edits a source, the fourth and the ninth the lock file too; the last one is about pages alone.
export function shop(folder) {
  const commits = [{
    Dockerfile: service, '.dockerignore': 'Dockerfile*\ndocs\n', 'Dockerfile.pages': hostile, 'Dockerfile.pages.dockerignore': 'src\n',
    'package.json': '{}', 'package-lock.json': '{}', 'src/main.js': '', [strangePath]: '',
  }];
  for (let number = 1; number <= 12; number++) {
    const files = number === 12 ? { [strangePath]: '12' } : { 'src/main.js': `// ${number}` };
    if (number === 4 || number === 9) files['package-lock.json'] = `{"n": ${number}}`;
    commits.push(files);
  }
  makeRepository(folder, commits);
}

// More commits than the page has columns: every third edits the only file that is copied.
export function long(folder, count) {
  const commits = [{ Dockerfile: 'FROM alpine\nCOPY a /a\nRUN wc -c /a\nCOPY never /never\n', a: '', never: '', other: '' }];
  for (let number = 1; number <= count; number++) commits.push({ [number % 3 === 0 ? 'a' : 'other']: String(number) });
  makeRepository(folder, commits);
}

export function commitsOf(folder) {
  return run('git', ['-C', folder, 'log', '--format=%h', '--abbrev=10']).trim().split('\n');
}

// What is written for readers as a page, and for programs as JSON.
export function replay(keyline, folder, page, ...args) {
  return JSON.parse(run(keyline, ['replay', ...args, '--html', page, '--format', 'json'], { cwd: folder })).files;
}

// Puts the page with its style sheet inside into dist/, so that the server has one file to send.
import { mkdir, readFile, writeFile } from 'node:fs/promises';

const [page, style] = await Promise.all(['index.html', 'style.css'].map((name) => readFile(`public/${name}`, 'utf8')));
await mkdir('dist', { recursive: true });
await writeFile('dist/index.html', page.replace('<link rel="stylesheet" href="style.css">', `<style>${style.trim()}</style>`));

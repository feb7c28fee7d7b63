import { readFile } from 'node:fs/promises';

const json = (response, status, body) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

async function readJson(request, limit) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limit) throw Object.assign(new Error('body too large'), { status: 413 });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw Object.assign(new Error('body is not JSON'), { status: 400 });
  }
}

export function createHandler({ channels, config }) {
  return async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const hook = pathname.match(/^\/hooks\/([\w-]{1,64})$/);
    try {
      if (request.method === 'POST' && hook) {
        return json(response, 202, channels.publish(hook[1], await readJson(request, config.maxBodyBytes)));
      }
      if (request.method === 'GET' && pathname === '/health') return json(response, 200, { status: 'ok' });
      if (request.method === 'GET' && pathname === '/') {
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
        return response.end(await readFile(new URL('../dist/index.html', import.meta.url)));
      }
      json(response, 404, { error: 'not found' });
    } catch (error) {
      json(response, error.status ?? 500, { error: error.status ? error.message : 'internal error' });
    }
  };
}

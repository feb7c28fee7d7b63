import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { Channels } from './channels.js';
import { config } from './config.js';
import { createHandler } from './routes.js';

const channels = new Channels(config);
const server = createServer(createHandler({ channels, config }));
const sockets = new WebSocketServer({ noServer: true });

server.on('upgrade', (request, socket, head) => {
  const match = request.url.match(/^\/listen\/([\w-]{1,64})$/);
  if (!match) return socket.destroy();
  sockets.handleUpgrade(request, socket, head, (client) => {
    client.on('close', channels.listen(match[1], (message) => client.send(JSON.stringify(message))));
  });
});

server.listen(config.port, () => console.log(`webhook-relay listens on port ${config.port}`));

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    sockets.clients.forEach((client) => client.close(1001));
    server.close(() => process.exit(0));
  });
}

import assert from 'node:assert/strict';
import test from 'node:test';
import { Channels } from '../src/channels.js';

test('a listener gets what is published on its channel only', () => {
  const channels = new Channels({ historyPerChannel: 2 });
  const seen = [];
  const stop = channels.listen('builds', (message) => seen.push(message.payload));
  channels.publish('builds', 1);
  channels.publish('deploys', 2);
  stop();
  channels.publish('builds', 3);
  assert.deepEqual(seen, [1]);
});

test('who comes late gets the last few messages', () => {
  const channels = new Channels({ historyPerChannel: 2 });
  [1, 2, 3].forEach((payload) => channels.publish('builds', payload));
  const seen = [];
  channels.listen('builds', (message) => seen.push(message.payload));
  assert.deepEqual(seen, [2, 3]);
});

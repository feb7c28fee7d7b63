import { nanoid } from 'nanoid';

// Who listens where, and the last few messages of each channel for those who come late.
export class Channels {
  #channels = new Map();
  #historyLength;

  constructor({ historyPerChannel }) {
    this.#historyLength = historyPerChannel;
  }

  #channel(name) {
    let channel = this.#channels.get(name);
    if (!channel) this.#channels.set(name, (channel = { listeners: new Set(), history: [] }));
    return channel;
  }

  listen(name, deliver) {
    const { listeners, history } = this.#channel(name);
    history.forEach(deliver);
    listeners.add(deliver);
    return () => listeners.delete(deliver);
  }

  publish(name, payload) {
    const { listeners, history } = this.#channel(name);
    const message = { id: nanoid(), at: new Date().toISOString(), channel: name, payload };
    history.push(message);
    if (history.length > this.#historyLength) history.shift();
    for (const deliver of listeners) deliver(message);
    return { id: message.id, listeners: listeners.size };
  }
}

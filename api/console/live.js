// A client of the live channel (docs/live.md): follows topics, resumes by itself, drops what it has seen,
// and says when a topic was reset. No dependency; works in every browser with websockets and modules.

const PROTOCOL = "yidi.v1";
const OPENING_SECONDS = 15;
const NO_RECONNECT = new Set([4400, 4401, 4403]);

export class Live {
  // handlers: onEvent(topic, event), onReset(topic, reason), onState(state, detail)
  constructor(url, token, topics, handlers) {
    this.url = url;
    this.token = token;
    this.handlers = handlers;
    this.cursors = new Map(topics.map((topic) => [topic, { after: null, id: null }]));
    this.epoch = null;
    this.attempt = 0;
    this.closed = false;
    this.heard = null;
  }

  // Start from positions that a snapshot was read at: topic → offset.
  from(epoch, positions) {
    this.epoch = epoch;
    for (const [topic, offset] of Object.entries(positions)) {
      if (this.cursors.has(topic)) this.cursors.set(topic, { after: offset, id: null });
    }
  }

  open() {
    if (this.closed) return;
    this.state("connecting");
    const socket = new WebSocket(this.url, PROTOCOL);
    this.socket = socket;
    this.heard = Date.now();
    this.patience = OPENING_SECONDS * 1000;
    this.watch = setInterval(() => {
      if (Date.now() - this.heard > this.patience) this.comeBack();
    }, 500);
    socket.onmessage = (message) => {
      if (this.socket === socket) this.take(JSON.parse(message.data));
    };
    socket.onclose = (event) => {
      if (this.socket !== socket || this.closed) return;
      if (NO_RECONNECT.has(event.code)) {
        this.leave();
        this.state("refused", event.code);
        return;
      }
      this.comeBack();
    };
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.leave();
  }

  // The connection, dead or alive, is of no more concern: a dead one may take minutes to say that it is closed.
  leave() {
    clearInterval(this.watch);
    clearInterval(this.keepalive);
    const socket = this.socket;
    this.socket = null;
    if (socket) socket.close();
  }

  comeBack() {
    this.leave();
    // Full jitter keeps thousands of clients from coming back in the same second.
    const wait = Math.random() * Math.min(30000, 500 * 2 ** this.attempt);
    this.attempt += 1;
    this.state("waiting", wait);
    this.timer = setTimeout(() => this.open(), wait);
  }

  state(name, detail) {
    this.handlers.onState(name, detail);
  }

  send(message) {
    this.socket.send(JSON.stringify(message));
  }

  take(message) {
    this.heard = Date.now();
    switch (message.type) {
      case "hello":
        this.serverEpoch = message.epoch;
        this.patience = 2500 * message.limits.heartbeat_seconds;
        this.keepalive = setInterval(() => this.send({ type: "ping" }), 1000 * message.limits.heartbeat_seconds);
        this.send({ type: "authenticate", token: this.token });
        break;
      case "welcome": {
        const topics = {};
        for (const [topic, cursor] of this.cursors) {
          topics[topic] = {};
          if (cursor.after !== null) topics[topic].after = cursor.after;
          if (cursor.id !== null) topics[topic].id = cursor.id;
        }
        const subscribe = { type: "subscribe", topics };
        if (this.epoch) subscribe.epoch = this.epoch;
        if (this.cursors.size) this.send(subscribe);
        break;
      }
      case "subscribed":
        this.epoch = message.epoch;
        if (this.cursors.get(message.topic).after === null) {
          this.cursors.set(message.topic, { after: message.after, id: null });
        }
        this.attempt = 0;
        this.state("live");
        break;
      case "reset":
        this.epoch = message.epoch;
        this.cursors.set(message.topic, { after: message.head, id: null });
        this.handlers.onReset(message.topic, message.reason);
        break;
      case "events":
        for (const event of message.events) {
          if (this.socket !== null) this.event(message.topic, event);
        }
        break;
      case "heartbeat":
        for (const [topic, head] of Object.entries(message.heads)) {
          const cursor = this.cursors.get(topic);
          // A head we have not reached by the next heartbeat means a hole: come back and recover it.
          if (cursor && cursor.after !== null && cursor.after < head && cursor.behind === head) {
            this.comeBack();
            return;
          }
          if (cursor) cursor.behind = cursor.after !== null && cursor.after < head ? head : null;
        }
        this.state("live");
        break;
      default:
        break;
    }
  }

  event(topic, event) {
    const cursor = this.cursors.get(topic);
    if (!cursor || (cursor.after !== null && event.offset <= cursor.after)) return;
    if (cursor.after !== null && event.offset > cursor.after + 1) {
      this.comeBack();
      return;
    }
    this.cursors.set(topic, { after: event.offset, id: event.id });
    if (!event.hidden) this.handlers.onEvent(topic, event);
  }
}

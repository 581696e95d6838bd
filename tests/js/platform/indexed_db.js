// IndexedDB in memory, for tests without a browser: transactions that commit by themselves when nothing is pending,
// that run one after another where one of them writes, and that take everything back when they abort. Only the parts
// that the tablet uses; whatever else is called is missing and fails.

import { setImmediate as nextTask } from "node:timers";

export class MemoryIndexedDB {
  constructor() {
    this.forget();
  }

  /** Start again with no database at all. */
  forget() {
    this.version = 0;
    this.stores = new Map(); // name → {keyPath, records: Map}
    this.connections = new Set();
    this.waiting = []; // transactions in the order of their making
    this.durabilities = [];
  }

  open(_name, version = this.version || 1) {
    const request = new Request();
    nextTask(() => {
      const connection = new Connection(this);
      request.result = connection;
      if (version > this.version) {
        const oldVersion = this.version;
        this.version = version;
        request.onupgradeneeded?.({ oldVersion, target: request });
      }
      this.connections.add(connection);
      request.succeed(connection);
    });
    return request;
  }

  /** Close every connection as a browser does under memory pressure. */
  closeConnections({ silently = false } = {}) {
    for (const connection of this.connections) {
      connection.closed = true;
      if (!silently) connection.onclose?.();
    }
    this.connections.clear();
  }

  /** The records of a store, as they lie on the disk. */
  records(name) {
    return [...this.stores.get(name).records.values()].map((record) => structuredClone(record));
  }

  enqueue(transaction) {
    this.waiting.push(transaction);
    nextTask(() => this.startNext());
  }

  startNext() {
    const running = this.waiting.filter(({ started }) => started);
    const next = this.waiting.find(({ started }) => !started);
    if (!next || running.some((other) => other.conflictsWith(next))) return;
    next.start();
    this.startNext();
  }

  leave(transaction) {
    this.waiting = this.waiting.filter((other) => other !== transaction);
    this.startNext();
  }
}

class Request {
  succeed(result) {
    this.result = result;
    this.onsuccess?.({ target: this });
  }

  fail(error) {
    this.error = error;
    this.onerror?.({ target: this });
  }
}

class Connection {
  constructor(database) {
    this.database = database;
    this.closed = false;
  }

  createObjectStore(name, { keyPath }) {
    const store = { keyPath, records: new Map(), indexes: new Map() };
    this.database.stores.set(name, store);
    return { createIndex: (index, path) => store.indexes.set(index, path) };
  }

  transaction(names, mode = "readonly", { durability = "default" } = {}) {
    if (this.closed) throw new DOMException("the connection is closed", "InvalidStateError");
    if (mode === "readwrite") this.database.durabilities.push(durability);
    const transaction = new Transaction(this.database, [names].flat(), mode);
    this.database.enqueue(transaction);
    return transaction;
  }

  close() {
    this.closed = true;
    this.database.connections.delete(this);
  }
}

class Transaction {
  constructor(database, names, mode) {
    Object.assign(this, { database, names, mode, started: false, ended: false, error: null, pending: [] });
  }

  conflictsWith(other) {
    const shared = this.names.some((name) => other.names.includes(name));
    return shared && (this.mode === "readwrite" || other.mode === "readwrite");
  }

  objectStore(name) {
    if (this.ended) throw new DOMException("the transaction has ended", "InvalidStateError");
    if (!this.names.includes(name)) throw new DOMException(`${name} is not in the transaction`, "NotFoundError");
    return new ObjectStore(this, this.database.stores.get(name));
  }

  start() {
    this.started = true;
    this.before = this.names.map((name) => [name, new Map(this.database.stores.get(name).records)]);
    nextTask(() => this.proceed());
  }

  // One request a task: what its callbacks ask for is pending before the next task comes, or the transaction commits.
  proceed() {
    if (this.ended) return;
    const next = this.pending.shift();
    if (!next) {
      this.end();
      this.oncomplete?.();
      return;
    }
    const [request, work] = next;
    try {
      request.succeed(work());
    } catch (error) {
      request.fail(error);
      this.abort(error);
      return;
    }
    nextTask(() => this.proceed());
  }

  abort(error = null) {
    if (this.ended) throw new DOMException("the transaction has ended", "InvalidStateError");
    this.error = error;
    for (const [name, records] of this.before ?? []) this.database.stores.get(name).records = records;
    this.end();
    nextTask(() => this.onabort?.());
  }

  end() {
    this.ended = true;
    this.database.leave(this);
  }
}

class ObjectStore {
  constructor(transaction, store) {
    Object.assign(this, { transaction, store });
  }

  get = (key) => this.request(() => structuredClone(this.store.records.get(key)));
  getKey = (key) => this.request(() => (this.store.records.has(key) ? key : undefined));
  getAll = () => this.request(() => [...this.store.records.values()].map((record) => structuredClone(record)));

  /** An index that gives the records with one value. */
  index(name) {
    const path = this.store.indexes.get(name);
    if (path === undefined) throw new DOMException(`no index ${name}`, "NotFoundError");
    const found = (value) => [...this.store.records.values()].filter((record) => record[path] === value);
    return { getAll: (value) => this.request(() => found(value).map((record) => structuredClone(record))) };
  }

  delete = (key) => this.write(() => void this.store.records.delete(key));
  put = (record) => this.write(this.storing(record, false));
  add = (record) => this.write(this.storing(record, true));

  storing(record, isNew) {
    const copy = structuredClone(record);
    const key = copy[this.store.keyPath];
    if (typeof key !== "string") throw new DOMException("no valid key", "DataError");
    return () => {
      if (isNew && this.store.records.has(key)) throw new DOMException(`${key} is there`, "ConstraintError");
      this.store.records.set(key, copy);
      return key;
    };
  }

  write(work) {
    if (this.transaction.mode !== "readwrite") throw new DOMException("a transaction for reading", "ReadOnlyError");
    return this.request(work);
  }

  request(work) {
    if (this.transaction.ended) throw new DOMException("the transaction has ended", "TransactionInactiveError");
    const request = new Request();
    this.transaction.pending.push([request, work]);
    return request;
  }
}

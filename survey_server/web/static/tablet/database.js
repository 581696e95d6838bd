// The tablet's IndexedDB. Writes are durable before they are called done; a connection that the browser closed is
// opened again, once. Migrations only ever add.
const NAME = "survey-tablet";
const VERSION = 1;

// settings: one record a name. drafts: by the response's id. outbox and receipts: by the digest of the frozen text,
// so that the same text is one row and another text under the same id is another.
const MIGRATIONS = {
  1: (database) => {
    database.createObjectStore("settings", { keyPath: "name" });
    database.createObjectStore("drafts", { keyPath: "id" }).createIndex("assignment", "assignment");
    database.createObjectStore("outbox", { keyPath: "sha256" }).createIndex("id", "id");
    database.createObjectStore("receipts", { keyPath: "sha256" }).createIndex("id", "id");
  },
};

let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = (event) => {
      for (let version = event.oldVersion + 1; version <= VERSION; version += 1) MIGRATIONS[version](request.result);
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = forget;
      database.onversionchange = () => {
        database.close();
        forget();
      };
      resolve(database);
    };
  });
  opening.catch(forget);
  return opening;
}

function forget() {
  opening = null;
}

/** Resolves with the result of an IndexedDB request. */
export function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function once(stores, mode, work) {
  const database = await open();
  const transaction = database.transaction(stores, mode, { durability: "strict" });
  const ended = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
  ended.catch(() => {}); // awaited below; a throwing `work` must not leave it unheard
  let result;
  try {
    result = await work((name) => transaction.objectStore(name));
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // ended already; its own error is the one below
    }
    throw transaction.error ?? error;
  }
  await ended;
  return result;
}

async function transact(stores, mode, work) {
  try {
    return await once(stores, mode, work);
  } catch (error) {
    if (error?.name !== "InvalidStateError" && error?.name !== "UnknownError") throw error;
    forget(); // the browser closed the connection under us (iOS, low memory)
    return once(stores, mode, work);
  }
}

/** Run `work(store)` in one transaction; `store(name)` gives an object store. */
export const read = (stores, work) => transact(stores, "readonly", work);

/** The same for writing: resolves only when the transaction is on the disk; all of it or nothing. */
export const write = (stores, work) => transact(stores, "readwrite", work);

export const getAll = (name) => read([name], (store) => asked(store(name).getAll()));
export const get = (name, key) => read([name], (store) => asked(store(name).get(key)));
export const put = (name, record) => write([name], (store) => asked(store(name).put(record)));

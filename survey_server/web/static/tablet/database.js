// The tablet's IndexedDB. A write resolves once it is durable; a connection that the browser closed is opened again,
// once. Migrations only ever add.
const NAME = "survey-tablet";
const VERSION = 1;

// settings: a record by name. drafts: by the response's id. outbox and receipts: by the digest of the frozen text,
// so that the same text is one row and another text under the same id is another.
/** @type {Record<number, (database: IDBDatabase) => void>} */
const MIGRATIONS = {
  1: (database) => {
    database.createObjectStore("settings", { keyPath: "name" });
    database.createObjectStore("drafts", { keyPath: "id" }).createIndex("assignment", "assignment");
    database.createObjectStore("outbox", { keyPath: "sha256" }).createIndex("id", "id");
    database.createObjectStore("receipts", { keyPath: "sha256" }).createIndex("id", "id");
  },
};

/** @type {Promise<IDBDatabase> | null} */
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
      database.onclose = forgetConnection;
      database.onversionchange = () => {
        database.close();
        forgetConnection();
      };
      resolve(database);
    };
  });
  opening.catch(forgetConnection);
  return opening;
}

function forgetConnection() {
  opening = null;
}

/**
 * The result of an IndexedDB request; rejects with its error.
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function resultOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @type {TransactInMode} */
async function runOnce(stores, mode, work) {
  const database = await open();
  const transaction = database.transaction(stores, mode, { durability: "strict" });
  const ended = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
  ended.catch(() => {}); // awaited below; where `work` throws, nobody else handles it
  let result;
  try {
    result = await work((name) => transaction.objectStore(name));
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // it has ended already; its own error is thrown below
    }
    throw transaction.error ?? error;
  }
  await ended;
  return result;
}

/** @type {TransactInMode} */
async function transact(stores, mode, work) {
  try {
    return await runOnce(stores, mode, work);
  } catch (error) {
    const { name } = /** @type {DOMException} */ (error);
    if (name !== "InvalidStateError" && name !== "UnknownError") throw error;
    forgetConnection(); // the browser closed it (iOS does, when memory is low)
    return runOnce(stores, mode, work);
  }
}

/** @type {Transact} */
export const read = (stores, work) => transact(stores, "readonly", work);

/** For writing, all or nothing: resolves when the transaction is on the disk. @type {Transact} */
export const write = (stores, work) => transact(stores, "readwrite", work);

/** @param {string} name  @returns {Promise<any[]>} */
export const getAll = (name) => read([name], (store) => resultOf(store(name).getAll()));

/** @param {string} name  @param {string} key  @returns {Promise<any>} */
export const get = (name, key) => read([name], (store) => resultOf(store(name).get(key)));

/** @param {string} name  @param {object} record */
export const put = (name, record) => write([name], (store) => resultOf(store(name).put(record)));

// Web Locks: one sync at a time and one writer a draft, whatever the number of tabs.

const PATIENCE = 800; // milliseconds; a page that is being reloaded lets go only a moment later

/** Become the writer of a draft. Resolves `true`, or `false` where another tab is; `onFree` is called when that ends. */
export function writeAlone(id, onFree) {
  const name = `draft:${id}`;
  return new Promise((resolve) => {
    const hold = () => {
      resolve(true);
      return new Promise(() => {}); // until the tab closes
    };
    navigator.locks.request(name, { signal: AbortSignal.timeout(PATIENCE) }, hold).catch(() => {
      resolve(false);
      navigator.locks.request(name, onFree);
    });
  });
}

/** Run `work` while no other tab does anything under the same name. */
export const alone = (name, work) => navigator.locks.request(name, work);

// Building elements: text is always text.

/**
 * `make("p", {class: "hint", onclick}, "text", element, …)`; null, undefined and false are left out, as attributes too.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  const leaves = /** @type {Leaf[]} */ (children.flat(Infinity));
  element.append(...leaves.filter((leaf) => leaf !== null && leaf !== undefined && leaf !== false));
  return element;
}

/** The caller knows from the templates what the first element is. @param {string} selector  @param {ParentNode} [root]  @returns {any} */
export const find = (selector, root = document) => root.querySelector(selector);

/** @param {string} selector  @param {ParentNode} [root]  @returns {any[]} */
export const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];

// The instances of a repeat: added from the page's blank one, taken away, numbered anew.
import { find, findAll } from "./dom.js";
import { instancesOf } from "./form.js";

const ATTRIBUTES = ["id", "name", "for", "value", "data-path", "data-index", "aria-labelledby", "aria-describedby"];

/** Add an empty instance and return it. */
export function addInstance(repeat) {
  const list = find(".repeat", repeat);
  const index = instancesOf(repeat).length;
  list.append(find("template[data-blank]", repeat).content.cloneNode(true));
  const instance = list.lastElementChild;
  renumber(instance, "__i__", index);
  return instance;
}

export function removeInstance(instance) {
  const repeat = instance.closest('.question[data-type="repeat"]');
  instance.remove();
  instancesOf(repeat).forEach((other, index) => {
    if (other.dataset.index !== String(index)) renumber(other, other.dataset.index, index);
  });
  return repeat;
}

/** Have exactly `count` instances. */
export function setInstances(repeat, count) {
  while (instancesOf(repeat).length > count) removeInstance(instancesOf(repeat).at(-1));
  while (instancesOf(repeat).length < count) addInstance(repeat);
}

// Names hold the instance's number between hyphens ("documents-0-number"); question names hold none.
function renumber(instance, from, to) {
  const { repeat: path } = instance.parentElement.dataset;
  const before = `${path}-${from}`;
  const after = `${path}-${to}`;
  for (const element of [instance, ...findAll("*", instance)]) {
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute(name);
      if (value?.includes(before)) element.setAttribute(name, value.replaceAll(before, after));
    }
  }
  instance.dataset.index = String(to);
  find("[data-number]", instance).textContent = String(to + 1);
}

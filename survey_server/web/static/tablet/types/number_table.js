// A table of figures: rows over periods.
import { find, findAll } from "../dom.js";
import { isEmpty } from "../expressions.js";
import { asText, readFigure } from "../inputs.js";

/** @param {unknown} value */
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** @param {HTMLElement} cell */
function readCell(cell) {
  const { value, problem, parts } = readFigure(cell);
  const estimated = typeof value === "number" && find(".estimated input", cell).checked;
  return { value: estimated ? { value, estimated: true } : value, problem, parts };
}

/** @param {HTMLElement} element */
export function read(element) {
  /** @type {Table} */
  const table = {};
  const cells = [];
  for (const cell of findAll("td[data-row]", element)) {
    const { row, period } = cell.dataset;
    const { value, problem, parts } = readCell(cell);
    if (problem) cells.push({ suffix: `-${row}-${period}`, code: problem, parts });
    if (value !== undefined) (table[row] ??= {})[period] = value;
  }
  return { value: Object.keys(table).length ? table : undefined, cells };
}

/** @param {string} name  @param {Table} table */
export function typed(name, table) {
  /** @type {Record<string, string[]>} */
  const texts = {};
  for (const [row, periods] of Object.entries(toValue(table))) {
    for (const [period, cell] of Object.entries(periods)) {
      const input = `${name}-${row}-${period}`;
      if (typeof cell === "string") texts[`${input}-missing`] = [cell];
      else texts[input] = [asText(cell?.value ?? cell)];
      if (cell?.estimated) texts[`${input}-estimated`] = ["1"];
    }
  }
  return texts;
}

/** @param {any} given  @returns {Table} */
export const toValue = (given) =>
  isObject(given) ? Object.fromEntries(Object.entries(given).filter(([, cells]) => isObject(cells))) : {};

/** Whether every cell is. @param {unknown} given  @param {Question} question */
export function isAnswered(given, { rows = [], periods = [] }) {
  const table = toValue(given);
  return rows.every((row) => periods.every((period) => !isEmpty(table[row.code]?.[period.code])));
}

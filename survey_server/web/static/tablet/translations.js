// Every language of the program: what it calls itself, how it writes 1234.5, and its texts by their Vietnamese source.
// The server answers with this module made from its catalogues; this file stands for it where modules run without one.

/** @type {Record<string, { name: string, numbers: string, texts: Record<string, string> }>} */
export const CATALOGUES = {
  vi: { name: "Tiếng Việt", numbers: "1.234,5", texts: {} },
  en: { name: "English", numbers: "1,234.5", texts: {} },
};

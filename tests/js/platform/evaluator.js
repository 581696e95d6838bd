// Evaluates functions for Python: a line of JSON `{source, argument}` comes in, `{value}` or `{error}` goes out.
// "http://modules.test/", where the browser's tests find the tablet's modules, stands for the folder that is named.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const modules = `${pathToFileURL(Deno.args[0])}/`;

for await (const line of createInterface({ input: (await import("node:process")).stdin })) {
  const { source, argument } = JSON.parse(line);
  let outcome;
  try {
    // deno-lint-ignore no-eval -- the tests say what to evaluate
    const run = (0, eval)(`(${source.replaceAll("http://modules.test/", modules)})`);
    outcome = { value: await run(argument) };
  } catch (error) {
    outcome = { error: String(error?.stack ?? error) };
  }
  console.log(JSON.stringify(outcome));
}

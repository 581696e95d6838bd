// What can be read two ways is said in words beside the input: "1.500 = một nghìn năm trăm".
import { make } from "./dom.js";
import { plain } from "./language.js";
import { formatNumber, inWords, isAmbiguous, parseNumber } from "./numbers.js";

export function showEcho(input) {
  const next = input.nextElementSibling;
  const shown = next?.classList.contains("read-as") ? next : null;
  const typed = input.value;
  if (!isAmbiguous(typed)) {
    shown?.remove();
    return;
  }
  const number = parseNumber(typed);
  const spans = [["vi", inWords(number)], ["en", formatNumber(number, "en")]].map(([code, words]) =>
    make("span", { class: "t", lang: code }, plain("readAs", { typed, words }, code)),
  );
  const echo = shown ?? make("output", { class: "read-as", for: input.id });
  echo.replaceChildren(...spans);
  if (!shown) input.after(echo);
}

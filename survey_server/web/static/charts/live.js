// Keeps an open charts page up to date: polls for the version that is drawn, and replaces the charts without a reload.
const DRAWING_INTERVAL = 1500; // milliseconds, while newer charts are being drawn
const IDLE_INTERVAL = 3000;
const RETRY_INTERVAL = 6000; // after a failure, or while the page is hidden
const live = /** @type {HTMLElement} */ (document.querySelector("#live"));

document.addEventListener("change", ({ target }) => {
  if (target instanceof HTMLSelectElement && target.id === "questionnaire") target.form?.submit();
});

async function poll() {
  const answer = await fetch(String(live.dataset.state), { headers: { Accept: "application/json" } });
  if (answer.redirected || !answer.ok) return RETRY_INTERVAL;
  const { version, current } = await answer.json();
  if (version !== live.dataset.version) await replaceCharts(version);
  return current ? IDLE_INTERVAL : DRAWING_INTERVAL;
}

/** Fetch the page again and take only its charts; open tables and the scroll position stay. @param {string} version */
async function replaceCharts(version) {
  const answer = await fetch(location.href);
  if (answer.redirected || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = /** @type {HTMLElement | null} */ (page.querySelector("#live"));
  if (!fresh) return;
  // The choice of questionnaires comes with the first charts; later it stays, since somebody may be choosing.
  if (!document.querySelector(".pick")) document.querySelector(".tools")?.append(...page.querySelectorAll(".pick"));
  const open = new Set([...live.querySelectorAll("details[open]")].map((each) => each.closest("figure")?.id));
  live.replaceChildren(...fresh.childNodes);
  for (const figure of live.querySelectorAll("figure")) {
    if (open.has(figure.id)) figure.querySelector("details")?.setAttribute("open", "");
  }
  live.dataset.version = fresh.dataset.version || version;
}

async function keepPolling() {
  for (;;) {
    let wait = RETRY_INTERVAL;
    if (!document.hidden) wait = await poll().catch(() => RETRY_INTERVAL);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

keepPolling();

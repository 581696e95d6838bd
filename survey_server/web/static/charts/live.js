// Keeps an open charts page up to date: asks which issue is drawn, and takes the new charts in without a reload.
const EVERY = 1500;
const SLOWLY = 6000;
const live = document.querySelector("#live");

document.addEventListener("change", (event) => {
  if (event.target.id === "questionnaire") event.target.form.submit();
});

async function look() {
  const answer = await fetch(live.dataset.state, { headers: { Accept: "application/json" } });
  if (answer.redirected || !answer.ok) return SLOWLY;
  const { issue, current } = await answer.json();
  if (issue !== live.dataset.issue) await take(issue);
  return current ? EVERY * 2 : EVERY;
}

// The same page again, of which only the charts are taken; open tables and the place on the page stay.
async function take(issue) {
  const answer = await fetch(location.href);
  if (answer.redirected || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("#live");
  if (!fresh) return;
  // The choice of questionnaires comes with the first charts; later it is left alone, somebody may be choosing.
  if (!document.querySelector(".pick")) document.querySelector(".tools").append(...page.querySelectorAll(".pick"));
  const open = new Set([...live.querySelectorAll("details[open]")].map((each) => each.closest("figure")?.id));
  live.replaceChildren(...fresh.childNodes);
  for (const figure of live.querySelectorAll("figure")) {
    if (open.has(figure.id)) figure.querySelector("details")?.setAttribute("open", "");
  }
  live.dataset.issue = fresh.dataset.issue || issue;
}

async function keepLooking() {
  for (;;) {
    let wait = SLOWLY;
    if (!document.hidden) wait = await look().catch(() => SLOWLY);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

keepLooking();

// Keeps the planner as it stands in the books: asks every four seconds whether the day has changed.
const EVERY = 4000;
const SELECTOR = "[data-planner-version]";

async function refresh() {
  const shown = document.querySelector(SELECTOR);
  const answer = await fetch(shown.dataset.plannerFeed, {
    method: "HEAD",
    headers: { "If-None-Match": `"${shown.dataset.plannerVersion}"` },
  });
  if (!answer.ok) return; // 304, or a moment without the server: what is shown stays
  const page = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector(SELECTOR);
  if (page.ok && fresh) shown.replaceChildren(...fresh.childNodes);
  if (page.ok && fresh) shown.dataset.plannerVersion = fresh.dataset.plannerVersion;
}

function countDown() {
  for (const one of document.querySelectorAll("[data-planner-expires]")) {
    const seconds = Math.max(0, Math.round((new Date(one.dateTime) - Date.now()) / 1000));
    one.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}

async function again() {
  // While the grid is shown it asks for itself.
  if (!document.hidden && !document.querySelector(SELECTOR).hidden) await refresh().catch(() => {});
  setTimeout(again, EVERY);
}

if (document.querySelector(SELECTOR)) {
  setTimeout(again, EVERY);
  countDown();
  setInterval(countDown, 1000);
}

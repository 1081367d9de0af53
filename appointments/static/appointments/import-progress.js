// Moves the progress bar of a running import, and shows what came of it as soon as it is at its end.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const bar = document.getElementById("import-progress");
  if (!bar) {
    return;
  }
  const text = document.getElementById("import-state");
  const INTERVAL = 700;

  const look = async () => {
    try {
      const response = await fetch(bar.dataset.url, { credentials: "same-origin" });
      if (response.ok) {
        const run = await response.json();
        if (run.finished) {
          window.location.reload();
          return;
        }
        text.textContent = run.text;
        if (run.total > 0) {
          bar.max = run.total;
          bar.value = run.done;
        }
      }
    } catch (error) {
      // The server may be restarting: the import goes on without us, so we ask again.
    }
    window.setTimeout(look, INTERVAL);
  };
  window.setTimeout(look, INTERVAL);
});

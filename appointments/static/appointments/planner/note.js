// What has been done or refused, beside the mouse; and the same for who cannot see it.

const SECONDS = 60;

function button(text, act, kind = "") {
  const one = document.createElement("button");
  one.type = "button";
  one.className = `planner-button ${kind}`.trim();
  one.textContent = text;
  one.addEventListener("click", act);
  return one;
}

export class Notes {
  constructor(texts) {
    this.texts = texts;
    this.live = document.querySelector("[data-planner-live]");
    this.box = null;
  }

  /** Only said: for somebody who listens. */
  announce(text) {
    this.live.textContent = text;
  }

  close() {
    clearTimeout(this.timer);
    this.box?.remove();
    this.box = null;
  }

  /** At the foot of the page for a minute, with a way back; `waiting`: {text, url} of who could come instead. */
  done(text, undo, waiting) {
    this.close();
    this.box = this.#box("planner-toast", "status", text);
    if (waiting) {
      const link = document.createElement("a");
      link.href = waiting.url;
      link.className = "planner-waiting";
      link.textContent = waiting.text;
      this.box.append(link);
    }
    if (undo) this.box.append(button(this.texts.undo, () => { this.close(); undo(); }, "planner-undo"));
    this.box.append(button(this.texts.close, () => this.close()));
    document.body.append(this.box);
    this.timer = setTimeout(() => this.close(), SECONDS * 1000);
  }

  /** Right at `point` ({x, y} of the window): the reason, the nearest free starts, and insisting where one may. */
  refused(refusal, point, { choose, insist }) {
    this.close();
    this.box = this.#box("planner-refusal", "alertdialog", refusal.message);
    if (refusal.starts?.length && choose) {
      const offers = document.createElement("div");
      offers.className = "planner-offers";
      const heading = document.createElement("p");
      heading.textContent = this.texts.nearest;
      offers.append(heading);
      for (const start of refusal.starts) offers.append(button(start.label, () => { this.close(); choose(start); }));
      this.box.append(offers);
    }
    if (refusal.overridable && insist) this.box.append(button(this.texts.insist, () => { this.close(); insist(); }));
    this.box.append(button(this.texts.close, () => this.close()));
    document.body.append(this.box);
    this.#place(point);
    this.box.querySelector("button").focus();
    this.box.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  #box(kind, role, text) {
    const box = document.createElement("div");
    box.className = `planner-note-box ${kind}`;
    box.setAttribute("role", role);
    box.setAttribute("aria-label", text);
    const said = document.createElement("p");
    said.textContent = text;
    box.append(said);
    return box;
  }

  #place(point) {
    const size = this.box.getBoundingClientRect();
    const x = Math.min(Math.max(point.x, 8), innerWidth - size.width - 8);
    const y = Math.min(Math.max(point.y, 8), innerHeight - size.height - 8);
    this.box.style.left = `${Math.max(x, 8)}px`;
    this.box.style.top = `${Math.max(y, 8)}px`;
  }
}

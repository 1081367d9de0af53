// The little form in which an empty place becomes an appointment.

import { missedOf } from "./blocks.js";
import { customers } from "./server.js";
import { clock, say } from "./wall.js";

const PAUSE = 200;

export class BookingForm {
  /** `book(facts, point)` sends what was typed and gives back whether it is done. */
  constructor(config, book) {
    this.config = config;
    this.book = book;
    this.dialog = document.querySelector("[data-planner-form]");
    this.form = this.dialog.querySelector("form");
    this.customer = this.form.elements.customer;
    this.list = this.dialog.querySelector("[data-planner-customers]");
    for (const service of config.services) this.form.elements.service.add(new Option(service.name, service.id));
    this.customer.addEventListener("input", () => this.#suggestSoon());
    this.customer.addEventListener("keydown", (event) => this.#intoList(event));
    this.list.addEventListener("keydown", (event) => this.#alongList(event));
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.dialog.querySelector("[data-planner-cancel]").addEventListener("click", () => this.dialog.close());
  }

  open(start, staff, name, point) {
    this.place = { start, staff, point };
    this.chosen = null;
    this.form.reset();
    this.list.replaceChildren();
    this.dialog.querySelector("[data-planner-place]").textContent = `${clock(start)}, ${name}`;
    this.dialog.showModal();
    this.form.elements.service.focus();
  }

  #suggestSoon() {
    this.chosen = null;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#suggest(this.customer.value.trim()), PAUSE);
  }

  async #suggest(text) {
    const found = text.length > 1 ? await customers(this.config.urls.customers, text) : [];
    if (text !== this.customer.value.trim()) return; // somebody typed on
    this.list.replaceChildren(...found.map((one) => this.#line(one)));
  }

  #line(one) {
    const line = document.createElement("button");
    line.type = "button";
    line.className = "planner-customer";
    line.textContent = [one.name, one.phone].filter(Boolean).join(", ");
    line.addEventListener("click", () => {
      this.chosen = one;
      this.customer.value = one.name;
      this.list.replaceChildren(...this.#warning(one));
      this.form.elements.notes.focus();
    });
    return line;
  }

  /** What staff should know before they book for this customer. */
  #warning(one) {
    const text = missedOf(one, this.config.texts);
    if (!text) return [];
    const line = document.createElement("p");
    line.className = "planner-missed";
    line.setAttribute("role", "status");
    line.textContent = `${one.name}: ${text}`;
    return [line];
  }

  #intoList(event) {
    if (event.key !== "ArrowDown" || !this.list.firstElementChild) return;
    event.preventDefault();
    this.list.firstElementChild.focus();
  }

  #alongList(event) {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!step) return;
    event.preventDefault();
    (document.activeElement[step] ?? this.customer).focus();
  }

  async #submit(event) {
    event.preventDefault();
    const { service, phone, notes } = this.form.elements;
    const typed = this.customer.value.trim();
    const button = this.form.querySelector("[type=submit]");
    button.disabled = true; // a double click books once
    const done = await this.book(
      {
        branch: this.config.branch,
        staff: this.place.staff,
        start: this.place.start,
        service: Number(service.value),
        customer: this.chosen?.id ?? null,
        name: this.chosen ? "" : typed,
        phone: this.chosen ? "" : phone.value.trim(),
        notes: notes.value.trim(),
      },
      this,
    );
    button.disabled = false;
    if (done) this.dialog.close();
  }

  /** The reason at the form's foot, with the nearest free starts; what was typed stays. */
  refuse(refusal, choose, insist) {
    const foot = this.dialog.querySelector("[data-planner-refused]");
    const said = document.createElement("p");
    said.setAttribute("role", "alert");
    said.textContent = refusal.message;
    const offers = (refusal.starts ?? []).map((start) => this.#offer(start.label, () => choose(start)));
    if (refusal.overridable) offers.push(this.#offer(this.config.texts.insist, insist));
    foot.replaceChildren(said, ...offers);
  }

  clearRefusal() {
    this.dialog.querySelector("[data-planner-refused]").replaceChildren();
  }

  #offer(text, act) {
    const one = document.createElement("button");
    one.type = "button";
    one.className = "planner-button";
    one.textContent = say(text);
    one.addEventListener("click", act);
    return one;
  }
}

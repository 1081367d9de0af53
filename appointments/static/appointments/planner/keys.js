// Moving a block without a mouse: M takes it up, arrows carry it, Enter puts it down, Escape lets it be.

import { clock, later, say } from "./wall.js";

export class Keys {
  /** `show(block)` draws it elsewhere, `put(block)` sends it, `leave()` draws the day as it was. */
  constructor(config, notes, { show, put, leave }) {
    this.config = config;
    this.notes = notes;
    this.act = { show, put, leave };
    this.carried = null;
    document.addEventListener("keydown", (event) => this.#onKey(event), true);
  }

  /** `block`: {facts, start, staff}, its appointment's start by the wall clock. */
  take(block) {
    this.carried = { ...block };
    this.#tell();
  }

  #onKey(event) {
    if (!this.carried) return;
    const moves = {
      ArrowUp: () => this.#shift(-this.config.step),
      ArrowDown: () => this.#shift(this.config.step),
      ArrowLeft: () => this.#across(-1),
      ArrowRight: () => this.#across(1),
      Enter: () => this.#end("put"),
      Escape: () => this.#end("leave"),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    moves[event.key]();
  }

  #shift(minutes) {
    this.carried.start = later(this.carried.start, minutes);
    this.#drawn();
  }

  #across(step) {
    if (this.config.week) return this.#shift(step * 24 * 60);
    const ids = this.config.columns.map((column) => column.id);
    this.carried.staff = ids[(ids.indexOf(this.carried.staff) + step + ids.length) % ids.length];
    this.#drawn();
  }

  #drawn() {
    this.act.show(this.carried);
    this.#tell();
  }

  #tell() {
    const column = this.config.columns.find((one) => one.id === this.carried.staff);
    this.notes.announce(say(this.config.texts.moving, { time: clock(this.carried.start), staff: column?.title }));
  }

  #end(how) {
    const block = this.carried;
    this.carried = null;
    if (how === "leave") this.notes.announce(this.config.texts.left);
    this.act[how](block);
  }
}

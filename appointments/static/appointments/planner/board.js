// The planner's time grid: draws the day, sends what is moved or booked, and keeps up with the books.

import { BookingForm } from "./booking.js";
import { contentOf, countDown, labelOf, missedOf } from "./blocks.js";
import { Keys } from "./keys.js";
import { Notes } from "./note.js";
import { changed, send } from "./server.js";
import { clock, later, minutesOf, say } from "./wall.js";

const EVERY = 4000;
const LONG_PRESS = 350;

// The grid calls itself a table, and then lays blocks and lines over its cells. What is read out are buttons in a group.
const PARTS = ["rowgroup", "row", "rowheader", "columnheader", "cell"].map((role) => `[role=${role}]`).join();
const COUNTS = ["aria-colindex", "aria-rowindex", "aria-colcount", "aria-rowcount", "aria-colspan"];
const asGroup = (place) => {
  place.querySelector("[role=table]")?.setAttribute("role", "group");
  place.querySelectorAll(PARTS).forEach((each) => each.removeAttribute("role"));
  place.querySelectorAll(".ec *").forEach((each) => COUNTS.forEach((count) => each.removeAttribute(count)));
};

class Board {
  constructor(place, config) {
    this.config = config;
    this.version = config.version;
    this.notes = new Notes(config.texts);
    this.busy = false;
    this.form = config.mayBook ? new BookingForm(config, (facts, form) => this.book(facts, form)) : null;
    this.calendar = window.EventCalendar.create(place, { ...this.options(), eventAllUpdated: () => asGroup(place) });
    this.keys = new Keys(config, this.notes, {
      show: (block) => this.show(block),
      put: (block) => this.move(block.facts, block.start, block.staff, this.middle()),
      leave: (block) => { this.draw(this.config.events); this.focus(block.facts.appointment); },
    });
    setInterval(() => countDown(config.texts), 1000);
    this.again();
  }

  options() {
    const { config } = this;
    return {
      view: config.week ? "timeGridWeek" : "resourceTimeGridDay",
      date: config.date,
      timeZone: config.offset,
      locale: config.locale,
      firstDay: 1,
      headerToolbar: false,
      allDaySlot: false,
      height: "100%",
      resources: config.columns,
      events: config.events,
      slotMinTime: config.min,
      slotMaxTime: config.max,
      slotDuration: "00:15",
      slotHeight: 18,
      slotLabelInterval: "01:00",
      slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
      dayHeaderFormat: { weekday: "short", day: "numeric", month: "numeric" },
      snapDuration: { minutes: config.step },
      columnWidth: config.columns.length > 6 && !config.week ? "150px" : undefined,
      nowIndicator: true,
      slotEventOverlap: false,
      editable: config.mayChange,
      eventDurationEditable: false,
      eventLongPressDelay: LONG_PRESS,
      resourceLabelContent: (info) => this.heading(info.resource),
      eventContent: (info) => contentOf(info.event, config.texts),
      eventDidMount: (info) => this.mounted(info),
      eventClick: (info) => this.open(info.event),
      eventDragStart: () => { this.busy = true; this.notes.close(); },
      eventDragStop: () => { this.busy = false; },
      eventDrop: (info) => this.dropped(info),
      dateClick: (info) => this.clicked(info),
    };
  }

  /** The stylist's name, and the way to plan the day without them. */
  heading({ id, title }) {
    const name = document.createElement("span");
    name.textContent = title;
    const { outage } = this.config.urls;
    if (!outage) return { domNodes: [name] };
    const link = document.createElement("a");
    link.href = `${outage}?staff=${id}&date=${this.config.date}`;
    link.className = "board-ill";
    link.textContent = "sick";
    link.title = say(this.config.texts.ill, { name: title });
    link.setAttribute("aria-label", link.title);
    return { domNodes: [name, link] };
  }

  mounted({ el, event }) {
    const facts = event.extendedProps;
    if (facts.kind !== "visit") return;
    el.dataset.appointment = facts.appointment;
    el.dataset.run = facts.run;
    el.tabIndex = facts.run ? -1 : 0;
    el.setAttribute("role", "button");
    el.setAttribute("aria-label", labelOf(event, this.config.texts));
    el.title = [missedOf(facts, this.config.texts), this.config.texts.lengthIsFixed].filter(Boolean).join("\n");
    el.addEventListener("keydown", (key) => {
      if (this.keys.carried) return;
      if (key.key === "Enter") this.open(event);
      if (key.key.toLowerCase() === "m" && event.editable) {
        key.preventDefault();
        this.keys.take({ facts, start: facts.starts, staff: facts.staff });
      }
    });
  }

  open(event) {
    const { kind, appointment } = event.extendedProps;
    if (kind === "visit") location.href = this.config.urls.appointment.replace("/0/", `/${appointment}/`);
  }

  clicked(info) {
    if (!this.form || this.keys?.carried) return;
    const staff = info.resource ? Number(info.resource.id) : this.config.columns[0].id;
    const name = this.config.columns.find((one) => one.id === staff)?.title;
    const { x, y } = info.jsEvent;
    this.notes.close();
    this.form.clearRefusal();
    this.form.open(info.dateStr.slice(0, 16), staff, name, { x, y });
  }

  dropped(info) {
    const facts = info.oldEvent.extendedProps;
    const staff = info.newResource ? Number(info.newResource.id) : facts.staff;
    const start = later(facts.starts, minutesOf(info.delta));
    this.move(facts, start, staff, { x: info.jsEvent.clientX ?? 0, y: info.jsEvent.clientY ?? 0 });
  }

  async move(facts, start, staff, point, insists = false) {
    const body = { appointment: facts.appointment, revision: facts.revision, start, staff, insists };
    const { done, refused } = await send(this.config.urls.move, body, this.config.texts);
    if (refused) {
      this.draw(this.config.events); // back to where it stands
      this.notes.refused(refused, point, {
        choose: (offer) => this.move(facts, offer.start, offer.staff, point),
        insist: () => this.move(facts, start, staff, point, true),
      });
      return this.refresh();
    }
    await this.refresh();
    this.say("moved", facts, done, () => this.moveBack(facts, done, point));
    this.focus(facts.appointment);
  }

  moveBack(facts, done, point) {
    const now = { ...facts, revision: done.revision };
    return this.move(now, facts.starts, facts.staff, point, true);
  }

  async book(facts, form, insists = false) {
    const { done, refused } = await send(this.config.urls.book, { ...facts, insists }, this.config.texts);
    if (refused) {
      const there = (offer) => this.book({ ...facts, start: offer.start, staff: offer.staff }, form);
      form.refuse(refused, async (offer) => (await there(offer)) && form.dialog.close(), async () =>
        (await this.book(facts, form, true)) && form.dialog.close());
      await this.refresh();
      return false;
    }
    await this.refresh();
    const shown = this.config.events.find((one) => one.extendedProps.appointment === done.appointment);
    this.say("booked", shown?.extendedProps ?? { attendee: facts.name }, done, () => this.takeBack(done));
    return true;
  }

  async takeBack(done) {
    const body = { appointment: done.appointment, revision: done.revision };
    const { refused } = await send(this.config.urls.takeBack, body, this.config.texts);
    await this.refresh();
    if (refused) this.notes.refused(refused, this.middle(), {});
    else this.notes.done(this.config.texts.undone);
  }

  say(what, facts, done, undo) {
    const staff = this.config.columns.find((one) => one.id === done.staff)?.title ?? "";
    const name = facts.attendee || this.config.texts.withoutName;
    const text = say(this.config.texts[what], { name, time: clock(done.start), staff });
    this.notes.done(text, undo, done.waiting ? { text: done.waiting, url: this.config.urls.waiting } : null);
  }

  /** Drawn where the keys have carried it; nothing is stored yet. */
  show({ facts, start, staff }) {
    const minutes = (Date.parse(`${start}Z`) - Date.parse(`${facts.starts}Z`)) / 60000;
    this.draw(
      this.config.events.map((one) =>
        one.extendedProps.appointment === facts.appointment
          ? { ...one, start: later(one.start, minutes), end: later(one.end, minutes), resourceId: staff }
          : one,
      ),
    );
  }

  draw(events) {
    this.calendar.setOption("events", events);
  }

  focus(appointment) {
    requestAnimationFrame(() => document.querySelector(`[data-appointment="${appointment}"][data-run="0"]`)?.focus());
  }

  middle() {
    return { x: innerWidth / 2 - 150, y: innerHeight / 3 };
  }

  async refresh() {
    const fresh = await changed(this.config.feed, this.version).catch(() => null);
    if (!fresh || this.busy || this.keys?.carried) return; // asked before, answered while somebody moves a block
    this.version = fresh.version;
    this.config.events = fresh.events;
    if (fresh.min !== this.config.min) this.calendar.setOption("slotMinTime", (this.config.min = fresh.min));
    if (fresh.max !== this.config.max) this.calendar.setOption("slotMaxTime", (this.config.max = fresh.max));
    this.draw(fresh.events);
  }

  async again() {
    if (!document.hidden && !this.busy && !this.keys?.carried) await this.refresh();
    setTimeout(() => this.again(), EVERY);
  }
}

const place = document.querySelector("[data-planner-board]");
const config = document.getElementById("planner-config");
if (place && config && window.EventCalendar) {
  const list = document.querySelector("[data-planner-list]");
  const toggle = document.querySelector("[data-planner-toggle]");
  const read = JSON.parse(config.textContent);
  const choose = (asList) => {
    list.hidden = !asList;
    place.hidden = asList;
    toggle.textContent = asList ? read.texts.grid : read.texts.list;
  };
  toggle.hidden = false;
  toggle.addEventListener("click", () => choose(list.hidden));
  choose(false);
  new Board(place, read);
}

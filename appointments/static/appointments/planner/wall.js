// Times by the salon's wall clock, as text: "2025-11-24T13:00". The browser's own zone plays no part.

const MINUTE = 60000;

/** The text so many minutes later. */
export function later(wall, minutes) {
  return new Date(Date.parse(`${wall}Z`) + minutes * MINUTE).toISOString().slice(0, 16);
}

/** Minutes of a duration of the calendar's. */
export function minutesOf(delta) {
  return delta.days * 24 * 60 + delta.seconds / 60;
}

/** "13:00" */
export function clock(wall) {
  return wall.slice(11, 16);
}

/** A text with its {names} replaced. */
export function say(text, facts = {}) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

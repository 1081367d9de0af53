// What a block looks like.

import { clock, say } from "./wall.js";

function line(tag, text, kind) {
  const one = document.createElement(tag);
  one.textContent = text;
  one.className = kind;
  return one;
}

/** Seconds that a call still has. */
export function left(expires) {
  const seconds = Math.max(0, Math.round((new Date(expires) - Date.now()) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function contentOf(event, texts) {
  const facts = event.extendedProps;
  if (facts.kind === "gap") return { domNodes: [line("span", texts.freeMeanwhile, "board-quiet")] };
  if (facts.kind === "away") return { domNodes: [line("span", texts.away, "board-quiet")] };
  if (facts.kind === "hold") {
    const held = line("span", say(texts.held, { time: left(facts.expires) }), "board-countdown");
    held.dataset.expires = facts.expires;
    return { domNodes: [line("strong", event.title, ""), held] };
  }
  if (facts.kind !== "visit") return { domNodes: [] };
  const name = facts.attendee || texts.withoutName;
  const nodes = [line("strong", facts.run ? `… ${name}` : name, "")];
  nodes.push(line("span", facts.run ? facts.phases.join(", ") : `${clock(facts.starts)}–${clock(facts.ends)} ${facts.service}`, ""));
  if (!facts.run && facts.runs > 1) nodes.push(line("span", facts.phases.join(", "), "board-quiet"));
  if (facts.conflict) nodes.push(line("span", texts.conflict, "board-warning"));
  return { domNodes: nodes };
}

/** That somebody has not come before: for whoever points at the block, not for whoever stands at the counter. */
export function missedOf(facts, texts) {
  return facts.missed ? say(texts.missed, { times: facts.missed }) : "";
}

/** What a screen reader says. */
export function labelOf(event, texts) {
  const facts = event.extendedProps;
  const name = [facts.attendee || texts.withoutName, facts.service, missedOf(facts, texts)].filter(Boolean).join(", ");
  return say(texts.keyboard, { name, time: `${clock(facts.starts)}–${clock(facts.ends)}` });
}

export function countDown(texts) {
  for (const one of document.querySelectorAll(".board-countdown")) {
    one.textContent = say(texts.held, { time: left(one.dataset.expires) });
  }
}

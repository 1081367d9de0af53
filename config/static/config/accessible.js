// What the theme and its selects leave without a name or a role for those who do not see the page.
"use strict";

const nameSelect = (select) => {
  const box = select.nextElementSibling?.querySelector(".select2-selection");
  const shown = box?.querySelector(".select2-selection__rendered");
  if (!box) {
    return;
  }
  const label = select.labels?.[0];
  if (!label) {
    const name = select.getAttribute("aria-label") || "";
    [box, shown].forEach((each) => each?.setAttribute("aria-label", name));
    return;
  }
  label.id ||= `label_${select.id}`;
  // The name of the field, then what is chosen in it.
  box.setAttribute("aria-labelledby", [label.id, shown?.id].filter(Boolean).join(" "));
  shown?.setAttribute("aria-labelledby", label.id);
};

const nameAll = () => document.querySelectorAll("select.select2-hidden-accessible").forEach(nameSelect);

document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("main")?.setAttribute("role", "main");
  nameAll();
  // They are made at their own time, also with each row that is added to a form.
  new MutationObserver((changes) => {
    if (changes.some((each) => [...each.addedNodes].some((node) => node.classList?.contains("select2")))) {
      nameAll();
    }
  }).observe(document.body, { childList: true, subtree: true });
});

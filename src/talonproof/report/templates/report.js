"use strict";
// The page can be read without this: it only filters, copies, and opens what is folded.
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  for (const button of all(".copy")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.parentElement.querySelector("pre").textContent);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed here";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  const form = document.querySelector(".filter");
  const rows = all(".requirement");
  const areas = all(".area");
  const opened = new Map(areas.map((area) => [area, area.open]));
  const filter = () => {
    const text = form.elements.text.value.trim().toLowerCase();
    const states = all("input[name=state]:checked", form).map((box) => box.value);
    const active = text !== "" || states.length > 0;
    let shown = 0;
    for (const row of rows) {
      row.hidden = !(states.length === 0 || states.includes(row.dataset.state)) || !row.textContent.toLowerCase().includes(text);
      shown += row.hidden ? 0 : 1;
    }
    for (const area of areas) {
      const any = all(".requirement", area).some((row) => !row.hidden);
      area.hidden = !any;
      area.open = active ? any : opened.get(area);
    }
    form.querySelector("output").textContent = active ? `${shown} of ${rows.length} shown` : "";
  };
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = target; at; at = at.parentElement) {
      at.hidden = false;
      if (at instanceof HTMLDetailsElement) at.open = true;
    }
    target?.scrollIntoView();
  };
  window.addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = all("details:not([open]):not(.requirement):not(.quiet)");
    for (const part of folded) part.open = true;
  });
  window.addEventListener("afterprint", () => { for (const part of folded) part.open = false; });
})();

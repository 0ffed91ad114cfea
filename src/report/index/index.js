"use strict";
// The choice of a machine. Without this script all machines are shown, and
// nothing is missing. The choice is kept in the address, so that a link shows
// what the sender saw.
(() => {
  const table = document.querySelector("table.runs");
  if (!table) return;
  const rows = [...table.tBodies[0].rows];
  const parts = [...document.querySelectorAll("[data-machine]")];
  const machines = [...new Set(rows.map((row) => row.dataset.machine))].sort();
  if (machines.length < 2) return;

  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const select = make("select", {}, make("option", { value: "" }, "all"));
  for (const machine of machines) select.append(make("option", { value: machine }, machine));
  const count = make("output", { className: "count" });
  table.parentElement.before(make("div", { className: "controls" }, make("label", {}, "Machine ", select), count));

  const show = () => {
    // An SVG element has no property `hidden`, but every element the attribute.
    for (const part of parts) part.toggleAttribute("hidden", select.value !== "" && part.dataset.machine !== select.value);
    count.textContent = `${rows.filter((row) => !row.hasAttribute("hidden")).length} of ${rows.length} runs`;
  };
  const read = () => {
    const chosen = new URLSearchParams(location.hash.slice(1)).get("machine") ?? "";
    select.value = machines.includes(chosen) ? chosen : "";
    show();
  };
  select.addEventListener("change", () => {
    const hash = select.value ? `#${new URLSearchParams({ machine: select.value })}` : "";
    // A page opened from disk may not be allowed to change its address.
    try { history.replaceState(null, "", hash || location.pathname + location.search); } catch { /* the view still works */ }
    show();
  });
  window.addEventListener("hashchange", read);
  read();
})();

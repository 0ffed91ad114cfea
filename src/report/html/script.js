// Makes the table sortable, filterable and relative to a baseline. The page is
// complete without it: everything here is made by the script, nothing is
// unhidden.
(() => {
  const table = document.querySelector("table.figures");
  if (!table) return;

  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const columns = heads.map((head) => head.dataset.column);
  const data = { records: table.dataset.records, seed: table.dataset.seed, heap: Number(table.dataset.heap) };
  const unset = { sort: "", down: false, filter: "", hide: [], unit: "MiB", base: "", family: [] };
  let state = { ...unset };

  // ---- small helpers

  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const caseOf = (row) => row.dataset.case;
  const hasFigures = (row) => row.cells.length === heads.length;
  const figure = (cell) => {
    const text = cell && (cell.dataset.bytes ?? cell.dataset.value);
    return text === undefined ? undefined : Number(text);
  };

  // ---- numbers, by the rules of src/units/display.rs

  const grouped = (value, decimals) =>
    value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const amount = (bytes, per) => {
    if (per === 1) return grouped(bytes, 0);
    if (bytes === 0) return "0";
    const value = Math.abs(bytes) / per;
    const minus = bytes < 0 ? "−" : "";
    if (value < 0.005) return bytes < 0 ? ">−0.01" : "<0.01";
    return minus + (value < 0.995 ? value.toFixed(2) : grouped(value, 1));
  };
  const ratio = (value) => {
    const size = Math.abs(value);
    const minus = value < 0 ? "−" : "";
    if (!Number.isFinite(value)) return "–";
    if (size >= 9.95) return minus + grouped(size, 0) + "×";
    if (size >= 0.995) return minus + size.toFixed(1) + "×";
    if (size >= 0.0995) return minus + size.toFixed(2) + "×";
    if (size >= 0.0005) return minus + size.toFixed(3) + "×";
    return size > 0 ? "<0.001×" : "0×";
  };
  const decimal = { B: ["B", 1], KiB: ["kB", 1e3], MiB: ["MB", 1e6], GiB: ["GB", 1e9] };
  const inWords = (bytes) => {
    const size = Math.abs(bytes);
    const [unit, per] = size < 1e3 ? decimal.B : size < 1e6 ? decimal.KiB : size < 1e10 ? decimal.MiB : decimal.GiB;
    return `${amount(bytes, per)} ${unit}`;
  };

  // What the page said before the script touched it.
  const spoken = [...document.querySelectorAll("span[data-bytes]")].map((element) => ({ element, text: element.textContent }));
  const cells = rows.filter(hasFigures).flatMap((row) =>
    [...row.cells].map((cell, index) => ({ row, cell, index, text: cell.textContent })).slice(1));
  const units = heads.map((head) => head.querySelector("small")?.textContent ?? "");

  // ---- showing the state

  const baseRow = () => rows.find((row) => hasFigures(row) && caseOf(row) === state.base);

  const showNumbers = () => {
    const base = baseRow();
    for (const { element, text } of spoken) {
      element.textContent = state.unit === "MiB" ? text : inWords(Number(element.dataset.bytes));
    }
    for (const { cell, index, text } of cells) {
      const value = figure(cell);
      const bytes = cell.dataset.bytes !== undefined;
      if (value === undefined) continue;
      if (base) {
        const against = figure(base.cells[index]);
        // A ratio of figures of different sign, or to nothing, says nothing.
        const says = against !== undefined && (value === against || value / against >= 0);
        cell.textContent = !says ? "–" : value === against ? "1×" : ratio(value / against);
      } else if (state.unit === "data" && bytes && data.heap > 0) {
        cell.textContent = ratio(value / data.heap);
      } else if (state.unit === "MB" && bytes) {
        cell.textContent = amount(value, decimal[units[index]]?.[1] ?? 1e6);
      } else {
        cell.textContent = text;
      }
    }
    heads.forEach((head, index) => {
      const small = head.querySelector("small");
      if (!small) return;
      small.textContent = base ? "× base" : state.unit === "data" ? "× data" : state.unit === "MB" ? decimal[units[index]]?.[0] ?? "MB" : units[index];
    });
    for (const row of rows) row.classList.toggle("baseline", row === base);
  };

  // Families narrow the whole page; whatever shows a case names it.
  const ofFamily = new Map(rows.map((row) => [caseOf(row), row.dataset.family]));
  const isChosen = (name) => state.family.length === 0 || state.family.includes(ofFamily.get(name));
  const parts = [...document.querySelectorAll("main [data-case]")].filter((part) => !rows.includes(part));
  const groups = [...document.querySelectorAll("main .group, main details.rest")].filter((group) => group.querySelector("[data-case]"));
  const showFamilies = () => {
    for (const part of parts) part.toggleAttribute("hidden", ofFamily.has(part.dataset.case) && !isChosen(part.dataset.case));
    for (const group of groups) group.hidden = !group.querySelector("[data-case]:not([hidden])");
    for (const chip of chips) chip.setAttribute("aria-pressed", state.family.includes(chip.value));
    kept.textContent = state.family.length ? `${rows.filter((row) => isChosen(caseOf(row))).length} of ${rows.length} cases` : "";
  };

  const showRows = () => {
    const words = state.filter.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !isChosen(caseOf(row)) || !words.every((word) => caseOf(row).toLowerCase().includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = `${shown} of ${rows.length} cases`;

    const column = columns.indexOf(state.sort);
    const ordered = [...rows];
    if (column === 0) {
      ordered.sort((a, b) => (caseOf(a) < caseOf(b) ? -1 : 1) * (state.down ? -1 : 1));
    } else if (column > 0) {
      // What was not measured comes last either way.
      const value = (row) => (hasFigures(row) ? figure(row.cells[column]) : undefined);
      ordered.sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
        return (x - y) * (state.down ? -1 : 1);
      });
    }
    body.append(...ordered);
    heads.forEach((head, index) => {
      if (index === column) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  };

  const showColumns = () => {
    const hidden = columns.map((column) => state.hide.includes(column));
    heads.forEach((head, index) => { head.hidden = hidden[index]; });
    for (const row of rows) {
      if (hasFigures(row)) [...row.cells].forEach((cell, index) => { cell.hidden = hidden[index]; });
      else row.cells[1].colSpan = Math.max(1, hidden.slice(1).filter((hide) => !hide).length);
    }
  };

  const showControls = () => {
    filter.value = state.filter;
    unit.value = state.unit;
    base.value = state.base;
    for (const box of boxes) box.checked = !state.hide.includes(box.value);
    reset.hidden = fragment() === "";
  };

  const show = () => { showNumbers(); showColumns(); showFamilies(); showRows(); showControls(); };

  // ---- the state in the address

  const fragment = () => {
    const chosen = new URLSearchParams();
    if (state.sort) chosen.set("sort", (state.down ? "-" : "") + state.sort);
    if (state.filter) chosen.set("filter", state.filter);
    if (state.hide.length) chosen.set("hide", state.hide.join(","));
    if (state.unit !== unset.unit) chosen.set("unit", state.unit);
    if (state.base) chosen.set("base", state.base);
    if (state.family.length) chosen.set("family", state.family.join(","));
    return chosen.toString();
  };
  const write = (anchor = "figures") => {
    address.write(["sort", "filter", "hide", "unit", "base", "family"], new URLSearchParams(fragment()), anchor);
  };
  const read = () => {
    const chosen = address.chosen();
    const sort = chosen.get("sort") ?? "";
    state = {
      sort: columns.includes(sort.replace(/^-/, "")) ? sort.replace(/^-/, "") : "",
      down: sort.startsWith("-"),
      filter: chosen.get("filter") ?? "",
      hide: (chosen.get("hide") ?? "").split(",").filter((column) => columns.indexOf(column) > 0),
      unit: ["MiB", "MB", "data"].includes(chosen.get("unit")) ? chosen.get("unit") : unset.unit,
      base: rows.some((row) => hasFigures(row) && caseOf(row) === chosen.get("base")) ? chosen.get("base") : "",
      family: families.filter((family) => (chosen.get("family") ?? "").split(",").includes(family)),
    };
  };
  const change = (changes, anchor) => { state = { ...state, ...changes }; show(); write(anchor); };

  // ---- the controls

  const families = [...new Set(document.querySelector("main").dataset.families.split(" "))].filter((family) => rows.some((row) => row.dataset.family === family));
  const kept = make("output", {});
  const chips = families.map((family) => {
    const chip = make("button", { type: "button", value: family }, family);
    chip.addEventListener("click", () => {
      const rest = state.family.filter((other) => other !== family);
      change({ family: rest.length < state.family.length ? rest : families.filter((other) => other === family || rest.includes(other)) }, "peak");
    });
    return chip;
  });
  if (families.length > 1) {
    const bar = make("div", { className: "chips" }, "Only ", ...chips, kept);
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Families of formats that are shown");
    (document.querySelector("#peak .legend") ?? table.parentElement).before(bar);
  }
  const count = make("output", { className: "count" });
  const filter = make("input", { type: "search", autocomplete: "off", spellcheck: false });
  filter.addEventListener("input", () => change({ filter: filter.value }));
  const unit = make("select", {}, make("option", { value: "MiB" }, "MiB"), make("option", { value: "MB" }, "MB"));
  if (data.heap > 0) unit.append(make("option", { value: "data" }, "× data"));
  unit.addEventListener("change", () => change({ unit: unit.value }));
  const base = make("select", {}, make("option", { value: "" }, "none"));
  for (const row of rows.filter(hasFigures)) base.append(make("option", { value: caseOf(row) }, caseOf(row)));
  base.addEventListener("change", () => change({ base: base.value }));
  const boxes = columns.slice(1).map((column) => {
    const box = make("input", { type: "checkbox", value: column });
    box.addEventListener("change", () => change({ hide: boxes.filter((box) => !box.checked).map((box) => box.value) }));
    return box;
  });
  const chooser = make("details", { className: "chooser" }, make("summary", {}, "Columns"),
    make("div", {}, ...boxes.map((box, index) => make("label", {}, box, " ", heads[index + 1].firstChild.textContent))));
  const reset = make("button", { type: "button" }, "Reset");
  reset.addEventListener("click", () => { change({ ...unset }); filter.focus(); });
  const controls = make("div", { className: "controls" },
    make("label", {}, "Filter ", filter), make("label", {}, "Sizes in ", unit),
    make("label", {}, "Relative to ", base), chooser, reset, count);
  table.parentElement.before(controls);

  heads.forEach((head, index) => {
    const button = make("button", { type: "button", className: "sort" }, ...head.childNodes);
    button.addEventListener("click", () => {
      const again = state.sort === columns[index];
      if (again && state.down) change({ sort: "", down: false });
      else change({ sort: columns[index], down: again });
    });
    head.append(button);
  });

  const draw = (name, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  // Two sheets: drawn, because not every font has the sign.
  const sheets = () => draw("svg", { width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true", class: "sheets" },
    draw("rect", { x: 0.75, y: 0.75, width: 7.5, height: 7.5, rx: 1 }),
    draw("rect", { x: 3.75, y: 3.75, width: 7.5, height: 7.5, rx: 1 }));
  const quote = (text) => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const copy = async (text) => {
    try { await navigator.clipboard.writeText(text); return true; } catch { return false; }
  };
  for (const row of rows) {
    const command = `cargo bench --bench memory -- --records ${data.records} --seed ${data.seed} --exact ${quote(caseOf(row))}`;
    const button = make("button", { type: "button", className: "copy", title: command }, sheets());
    button.setAttribute("aria-label", `Copy the command that runs ${caseOf(row)}`);
    button.addEventListener("click", async () => {
      const done = await copy(command);
      if (!done) window.prompt("The command", command);
      button.replaceChildren(done ? "✓" : sheets());
      setTimeout(() => { button.replaceChildren(sheets()); }, 1500);
    });
    row.cells[0].prepend(button);
  }

  table.parentElement.after(make("p", { className: "note copies" }, sheets(), " copies the command that runs the case again."));

  address.listen(() => { read(); show(); }, () => write());
  read();
  show();
  if (location.hash.includes("?")) document.getElementById(address.anchor())?.scrollIntoView();
})();

// Read-outs on the charts, and the zoom of memory over time. A read-out repeats
// what the page says elsewhere, beside the mark under the pointer or the focus;
// nothing is on it alone. All of it is made here.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const draw = (name, attributes, ...children) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const percent = (place) => `${(place * 100).toFixed(2)}%`;
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  // ---- the read-out

  const readout = document.createElement("div");
  readout.className = "readout";
  readout.hidden = true;
  readout.setAttribute("role", "status");
  document.body.append(readout);

  const show = (name, lines, box) => {
    const title = document.createElement("strong");
    title.textContent = name;
    readout.replaceChildren(title, ...lines.map((line) => {
      const row = document.createElement("span");
      row.textContent = line;
      return row;
    }));
    readout.hidden = false;
    const { width, height } = readout.getBoundingClientRect();
    const below = box.bottom + 10 + height <= innerHeight;
    readout.style.left = `${clamp(box.left, 8, Math.max(8, innerWidth - width - 8))}px`;
    readout.style.top = `${Math.max(8, below ? box.bottom + 10 : box.top - height - 10)}px`;
  };
  const hide = () => { readout.hidden = true; };

  // What the table says of a case, in the units that are chosen there.
  const table = document.querySelector("table.figures");
  const heads = table ? [...table.tHead.rows[0].cells] : [];
  const TOLD = ["peak", "times", "high-water", "retained", "seconds"];
  const tableSays = (name) => {
    const row = table && [...table.tBodies[0].rows].find((row) => row.dataset.case === name);
    if (!row || row.cells.length !== heads.length) return [];
    const told = heads.map((head, index) => [head, row.cells[index]]).filter(([head]) => TOLD.includes(head.dataset.column));
    return told.map(([head, cell]) => {
      const unit = head.querySelector("small")?.textContent ?? "";
      const title = head.textContent.replace(unit, "").trim();
      const value = cell.textContent.trim();
      return `${title}: ${value}${unit && value !== "–" && !value.endsWith("×") ? ` ${unit}` : ""}`;
    });
  };
  const tell = (part, box) => {
    const title = part.querySelector("svg > title")?.textContent.slice(part.dataset.case.length + 2);
    // The title of a bar of the peak says what the table says, below.
    const own = [part.dataset.says ?? (part.closest("#peak") ? "" : title)].filter(Boolean);
    show(part.dataset.case, [...own, ...tableSays(part.dataset.case)], box ?? part.getBoundingClientRect());
  };

  // ---- charts of several cases: one stop of the Tab key each, arrows within

  for (const chart of document.querySelectorAll("figure.scatter, .bars")) {
    const parts = [...chart.querySelectorAll("[data-case]")];
    if (parts.length === 0) continue;
    let current = 0;
    chart.tabIndex = 0;
    chart.setAttribute("role", "group");
    const heading = chart.querySelector("h3") ?? chart.parentElement.querySelector("h3, h4");
    chart.setAttribute("aria-label", `${heading?.textContent ?? "Chart"}: arrows go from case to case`);
    // Over what is folded or filtered away, to the next that is seen.
    const choose = (index, step = 1) => {
      parts[current].classList.remove("told");
      for (let tries = 0; tries < parts.length; tries += 1) {
        current = (index + tries * step + parts.length * 2) % parts.length;
        if (parts[current].checkVisibility()) break;
      }
      parts[current].classList.add("told");
      parts[current].scrollIntoView({ block: "nearest" });
      tell(parts[current]);
    };
    const leave = () => { parts[current].classList.remove("told"); hide(); };
    chart.addEventListener("focus", () => { if (chart.matches(":focus-visible")) choose(current); });
    chart.addEventListener("blur", leave);
    chart.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (event.target !== chart) return;
      if (step) { event.preventDefault(); choose(current + step, step); }
      if (event.key === "Escape") leave();
    });
    chart.addEventListener("pointermove", (event) => {
      const row = event.target.closest("li.bar-row");
      if (row) return tell(row);
      // A dot is small: the nearest one will do.
      const near = [...chart.querySelectorAll("circle:not([hidden])")].map((dot) => {
        const box = dot.getBoundingClientRect();
        return { dot, box, far: Math.hypot(event.clientX - (box.left + box.right) / 2, event.clientY - (box.top + box.bottom) / 2) };
      }).sort((a, b) => a.far - b.far)[0];
      const part = near && near.far < 24 ? near.dot.closest("[data-case]") : null;
      if (part) tell(part, near.box);
      else hide();
    });
    chart.addEventListener("pointerleave", hide);
  }

  // ---- memory over time: a mark that tells, a stretch that can be enlarged

  const seconds = (time) => {
    if (time >= 1) return `${time.toFixed(2)} s`;
    return time >= 1e-3 ? `${(time * 1e3).toFixed(1)} ms` : `${(time * 1e6).toFixed(0)} µs`;
  };
  const size = (bytes) => {
    const [unit, per] = bytes >= 1 << 20 ? ["MiB", 1 << 20] : bytes >= 1 << 10 ? ["KiB", 1 << 10] : ["B", 1];
    return `${(bytes / per).toLocaleString("en-US", { maximumFractionDigits: bytes >= 100 * per ? 0 : 1 })} ${unit}`;
  };
  const place = (text) => parseFloat(text) / 100;

  const panelOf = (figure) => {
    const svg = figure.querySelector("svg[data-seconds]");
    const plot = svg.querySelector("svg");
    const height = plot.viewBox.baseVal.height;
    const [whole, top] = [Number(svg.dataset.seconds), Number(svg.dataset.top)];
    // From the axis: H x V y for each point. Bytes stay as they are until the next.
    const points = [];
    for (const [, first, x, y] of plot.querySelector(".curve").getAttribute("d").matchAll(/(?:M([\d.]+) [\d.]+|H([\d.]+))V([\d.]+)/g)) {
      points.push([Number(first ?? x) / 1000, (1 - Number(y) / height) * top]);
    }
    const moving = [...svg.querySelectorAll(".step, .step-number, .peak-dot")].map((element) => {
      const key = element.hasAttribute("cx") ? "cx" : "x";
      return { element, key, at: place(element.getAttribute(key)), width: place(element.getAttribute("width") ?? "0") };
    });
    const [begin, end] = svg.querySelectorAll(".edge");
    const atEnd = end.textContent;
    const selection = draw("rect", { class: "selection", y: 0, height, x: 0, width: 0, visibility: "hidden" });
    const cursor = draw("line", { class: "cursor", y1: 0, y2: height, x1: 0, x2: 0, visibility: "hidden" });
    svg.append(selection, cursor);
    const panel = { figure, name: figure.dataset.case, whole, view: [0, 1] };
    let mark = 0.5; // within the view, from 0 to 1
    let anchor = null; // where a selection began

    const isZoomed = () => panel.view[0] > 0 || panel.view[1] < 1;
    panel.look = (from, to) => {
      panel.view = [from, to];
      const within = (at) => (at - from) / (to - from);
      plot.setAttribute("viewBox", `${from * 1000} 0 ${(to - from) * 1000} ${height}`);
      for (const { element, key, at, width } of moving) {
        const [left, right] = [clamp(within(at), 0, 1), clamp(within(at + width), 0, 1)];
        const gone = element.hasAttribute("width") ? right <= left : within(at) < 0 || within(at) > 1;
        element.setAttribute(key, percent(left));
        if (element.hasAttribute("width")) element.setAttribute("width", percent(right - left));
        element.setAttribute("visibility", gone ? "hidden" : "visible");
      }
      begin.textContent = from > 0 ? seconds(from * whole) : "0";
      end.textContent = to < 1 ? seconds(to * whole) : atEnd;
      figure.classList.toggle("zoomed", isZoomed());
      again.hidden = !isZoomed();
    };
    const time = (at) => panel.view[0] + at * (panel.view[1] - panel.view[0]);
    const showMark = () => {
      for (const key of ["x1", "x2"]) cursor.setAttribute(key, percent(mark));
      cursor.setAttribute("visibility", "visible");
      const [from, to] = anchor === null ? [0, 0] : [Math.min(anchor, mark), Math.max(anchor, mark)];
      selection.setAttribute("x", percent(from));
      selection.setAttribute("width", percent(to - from));
      selection.setAttribute("visibility", to > from ? "visible" : "hidden");
      const now = time(mark);
      const live = points.findLast(([x]) => x <= now + 1e-9) ?? points[0];
      const lines = [`after ${seconds(now * whole)}: about ${size(live[1])} live`];
      if (to > from) lines.push(`selected: ${seconds(time(from) * whole)} to ${seconds(time(to) * whole)}`);
      show(panel.name, [...lines, ...tableSays(panel.name).slice(0, 1)], svg.getBoundingClientRect());
    };
    const clear = () => {
      anchor = null;
      for (const element of [cursor, selection]) element.setAttribute("visibility", "hidden");
      hide();
    };
    const enlarge = () => {
      const [from, to] = [time(Math.min(anchor ?? mark, mark)), time(Math.max(anchor ?? mark, mark))];
      clear();
      // A thousandth of the whole is less than a point of the curve.
      if (to - from >= 0.001) { panel.look(from, to); mark = 0.5; write(); }
    };
    const reset = () => { clear(); panel.look(0, 1); write(); };
    const at = (event) => {
      const box = svg.getBoundingClientRect();
      return clamp((event.clientX - box.left) / box.width, 0, 1);
    };

    const again = document.createElement("button");
    again.type = "button";
    again.className = "whole";
    again.textContent = "show all";
    again.hidden = true;
    again.setAttribute("aria-label", `Show all of ${panel.name}`);
    again.addEventListener("click", () => { reset(); figure.focus(); });
    figure.querySelector("figcaption").append(again);

    figure.tabIndex = 0;
    figure.addEventListener("focus", () => { if (figure.matches(":focus-visible")) showMark(); });
    figure.addEventListener("blur", clear);
    figure.addEventListener("keydown", (event) => {
      if (event.target !== figure && event.key !== "Escape") return;
      const step = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
      if (step) {
        event.preventDefault();
        if (event.shiftKey) anchor ??= mark;
        else anchor = null;
        mark = clamp(mark + step, 0, 1);
        showMark();
      } else if (event.key === "Enter" && anchor !== null) {
        enlarge();
      } else if (event.key === "Escape") {
        reset();
      }
    });
    svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      anchor = mark = at(event);
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointermove", (event) => { mark = at(event); showMark(); });
    svg.addEventListener("pointerup", () => { if (anchor !== null && anchor !== mark) enlarge(); else anchor = null; });
    svg.addEventListener("pointercancel", clear);
    svg.addEventListener("pointerleave", () => { if (anchor === null) clear(); });
    return panel;
  };
  const panels = [...document.querySelectorAll("#time figure.panel")].map(panelOf);
  addEventListener("scroll", () => { if (!document.activeElement?.matches("figure, .bars")) hide(); }, { passive: true });

  // zoom=read/text:0.25~0.5, in seconds; as many as there are.
  const write = () => {
    const zoomed = panels.filter((panel) => panel.view[0] > 0 || panel.view[1] < 1);
    const text = (place, panel) => Number((place * panel.whole).toPrecision(6)).toString();
    address.write(["zoom"], zoomed.map((panel) => ["zoom", `${panel.name}:${text(panel.view[0], panel)}~${text(panel.view[1], panel)}`]), "time");
  };
  const read = () => {
    const wanted = new Map(address.chosen().getAll("zoom").map((zoom) => {
      const split = zoom.lastIndexOf(":");
      return [zoom.slice(0, split), zoom.slice(split + 1).split("~").map(Number)];
    }));
    for (const panel of panels) {
      const [from, to] = (wanted.get(panel.name) ?? [0, panel.whole]).map((time) => time / panel.whole);
      if (from >= 0 && to <= 1 + 1e-6 && to - from >= 0.001) panel.look(from, Math.min(to, 1));
      else panel.look(0, 1);
    }
  };
  if (panels.length > 0) {
    const note = document.createElement("p");
    note.className = "note how";
    note.textContent = "Drag over a stretch of a curve to enlarge it, and press Escape to see all again. "
      + "By keyboard: arrows move the mark, with Shift they select, Enter enlarges.";
    document.querySelector("#time .lede").after(note);
    address.listen(read, write);
    read();
  }
})();

// What is wrong for those who cannot see the page, or not well; "" if nothing.
(() => {
  const flaws = [];
  const named = (e) => e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.textContent.trim() || e.title || (e.labels && e.labels.length);
  for (const e of document.querySelectorAll("button, a[href], input, select, summary")) if (!named(e)) flaws.push("no name: " + e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll("svg[role=img]")) if (!e.querySelector(":scope > title") || !e.querySelector(":scope > desc")) flaws.push("no title or desc: " + e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll("svg:not([role=img])")) if (!e.closest("[aria-hidden=true], svg[role=img]")) flaws.push("an svg that is neither an image nor hidden");
  for (const e of document.querySelectorAll("th:not([scope])")) flaws.push("th without scope: " + e.textContent);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) flaws.push("id twice: " + id);
  for (const e of document.querySelectorAll("[aria-labelledby]")) if (!document.getElementById(e.getAttribute("aria-labelledby"))) flaws.push("label missing: " + e.id);
  if (document.querySelectorAll("h1").length !== 1) flaws.push("not one h1");
  let level = 1;
  for (const e of document.querySelectorAll("h1, h2, h3, h4")) {
    const next = Number(e.tagName[1]);
    if (next > level + 1) flaws.push("heading level left out: " + e.textContent);
    level = next;
  }
  const rgb = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const poor = new Set();
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility()) continue;
    if (["SCRIPT", "STYLE", "title", "desc"].includes(e.tagName)) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(rgb(e instanceof SVGElement ? style.fill : style.color)), light(ground(e))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) poor.add(`contrast ${contrast.toFixed(1)}: ${e.tagName}.${e.getAttribute("class")} ${e.textContent.trim().slice(0, 30)}`);
  }
  return [...flaws, ...poor].join("\n");
})()

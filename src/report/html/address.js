"use strict";
// What the reader chose is kept in the address, after a `?` in the fragment, so
// that a link shows what the sender saw. Each part of the script has keys of
// its own there and leaves the others’ alone.
const address = {
  anchor: () => location.hash.slice(1).split("?")[0],
  chosen: (hash = location.hash) => new URLSearchParams(hash.slice(1).split("?").slice(1).join("?")),
  /** Replaces all `keys` by `pairs`; without an anchor, `anchor` is where they belong. */
  write(keys, pairs, anchor) {
    const chosen = address.chosen();
    for (const key of keys) chosen.delete(key);
    for (const [key, value] of pairs) chosen.append(key, value);
    const text = chosen.toString();
    const place = address.anchor() || (text ? anchor : "");
    const hash = text ? `#${place}?${text}` : place ? `#${place}` : "";
    // A page opened from disk may not be allowed to change its address.
    try { history.replaceState(null, "", hash || location.pathname + location.search); } catch { /* the view still works */ }
  },
  /** A plain link within the page leaves the choices as they are: `keep` writes them again. */
  listen(read, keep) {
    window.addEventListener("hashchange", (event) => {
      if (new URL(event.newURL).hash.includes("?")) read();
      else keep();
    });
  },
};

// What scrolls sideways can be reached by keys: code, tables and pictures that are wider than the screen.
"use strict";

(() => {
  const WIDE = ".highlight pre, .table-wrapper, article p:has(> img)";

  function mark({ target }) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }

  function start() {
    const observer = new ResizeObserver((entries) => entries.forEach(mark));
    for (const each of document.querySelectorAll(WIDE)) observer.observe(each);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

// Elements, and signs that are drawn because not every browser has a glyph for them.
// Data becomes text and attributes, never markup.
((overdraft) => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const SIGNS = {
    pause: "M5 3h2.5v10H5zM9.5 3H12v10H9.5z",
    play: "M5 3l8 5-8 5z",
    on: "M3 3l5 5-5 5zM8.5 3l5 5-5 5z",
    arrow: "M1 7h10V4l4.5 4L11 12V9H1z",
    back: "M6 3v3h4.5a3.5 3.5 0 0 1 0 7H5v-2h5.5a1.5 1.5 0 0 0 0-3H6v3L1.5 7z",
    start: "M3 3h2v10H3zM13 3v10L6 8z",
    link: "M5 2h8v8h-2V4H5zM3 5h7v9H3z",
    full: "M2 2h5v2H4v3H2zM9 2h5v5h-2V4H9zM2 9h2v3h3v2H2zM12 9h2v5H9v-2h3z",
  };

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : String(value));
    }
    node.append(...children.flat(2).filter((each) => each !== null && each !== undefined));
    return node;
  }

  const element = (name, attributes, ...children) =>
    fill(document.createElement(name), attributes, children);

  const drawn = (name, attributes, ...children) =>
    fill(document.createElementNS(SVG, name), attributes, children);

  const sign = (name) =>
    drawn(
      "svg",
      { class: `sign sign-${name}`, viewBox: "0 0 16 16", "aria-hidden": "true" },
      drawn("path", { d: SIGNS[name] }),
    );

  // The letter of a request, in a shape of its own: never told by colour alone.
  const badge = (overall, request) =>
    element("span", { class: `badge by-${request}` }, overall.requests[request].name);

  Object.assign(overdraft, { element, drawn, sign, badge });
})((window.overdraft ??= {}));

// The whole graph, time going down: what is still possible at each node, the way that was walked,
// and a click goes there. What a node's colour says, its shape says too.
((overdraft) => {
  "use strict";

  const { element, drawn } = overdraft;
  const SHAPES = {
    can: { path: "M0-7A7 7 0 1 1 0 7A7 7 0 1 1 0-7z", words: "some orders from here" },
    must: { path: "M-6.5-6.5h13v13h-13z", words: "every order from here" },
    never: { path: "M0-8.5L8.5 0 0 8.5-8.5 0z", words: "no order from here" },
  };
  const SPACE = 26;
  const SWEEPS = 4;

  // Nodes by depth, each layer ordered so that few lines cross (the barycentre method: Sugiyama).
  function layersOf(graph) {
    const layers = [];
    const parents = new Map(graph.order.map((node) => [node, []]));
    for (const node of graph.order) {
      (layers[graph.depth(node)] ||= []).push(node);
      for (const move of graph.moves(node)) parents.get(move.to).push(node);
    }
    const place = new Map();
    const settle = (layer) =>
      layer.forEach((node, index) => place.set(node, index - (layer.length - 1) / 2));
    layers.forEach(settle);
    const sorted = (layer, neighbours) => {
      const middle = (node) => {
        const places = neighbours(node).map((each) => place.get(each));
        return places.length
          ? places.reduce((sum, each) => sum + each, 0) / places.length
          : place.get(node);
      };
      const middles = new Map(layer.map((node) => [node, middle(node)]));
      settle(layer.sort((one, other) => middles.get(one) - middles.get(other)));
    };
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      layers.forEach((layer) => sorted(layer, (node) => parents.get(node)));
      [...layers]
        .reverse()
        .forEach((layer) => sorted(layer, (node) => graph.moves(node).map(({ to }) => to)));
    }
    layers.forEach((layer) => sorted(layer, (node) => parents.get(node)));
    return { layers, place };
  }

  class Map_ {
    #graph;
    #go;
    #places;
    #at;
    #nodes = new Map();
    #edges = new Map();
    #focused = 0;

    // `go(node)` is called when a node is chosen.
    constructor(graph, go) {
      this.#graph = graph;
      this.#go = go;
      this.node = element("div", { class: "map" }, this.#legend());
    }

    // Draw at first sight: a map of three requests has thousands of nodes.
    show(walk, isVisible) {
      if (!isVisible) return;
      if (!this.#nodes.size) this.node.append(this.#draw());
      const nodes = walk.nodes;
      const edges = new Set(nodes.slice(1).map((node, index) => `${nodes[index]}-${node}`));
      const walked = new Set(nodes);
      for (const [key, edge] of this.#edges) edge.classList.toggle("walked", edges.has(key));
      for (const [node, { mark }] of this.#nodes) {
        mark.classList.toggle("walked", walked.has(node));
        mark.classList.toggle("here", node === walk.here);
        if (node === walk.here) mark.setAttribute("aria-current", "true");
        else mark.removeAttribute("aria-current");
      }
      this.#rove(walk.here, false);
      this.#centre(walk.here);
    }

    // Bring a node into sight, within the map alone.
    #centre(node) {
      const sheet = this.node.lastElementChild;
      const [x, y] = this.#at(node);
      sheet.scrollTo(x - sheet.clientWidth / 2, y - sheet.clientHeight / 2);
    }

    #legend() {
      const [, deed] = overdraft.words.deed(this.#graph.recording);
      const each = (fate, words) =>
        element(
          "li",
          {},
          drawn(
            "svg",
            { viewBox: "-10 -10 20 20", class: `fate ${fate}`, "aria-hidden": "true" },
            drawn("path", { d: SHAPES[fate].path }),
          ),
          words,
        );
      return element(
        "ul",
        { class: "legend" },
        each("can", `can still ${deed}`),
        each("must", `must ${deed}`),
        each("never", `can't ${deed} any more`),
      );
    }

    #draw() {
      const { layers, place } = layersOf(this.#graph);
      const widest = Math.max(...layers.map((layer) => layer.length));
      const [width, height] = [(widest + 1) * SPACE, (layers.length + 0.5) * SPACE * 1.2];
      this.#places = place;
      this.#at = (node) => [
        (place.get(node) + (widest + 1) / 2) * SPACE,
        (this.#graph.depth(node) + 0.75) * SPACE * 1.2,
      ];
      const picture = drawn("svg", {
        viewBox: `0 0 ${width} ${height}`,
        width,
        height,
        role: "group",
        "aria-label": "Map of all orders: arrow keys move, Enter goes there",
        onkeydown: (event) => this.#key(event),
      });
      for (const node of this.#graph.order) picture.append(...this.#lines(node));
      for (const node of this.#graph.order) picture.append(this.#mark(node));
      return element("div", { class: "sheet" }, picture);
    }

    #lines(node) {
      const [x, y] = this.#at(node);
      return this.#graph.moves(node).map((move) => {
        const [toX, toY] = this.#at(move.to);
        const line = drawn("line", { x1: x, y1: y, x2: toX, y2: toY, class: `edge by-${move.by}` });
        this.#edges.set(`${node}-${move.to}`, line);
        return line;
      });
    }

    #mark(node) {
      const [x, y] = this.#at(node);
      const { number, does, counted } = overdraft.words;
      const count = this.#graph.count(node);
      const end = this.#graph.moves(node).length === 0;
      const words = end
        ? `an end that ${count.bad ? overdraft.words.deed(this.#graph.recording)[0] : "is safe"}`
        : `orders from here: ${number(count.all)}, of them ${does(this.#graph.recording, count.bad)}`;
      const shape = SHAPES[this.#graph.fate(node)];
      const mark = drawn(
        "g",
        {
          class: `fate ${this.#graph.fate(node)}${end ? " last" : ""}`,
          transform: `translate(${x} ${y})`,
          role: "button",
          tabindex: -1,
          "aria-label": `After ${counted(this.#graph.depth(node), "move")}, ${words}`,
          onclick: () => this.#go(node),
        },
        drawn("circle", { r: SPACE / 2, class: "target" }),
        end ? drawn("path", { d: shape.path, class: "rim", transform: "scale(1.45)" }) : null,
        drawn("path", { d: shape.path }),
        drawn("title", {}, words),
      );
      this.#nodes.set(node, { mark });
      return mark;
    }

    // One node at a time is in the order of Tab; the arrows move to its neighbours.
    #rove(node, focus) {
      this.#nodes.get(this.#focused)?.mark.setAttribute("tabindex", -1);
      this.#focused = node;
      this.#nodes.get(node).mark.setAttribute("tabindex", 0);
      if (focus) this.#nodes.get(node).mark.focus();
    }

    #key(event) {
      if (event.key === "Enter" || event.key === " ") this.#go(this.#focused);
      else {
        const next = this.#neighbour(event.key);
        if (next === undefined) return;
        if (next !== null) this.#rove(next, true);
      }
      event.preventDefault();
      event.stopPropagation();
    }

    // The node that an arrow key leads to; null: none; undefined: the key is none of these.
    #neighbour(key) {
      const here = this.#focused;
      const close = (nodes) =>
        nodes.sort((one, other) => this.#distance(one, here) - this.#distance(other, here))[0] ??
        null;
      const layer = (depth) =>
        this.#graph.order.filter((node) => this.#graph.depth(node) === depth);
      const depth = this.#graph.depth(here);
      const side = (sign) => (node) =>
        Math.sign(this.#places.get(node) - this.#places.get(here)) === sign;
      switch (key) {
        case "ArrowDown":
          return close(this.#graph.moves(here).map(({ to }) => to));
        case "ArrowUp":
          return close(
            layer(depth - 1).filter((node) =>
              this.#graph.moves(node).some(({ to }) => to === here),
            ),
          );
        case "ArrowLeft":
          return close(layer(depth).filter(side(-1)));
        case "ArrowRight":
          return close(layer(depth).filter(side(1)));
        default:
          return undefined;
      }
    }

    #distance(one, other) {
      return Math.abs(this.#places.get(one) - this.#places.get(other));
    }
  }

  Object.assign(overdraft, { Map: Map_ });
})((window.overdraft ??= {}));

// The source that ran, with the line lit at which each request's Python stands.
((overdraft) => {
  "use strict";

  const { element, badge } = overdraft;

  // The source in which requests stand at most nodes.
  function busiest({ sources, states }) {
    const times = sources.map(() => 0);
    for (const { at } of states)
      for (const frames of at) for (const [source] of frames) times[source]++;
    return Math.max(0, times.indexOf(Math.max(...times)));
  }

  class Source {
    #recording;
    #lines = new Map();
    #parts = [];

    #main;

    constructor(recording) {
      this.#recording = recording;
      this.#main = busiest(recording);
      const parts = recording.sources.map((source, index) => this.#part(source, index));
      this.node = element("div", {}, parts[this.#main], parts.toSpliced(this.#main, 1));
    }

    show(state) {
      const stands = this.#recording.requests.map(() => []);
      for (const [key, line] of this.#lines) {
        line.node.className = "";
        line.marks.replaceChildren();
        state.at.forEach((frames, request) => {
          const depth = frames.findIndex((frame) => key === `${frame[0]}:${frame[1]}`);
          if (depth < 0) return;
          const inmost = depth === frames.length - 1;
          if (inmost) stands[request].push(key);
          line.node.classList.add(inmost ? "lit" : "caller", `by-${request}`);
          line.marks.append(this.#mark(request, inmost));
        });
        line.held.replaceChildren();
      }
      state.ran.forEach((lines, request) => lines.forEach((ran) => this.#ran(request, ran)));
      // Open is what most of it is about, and where somebody stands.
      for (const [index, part] of this.#parts.entries())
        part.open =
          index === this.#main || stands.flat().some((key) => key.startsWith(`${index}:`));
    }

    // Mark a line that ran since the request's last statement, with what its Python held before it of
    // what the line speaks of.
    #ran(request, [source, number, values]) {
      const line = this.#lines.get(`${source}:${number}`);
      if (!line) return;
      const { textOf } = overdraft.words;
      const told = values
        .map(([name, value]) => [textOf(this.#recording, name), value])
        .filter(([name]) => line.text.includes(name))
        .map(([name, value]) => `${name} was ${value === null ? "not loaded" : value}`);
      line.node.classList.add("ran");
      if (!told.length) return;
      const name = overdraft.words.nameOf(this.#recording, request);
      line.held.append(element("span", { class: `by-${request}` }, `${name}: ${told.join(", ")}`));
    }

    #mark(request, inmost) {
      const mark = badge(this.#recording, request);
      mark.append(
        element("span", { class: "aloud" }, inmost ? " stands here: " : " called from here: "),
      );
      if (!inmost) mark.classList.add("outer");
      return mark;
    }

    #part(source, index) {
      const rows = source.lines.map(([number, text]) => {
        const marks = element("span", { class: "marks" });
        const indent = text.length - text.trimStart().length;
        const code = element("code", { style: `--indent: ${indent}` }, text.trimStart() || " ");
        const held = element("span", { class: "held-here" });
        const node = element(
          "li",
          { "data-line": number },
          element("span", { class: "number" }, number),
          marks,
          code,
          held,
        );
        this.#lines.set(`${index}:${number}`, { node, marks, held, text });
        return node;
      });
      const part = element(
        "details",
        { open: index === this.#main },
        element("summary", {}, element("code", {}, source.name), ` in ${source.file}`),
        element("ol", { class: "listing" }, rows),
      );
      this.#parts.push(part);
      return part;
    }
  }

  Object.assign(overdraft, { Source });
})((window.overdraft ??= {}));

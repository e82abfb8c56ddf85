// The source that ran, with the line lit at which each request's Python stands.
((overdraft) => {
  "use strict";

  const { element, badge } = overdraft;

  class Source {
    #recording;
    #lines = new Map();
    #parts = [];

    constructor(recording) {
      this.#recording = recording;
      const parts = recording.sources.map((source, index) => this.#part(source, index));
      this.node = element("div", {}, parts);
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
      }
      for (const [index, part] of this.#parts.entries())
        if (stands.flat().some((key) => key.startsWith(`${index}:`))) part.open = true;
    }

    #mark(request, inmost) {
      const mark = badge(this.#recording, request);
      mark.append(element("span", { class: "aloud" }, inmost ? " stands here: " : " called from here: "));
      if (!inmost) mark.classList.add("outer");
      return mark;
    }

    #part(source, index) {
      const rows = source.lines.map(([number, text]) => {
        const marks = element("span", { class: "marks" });
        const indent = text.length - text.trimStart().length;
        const code = element("code", { style: `--indent: ${indent}` }, text.trimStart() || " ");
        const node = element("li", { "data-line": number }, element("span", { class: "number" }, number), marks, code);
        this.#lines.set(`${index}:${number}`, { node, marks });
        return node;
      });
      const part = element(
        "details",
        { open: index === 0 },
        element("summary", {}, element("code", {}, source.name), ` in ${source.file}`),
        element("ol", { class: "listing" }, rows),
      );
      this.#parts.push(part);
      return part;
    }
  }

  Object.assign(overdraft, { Source });
})((window.overdraft ??= {}));

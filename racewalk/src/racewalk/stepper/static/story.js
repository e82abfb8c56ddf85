// What has happened, time going down: a column for each request, its transaction a bar beside it.
((overdraft) => {
  "use strict";

  const { element, sign, badge } = overdraft;

  class Story {
    #recording;
    #graph;
    #list;
    #end;

    constructor(graph) {
      this.#graph = graph;
      this.#recording = graph.recording;
      const heads = this.#recording.requests.map((request, index) =>
        element("li", { class: `by-${index}` }, badge(this.#recording, index), ` ${request.does}`),
      );
      this.#list = element("ol", { class: "lines" });
      this.#end = element("div", { class: "end", hidden: true });
      this.node = element(
        "div",
        { class: "story", style: `--requests: ${heads.length}` },
        element("ul", { class: "heads", "aria-label": "Requests" }, heads),
        this.#list,
        this.#end,
      );
    }

    show(walk) {
      const rows = walk.taken.flatMap(({ from, move }) =>
        overdraft.words
          .linesOf(move)
          .map((line) => this.#row(line, this.#brackets(from, move, line))),
      );
      rows.forEach((row, index) =>
        row.prepend(element("span", { class: "number", "aria-hidden": "true" }, index + 1)),
      );
      this.#list.replaceChildren(...rows);
      this.#tellEnd(this.#graph.outcome(walk.here));
    }

    // For each request, where the line lies in its transaction: opens, within, closes, or "".
    #brackets(from, move, line) {
      const before = this.#graph.state(from).open;
      const after = this.#graph.state(move.to).open;
      return before.map((was, request) => {
        const is = after[request];
        const own = line.by === request && ["step", "goes on"].includes(line.kind);
        if (was && is) return "within";
        if (was) return own ? "closes" : this.#isBefore(move, line, request) ? "within" : "";
        if (is) return own ? "opens" : this.#isBefore(move, line, request) ? "" : "within";
        return "";
      });
    }

    // Whether a line comes before the request's own statement within one move.
    #isBefore(move, line, request) {
      const own = move.lines.findIndex(
        (each) => each.by === request && ["step", "goes on"].includes(each.kind),
      );
      return move.lines.indexOf(line) < own;
    }

    #row(line, brackets) {
      const { textOf } = overdraft.words;
      const text = textOf(this.#recording, line.text);
      const facts = [
        ["read", line.reads === null ? "" : `reads ${textOf(this.#recording, line.reads)}`],
        ["write", line.writes === null ? "" : `writes ${textOf(this.#recording, line.writes)}`],
        [line.failed ? "error" : "note", textOf(this.#recording, line.note)],
      ];
      const box = element(
        "div",
        { class: `box kind-${line.kind.replace(" ", "-")}` },
        badge(this.#recording, line.by),
        " ",
        this.#prefix(line.kind),
        this.#what(line.kind, text),
        facts
          .filter(([, words]) => words)
          .map(([kind, words]) => element("span", { class: `fact ${kind}` }, words)),
      );
      const bars = brackets.map((bracket, request) =>
        element("span", { class: `bar column-${request} ${bracket}`, "aria-hidden": "true" }),
      );
      return element("li", { class: `by-${line.by}` }, bars, box);
    }

    #what(kind, text) {
      if (kind === "begin") return element("strong", {}, "is sent");
      return kind === "answer"
        ? element("strong", {}, `answers: ${text}`)
        : element("code", {}, text);
    }

    #prefix(kind) {
      if (kind === "wait")
        return element("span", { class: "fact wait" }, sign("pause"), " waits at ");
      if (kind === "goes on")
        return element("span", { class: "fact wait" }, sign("play"), " goes on ");
      return null;
    }

    #tellEnd(outcome) {
      this.#end.hidden = !outcome;
      if (!outcome) return;
      const [deed] = overdraft.words.deed(this.#recording);
      const head = outcome.unsafe ? `This order ${deed}.` : "A safe order.";
      const said = this.#recording.requests.map(
        ({ name }, index) => `${name}: ${outcome.said[index]}`,
      );
      this.#end.className = `end ${outcome.unsafe ? "bad" : outcome.bad ? "warn" : "good"}`;
      this.#end.replaceChildren(
        element("strong", {}, head),
        ` ${said.join(", ")}. ${outcome.words}`,
      );
    }
  }

  Object.assign(overdraft, { Story });
})((window.overdraft ??= {}));

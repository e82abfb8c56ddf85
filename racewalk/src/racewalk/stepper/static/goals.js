// What to look for, how often one tried, and what is known of all orders.
((overdraft) => {
  "use strict";

  const { element } = overdraft;
  const { counted, deed, number, does } = overdraft.words;

  // The goals of a recording: `title`, whether a finished walk `meets` it, how many orders do
  // (`total`), what these do (`words`: of one, of several), and the moves of one (`example`).
  function goalsOf(graph) {
    const { recording } = graph;
    const words = deed(recording);
    const refused = (outcome) => outcome.said.every((word) => word === "refused");
    const single = () => graph.byPreemptions().get(1)?.bad ?? 0n;
    const [one] = words;
    const all = recording.requests.length === 2 ? "both" : "all";
    const outcomeGoal = (title, meets, words) => ({
      title,
      words,
      meets: (walk, outcome) => meets(outcome),
      total: () => graph.ways(meets),
      example: (ends) => graph.simplest(0, overdraft.NOBODY, ends(meets)),
    });
    return [
      outcomeGoal(`an order that ${one}`, (outcome) => outcome.unsafe, words),
      {
        title: `one that ${one} with a single preemption`,
        words: words.map((each) => `${each} with a single preemption`),
        meets: (walk, outcome) => outcome.unsafe && walk.preemptions === 1,
        total: single,
        example: (ends) =>
          graph.exactly(
            1,
            ends((outcome) => outcome.unsafe),
          ),
      },
      outcomeGoal(`one in which ${all} are refused`, refused, [`refuses ${all}`, `refuse ${all}`]),
      outcomeGoal("a safe order", (outcome) => !outcome.unsafe, ["is safe", "are safe"]),
    ];
  }

  class Goals {
    #graph;
    #goals;
    #tried = new Set();
    #found = new Map();
    #givenUp = new Set();
    #choice;
    #giveUp;
    #walk;

    // `go(schedule)` shows an order. `node` is what one chooses by, `result` what is known.
    constructor(graph, go) {
      this.#graph = graph;
      this.#goals = goalsOf(graph);
      this.go = go;
      this.result = element("p", { class: "result", role: "status" });
      this.#giveUp = element(
        "button",
        { type: "button", onclick: () => this.#surrender() },
        "Give up",
      );
      const options = this.#goals.map(({ title }, index) =>
        element("option", { value: index }, title),
      );
      this.#choice = element("select", { onchange: () => this.#tell() }, options);
      this.node = element(
        "div",
        { class: "goals" },
        element("label", {}, "Find ", this.#choice),
        this.#giveUp,
      );
    }

    show(walk) {
      this.#walk = walk;
      const outcome = this.#graph.outcome(walk.here);
      if (outcome) {
        this.#tried.add(walk.schedule);
        this.#goals.forEach((goal, index) => {
          if (!this.#found.has(index) && goal.meets(walk, outcome))
            this.#found.set(index, walk.schedule);
        });
      }
      this.#tell();
    }

    get #index() {
      return Number(this.#choice.value);
    }

    #surrender() {
      this.#givenUp.add(this.#index);
      this.#tell();
    }

    #tell() {
      this.#goals.forEach(({ title }, index) => {
        const text = this.#found.has(index) ? `${title} (found)` : title;
        if (this.#choice.options[index].text !== text) this.#choice.options[index].text = text;
      });
      const found = this.#found.get(this.#index);
      const known = found !== undefined || this.#givenUp.has(this.#index);
      this.#giveUp.hidden = known;
      const tried = `you tried ${number(this.#tried.size)}`;
      this.result.replaceChildren();
      if (found !== undefined)
        this.result.append(element("strong", {}, "Found: "), this.#show(found), ". ");
      if (known) this.result.append(`${this.#certified(tried)} `, ...this.#proof());
      else if (this.#tried.size)
        this.result.append(`Not found yet; ${tried} of ${number(this.#graph.count(0).all)}.`);
      if (known && found === undefined) this.result.append(...this.#example());
    }

    // 'None of the 148 pays twice; you tried 6.'
    #certified(tried) {
      const goal = this.#goals[this.#index];
      const [total, all] = [goal.total(), this.#graph.count(0).all];
      if (total === 0n) return `None of the ${number(all)} ${goal.words[0]}; ${tried}.`;
      return `${number(total)} of the ${number(all)} ${goal.words[total === 1n ? 0 : 1]}; ${tried}.`;
    }

    #proof() {
      const { recorded, hash, versions } = this.#graph.recording;
      const of = [versions.framework, versions.orm, `PostgreSQL ${versions.postgresql}`];
      const where = [...new Set(of.filter((each) => each && !each.endsWith("undefined")))].join(
        ", ",
      );
      return [
        element(
          "span",
          { class: "proof" },
          `Explored on ${recorded} (${where}); certificate `,
          element("code", { title: hash }, hash.slice(0, 12)),
          ".",
        ),
        " ",
      ];
    }

    #example() {
      const goal = this.#goals[this.#index];
      if (goal.total() === 0n) return [];
      const ends = (meets) => (node) => {
        const outcome = this.#graph.outcome(node);
        return Boolean(outcome) && meets(outcome);
      };
      const moves = goal.example(ends);
      return ["For example ", this.#show(moves.map(({ move }) => move).join("")), "."];
    }

    #show(schedule) {
      const go = () => this.go(schedule);
      return element("button", { type: "button", class: "order", onclick: go }, schedule);
    }
  }

  Object.assign(overdraft, { Goals, goalsOf });
})((window.overdraft ??= {}));

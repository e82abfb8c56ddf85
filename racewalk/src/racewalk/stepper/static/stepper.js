// The reader is the scheduler: a recording, and who moves next. What is shown was recorded.
//
// <div data-stepper="flask-row_lock" data-start="10"> becomes the stepper of the recording that
// overdraft.recording({...}, "flask-row_lock-10") has brought; without data-start the name is
// whole. data-switches="hints skip -count" turns switches on and off at first. data-without names a
// second recording, of the same cell without its lock: a switch goes there and back.
((overdraft) => {
  "use strict";

  const { element, Graph, Walk, Story, Source, State, Goals, Controls, address } = overdraft;
  const FORMAT = 1;
  const steppers = [];

  class Stepper {
    #name;
    #story;
    #source;
    #state;
    #goals;
    #map;
    #mapPart;
    #other;
    #isChanged;
    #live = element("p", { class: "said", role: "status", "aria-live": "polite" });

    // `other` is the second recording and its name, or null; `isChanged` whether it is shown.
    constructor(node, recording, name, other = null, isChanged = false) {
      this.node = node;
      this.#name = name;
      this.#other = other;
      this.#isChanged = isChanged;
      this.graph = new Graph(recording);
      this.walk = new Walk(this.graph);
      this.#build(recording);
    }

    // Each way that a request can go on now: the moves, and which of them is shown.
    strides(request) {
      const moves = this.graph.movesOf(this.walk.here, request);
      return moves.map((move) => {
        if (!this.controls.isOn("skip") || moves.length > 1) return { moves: [move], shown: 0 };
        return overdraft.strideOf(this.graph, this.walk.here, move);
      });
    }

    move(request, index) {
      const strides = this.strides(request);
      if (index === undefined && strides.length > 1) return this.#say(this.#choiceWords(request));
      const stride = strides[index ?? 0];
      if (!stride) return this.#say(`${this.#idle(request)}.`);
      return this.#take(stride.moves);
    }

    // Go on with one request until it waits or ends, or has a choice.
    run(request) {
      const moves = [];
      let here = this.walk.here;
      for (;;) {
        const own = this.graph.movesOf(here, request);
        if (own.length !== 1) break;
        moves.push(own[0]);
        here = own[0].to;
      }
      if (!moves.length) return this.move(request);
      return this.#take(moves);
    }

    undo() {
      if (!this.walk.taken.length) return this.#say("Nothing to take back.");
      const strideLength = this.#lengths.pop() || 1;
      this.walk.undo(strideLength);
      return this.refresh(null, "Taken back.");
    }

    restart() {
      this.walk.undo(this.walk.taken.length);
      this.#lengths = [];
      this.refresh(null, "From the start.");
    }

    goTo(node) {
      this.walk.goTo(node);
      this.#lengths = [];
      this.refresh(null, `Went there: ${this.walk.schedule || "the start"}.`);
    }

    follow(schedule) {
      const isAll = this.walk.follow(schedule);
      this.#lengths = [];
      this.refresh(
        null,
        isAll
          ? `Order ${schedule}.`
          : `${schedule} is no order of this recording: shown as far as it goes.`,
      );
    }

    // What the second recording lacks, and whether it is shown; null where there is none.
    get without() {
      if (!this.#other) return null;
      const changed = this.#isChanged ? this.graph.recording : this.#other.data;
      return { words: `without this lock: ${changed.cell.without}`, isOn: this.#isChanged };
    }

    // Go to the other recording, from its start; returns the stepper that is there then.
    swap() {
      const { data, name } = this.#other;
      this.node.dataset.switches = this.controls.states;
      const other = { data: this.graph.recording, name: this.#name };
      const there = new Stepper(this.node, data, name, other, !this.#isChanged);
      steppers[steppers.indexOf(this)] = there;
      if (active === this) active = there;
      const { words, isOn } = there.without;
      there.refresh(null, isOn ? `Now ${words}. From the start.` : "As it is. From the start.");
      there.controls.focusWithout();
      return there;
    }

    address() {
      return address.hash(this.#name, this.walk.schedule, this.#isAlone);
    }

    fromAddress() {
      const isFirst = steppers[0] === this;
      // A bare order is for the cell as it is.
      if (this.#other && address.read(this.#other.name, isFirst && this.#isChanged)) {
        this.swapTo(address.read(this.#other.name, isFirst && this.#isChanged));
        return;
      }
      const order = address.read(this.#name, isFirst && !this.#isChanged);
      if (!order || order === this.walk.schedule) return;
      this.follow(order);
      this.node.scrollIntoView();
    }

    swapTo(order) {
      const there = this.swap();
      there.follow(order);
      there.node.scrollIntoView();
    }

    // Show where the walk stands. `before` is the node one move earlier where one has just moved.
    refresh(before = null, said = "") {
      const state = this.graph.state(this.walk.here);
      this.#story.show(this.walk);
      this.#source.show(state);
      this.#state.show(state, before === null ? null : this.graph.state(before));
      this.#goals.show(this.walk);
      this.#map.show(this.walk, this.#mapPart.open);
      this.controls.show();
      if (said) {
        this.#say(said);
        address.write(this.#name, this.walk.schedule, this.#isAlone);
      }
      this.#scrollDown();
    }

    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || !this.controls.isOn("keys"))
        return false;
      const key = event.key.toLowerCase();
      if (this.controls.isHelping && key !== "?") return false;
      const request = this.graph.recording.requests.findIndex(
        ({ name }) => name.toLowerCase() === key,
      );
      if (request >= 0) event.shiftKey ? this.run(request) : this.move(request);
      else if (key === "z") this.undo();
      else if (key === "r") this.restart();
      else if (key === "?") this.controls.help();
      else return false;
      return true;
    }

    #lengths = [];

    get #isAlone() {
      return steppers.length < 2 && !this.#isChanged;
    }

    #idle(request) {
      return overdraft.words.idle(this.graph.recording, this.graph.state(this.walk.here), request);
    }

    #choiceWords(request) {
      const name = overdraft.words.nameOf(this.graph.recording, request);
      return `${name} can go on in several ways: choose one of its buttons.`;
    }

    #take(moves) {
      for (const move of moves) this.walk.take(move);
      this.#lengths.push(moves.length);
      const { recording } = this.graph;
      const { linesOf, sentence, possible } = overdraft.words;
      const lines = moves.flatMap((move) => linesOf(move).map((line) => sentence(recording, line)));
      const outcome = this.graph.outcome(this.walk.here);
      const rest = outcome
        ? outcome.words
        : `${possible(recording, this.graph.count(this.walk.here), this.controls.isOn("count"))}.`;
      this.refresh(
        this.walk.taken[this.walk.taken.length - moves.length].from,
        [...lines, rest].join(" "),
      );
    }

    #say(words) {
      this.#live.textContent = words;
    }

    // The newest line is in sight in its own box; the page itself does not move.
    #scrollDown() {
      const box = this.#story.node.parentElement;
      box.scrollTop = box.scrollHeight;
    }

    #build(recording) {
      this.controls = new Controls(this, switchesOf(this.node));
      this.#story = new Story(this.graph);
      this.#source = new Source(recording);
      this.#state = new State(recording);
      this.#goals = new Goals(this.graph, (schedule) => this.follow(schedule));
      this.#map = new overdraft.Map(this.graph, (node) => this.goTo(node));
      this.#mapPart = element(
        "details",
        { class: "part map-part", ontoggle: () => this.#map.show(this.walk, this.#mapPart.open) },
        element("summary", {}, "Map of all orders"),
        this.#map.node,
      );
      this.node.classList.add("stepper");
      this.node.replaceChildren(
        element("div", { class: "top" }, this.#head(recording), this.#goals.node),
        this.#goals.result,
        this.controls.node,
        this.#live,
        element(
          "div",
          { class: "panes" },
          this.#pane("source", "Source", this.#source.node),
          this.#pane("told", "What happened", this.#story.node),
          element(
            "div",
            { class: "right" },
            this.#pane("held", "Database", this.#state.database),
            this.#pane("python-part", "In Python", this.#state.python),
          ),
        ),
        this.#mapPart,
      );
    }

    #head({ cell, versions }) {
      const start = cell.start === undefined ? "" : `the account holds ${cell.start}`;
      const words = [versions.framework, cell.case, start].filter(Boolean).join("; ");
      return element(
        "header",
        {},
        element("h2", {}, "You choose who goes next"),
        element("p", {}, words),
      );
    }

    #pane(name, title, ...nodes) {
      const label = `${title} (${this.#name})`;
      // Not a section: slides show one section at a time.
      return element(
        "div",
        { class: `pane ${name}`, role: "region", "aria-label": label },
        element("h3", {}, title),
        element("div", { class: "inside", tabindex: 0, role: "group", "aria-label": label }, nodes),
      );
    }
  }

  // data-switches="hints -count": { hints: true, count: false }
  function switchesOf(node) {
    const names = (node.dataset.switches || "").split(" ").filter(Boolean);
    return Object.fromEntries(names.map((name) => [name.replace(/^-/, ""), !name.startsWith("-")]));
  }

  const recordings = new Map();

  // Take a recording, under the name by which elements ask for it.
  function recording(data, name) {
    recordings.set(name, data);
  }

  function mount(node) {
    const { stepper, start } = node.dataset;
    const name = start === undefined ? stepper : `${stepper}-${start}`;
    const data = recordings.get(name);
    const without = recordings.get(node.dataset.without);
    const other = without?.format === FORMAT ? { data: without, name: node.dataset.without } : null;
    if (data?.format === FORMAT) return new Stepper(node, data, name, other);
    const why = data ? `its format is ${data.format}, not ${FORMAT}` : "it was not loaded";
    node.replaceChildren(
      element("p", { class: "missing" }, `The recording ${name} cannot be shown: ${why}.`),
    );
    return null;
  }

  // The stepper that a key is for: the one that has the focus; where nothing has it, the one used
  // last.
  let active = null;
  function onKey(event) {
    const within = steppers.find(({ node }) => node.contains(event.target));
    const typed = event.target.matches?.(
      "input:not([type=checkbox]), select, textarea, [contenteditable]",
    );
    const stepper = within || (event.target === document.body ? active : null);
    if (!stepper || typed || !stepper.key(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  addEventListener("DOMContentLoaded", () => {
    const nodes = [...document.querySelectorAll("[data-stepper]")];
    steppers.push(...nodes.map(mount).filter(Boolean));
    active = steppers[0] || null;
    for (const { node } of [...steppers]) {
      const here = () => steppers.find((stepper) => stepper.node === node);
      here().refresh();
      here().fromAddress();
      node.addEventListener("focusin", () => (active = here()));
    }
    addEventListener("keydown", onKey, true);
    addEventListener("hashchange", () => [...steppers].forEach((stepper) => stepper.fromAddress()));
  });

  Object.assign(overdraft, { recording, steppers });
})((window.overdraft ??= {}));

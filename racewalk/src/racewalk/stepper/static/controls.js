// The buttons: who moves next, back, from the start; what they show can be switched.
((overdraft) => {
  "use strict";

  const { element, sign } = overdraft;
  const SWITCHES = {
    count: ["count the unsafe orders", true],
    hints: ["hints", false],
    skip: ["skip what commutes", false],
    keys: ["keys", true],
  };
  const KEYS = [
    ["a, b, …", "the request of that letter moves"],
    ["Shift + a, b, …", "it moves until it waits or ends"],
    ["z", "take back the last move"],
    ["r", "from the start"],
    ["?", "this list"],
  ];

  class Controls {
    #stepper;
    #movers;
    #undo;
    #restart;
    #help;
    #numbers = element("p", { class: "possible" });
    #way = element("p", { class: "way" });
    #switches = {};
    #without = null;

    // `stepper` has `walk`, `graph`, `strides(request)`, `move(request, index)`, `run(request)`,
    // `undo()`, `restart()`, `address()`, `refresh()`, `without` and `swap()`.
    constructor(stepper, switches = {}) {
      this.#stepper = stepper;
      const { requests } = stepper.graph.recording;
      this.#movers = requests.map((_, request) => this.#mover(request));
      this.#undo = this.#button(["back"], "Undo", "z", () => stepper.undo());
      this.#restart = this.#button(["start"], "Restart", "r", () => stepper.restart());
      this.#help = this.#dialog();
      const full = this.#button(["full"], "", null, () => this.#fill());
      full.setAttribute("aria-label", "Full screen");
      full.setAttribute("title", "Full screen");
      const keys = this.#button([], "Keys", "?", () => this.help());
      this.node = element(
        "div",
        { class: "chooser" },
        element(
          "div",
          { class: "movers", role: "group", "aria-label": "Who moves next" },
          this.#movers.map(({ node }) => node),
        ),
        this.#numbers,
        element("div", { class: "others" }, this.#undo, this.#restart, full, keys),
        this.#way,
        element(
          "div",
          { class: "switches", role: "group", "aria-label": "What is shown" },
          Object.keys(SWITCHES).map((name) => this.#switch(name, switches[name])),
          this.#swap() ?? [],
        ),
        this.#help,
      );
    }

    isOn(name) {
      return this.#switches[name].checked;
    }

    // Which switches are on, as data-switches says it.
    get states() {
      const boxes = Object.entries(this.#switches);
      return boxes.map(([name, { checked }]) => `${checked ? "" : "-"}${name}`).join(" ");
    }

    focusWithout() {
      this.#without.focus();
    }

    get isHelping() {
      return this.#help.open;
    }

    help() {
      if (this.#help.open) this.#help.close();
      else this.#help.showModal();
    }

    show() {
      const { walk, graph } = this.#stepper;
      const { possible, counted } = overdraft.words;
      this.#movers.forEach((mover, request) => this.#offer(mover, request));
      this.#able(this.#undo, walk.taken.length > 0);
      this.#able(this.#restart, walk.taken.length > 0);
      const words = possible(
        graph.recording,
        graph.count(walk.here),
        this.isOn("count") && walk.taken.length > 0,
      );
      this.#numbers.textContent = words;
      const way = [
        counted(walk.taken.length, "move"),
        counted(walk.preemptions, "preemption"),
      ].join(", ");
      const link = element("a", { href: this.#stepper.address(), class: "order" }, walk.schedule);
      this.#way.replaceChildren(way, ...(walk.taken.length ? [". This order: ", link] : []));
    }

    // One request's buttons: a move each (there are several where it can be chosen who wakes
    // first), and one that goes on until it waits or ends.
    #mover(request) {
      const { name } = this.#stepper.graph.recording.requests[request];
      const moves = element("span", { class: "moves" });
      const words = `Run ${name} until it waits or ends (Shift + ${name.toLowerCase()})`;
      const run = element(
        "button",
        {
          type: "button",
          class: "run",
          "aria-label": words,
          title: words,
          onclick: () => this.#stepper.run(request),
        },
        sign("on"),
      );
      return { node: element("div", { class: `mover by-${request}` }, moves, run), moves, run };
    }

    #offer({ moves, run }, request) {
      const strides = this.#stepper.strides(request);
      const labels = strides.length
        ? strides.map((stride) => this.#label(stride))
        : [this.#idle(request)];
      while (moves.children.length > labels.length) moves.lastElementChild.remove();
      labels.forEach(({ text, hint }, index) => {
        const button = moves.children[index] || this.#moveButton(moves, request, index);
        this.#able(button, strides.length > 0);
        button.querySelector(".text").textContent = text;
        button.querySelector(".hint").textContent = hint;
      });
      this.#able(run, strides.length > 0);
    }

    #moveButton(moves, request, index) {
      const go = (event) =>
        event.shiftKey ? this.#stepper.run(request) : this.#stepper.move(request, index);
      const button = element(
        "button",
        { type: "button", onclick: go },
        element("span", { class: "text" }),
        element("span", { class: "hint" }),
      );
      moves.append(button);
      return button;
    }

    // The statement whose place matters, and with hints what is possible behind the stride.
    #label(stride) {
      const { words, NOBODY } = overdraft;
      const { graph } = this.#stepper;
      const shown = stride.moves[stride.shown];
      const more =
        stride.moves.length > 1 ? ` (${words.counted(stride.moves.length, "move")})` : "";
      const { all, bad } = graph.count(stride.moves.at(-1).to);
      const verb = words.deed(graph.recording)[bad === 1n ? 0 : 1];
      const hint = `then ${words.number(bad)} of ${words.number(all)} ${verb}`;
      return {
        text: words.label(graph.recording, shown) + more,
        hint: this.isOn("hints") ? hint : "",
      };
    }

    #idle(request) {
      const { walk, graph } = this.#stepper;
      return {
        text: overdraft.words.idle(graph.recording, graph.state(walk.here), request),
        hint: "",
      };
    }

    // Never `disabled`: that would take the focus away from who works by keyboard.
    #able(button, isAble) {
      button.setAttribute("aria-disabled", String(!isAble));
    }

    #button(signs, words, key, act) {
      const hint = key ? [" ", element("kbd", {}, key)] : [];
      return element("button", { type: "button", onclick: act }, signs.map(sign), words, hint);
    }

    #switch(name, isOn) {
      const [words, byDefault] = SWITCHES[name];
      const box = element("input", { type: "checkbox", onchange: () => this.#stepper.refresh() });
      box.checked = isOn ?? byDefault;
      this.#switches[name] = box;
      return element("label", {}, box, " ", words);
    }

    // The switch to the same cell without its lock, where that was recorded.
    #swap() {
      const { without } = this.#stepper;
      if (!without) return null;
      this.#without = element("input", { type: "checkbox", onchange: () => this.#stepper.swap() });
      this.#without.checked = without.isOn;
      return element("label", { class: "without" }, this.#without, " ", without.words);
    }

    #dialog() {
      const rows = KEYS.map(([key, words]) =>
        element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, words)),
      );
      const close = element("button", { type: "button", onclick: () => dialog.close() }, "Close");
      const note =
        "A preemption: one request is interrupted although it could have gone on. " +
        "What commutes: a move that leads to the same whatever the others do before it.";
      const dialog = element(
        "dialog",
        { class: "help", "aria-label": "Keys and words" },
        element("h4", {}, "Keys"),
        element("dl", {}, rows),
        element("p", {}, note),
        close,
      );
      return dialog;
    }

    #fill() {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.#stepper.node.requestFullscreen?.();
    }
  }

  Object.assign(overdraft, { Controls });
})((window.overdraft ??= {}));

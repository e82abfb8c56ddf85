// What the database and each request's Python hold at a node, as it was recorded there.
((overdraft) => {
  "use strict";

  const { element, sign, badge } = overdraft;
  const key = (value) => JSON.stringify(value ?? null);
  const shown = (value, nothing) => (value === null ? nothing : String(value));

  class State {
    #recording;
    #seen = element("dl", { class: "values" });
    #versions = element("ul", { class: "versions" });
    #locks = element("ul", { class: "locks" });
    #waits = element("ul", { class: "waits" });
    #python = element("div", { class: "python" });

    constructor(recording) {
      this.#recording = recording;
      const part = (title, node) => [element("h4", {}, title), node];
      this.database = element(
        "div",
        { class: "database" },
        part("Committed: what all see", this.#seen),
        part("Row versions", this.#versions),
        part("Locks", this.#locks),
        part("Who waits for whom", this.#waits),
      );
      this.python = this.#python;
    }

    // `before` is the state one move earlier, or null: what differs from it is marked.
    show(state, before) {
      const { facts } = this.#recording;
      const values = facts.map((name, index) => [
        name.replaceAll("_", " "),
        state.facts[index],
        before?.facts[index],
      ]);
      this.#seen.replaceChildren(...this.#values(values, before));
      this.#list(this.#versions, this.#versionRows(state, before), "The server does not tell.");
      this.#list(
        this.#locks,
        state.locks.map((lock) => this.#lock(lock, before)),
        "Nobody holds a lock.",
      );
      this.#list(
        this.#waits,
        state.waits.map((wait) => this.#wait(wait, before)),
        "Nobody waits.",
      );
      this.#python.replaceChildren(
        ...this.#recording.requests.map((_, request) => this.#holds(state, before, request)),
      );
    }

    #list(list, rows, nothing) {
      list.replaceChildren(
        ...(rows.length ? rows : [element("li", { class: "nothing" }, nothing)]),
      );
    }

    #new(isNew) {
      return isNew ? [" ", element("span", { class: "new" }, "new")] : null;
    }

    #values(values, before) {
      return values.map(([name, value, old]) => {
        const isNew = Boolean(before) && key(value) !== key(old);
        return element(
          "div",
          {},
          element("dt", {}, name),
          element("dd", {}, shown(value, "not loaded"), this.#new(isNew)),
        );
      });
    }

    #versionRows(state, before) {
      const old = new Set((before?.versions || []).map(key));
      return (state.versions || []).map((version) => {
        const table = this.#recording.tables[version.table];
        const values = table.columns.map(
          (name, index) => `${name} = ${shown(version.value[index], "unknown")}`,
        );
        const dead = version.made === "undone" || version.ended?.[1] === "committed";
        const row = element("li", { class: `version ${version.made}${dead ? " dead" : ""}` });
        if (version.by !== null) row.append(badge(this.#recording, version.by), " ");
        const value = element(
          dead ? "s" : "span",
          { class: "value" },
          `${table.name}: ${values.join(", ")}`,
        );
        row.append(value, ...(this.#new(Boolean(before) && !old.has(key(version))) || []));
        row.append(" ", element("span", { class: "standing" }, this.#standing(version)));
        return row;
      });
    }

    // Who made a version and who can see it, in words.
    #standing({ by, made, ended }) {
      const name = (request) => this.#recording.requests[request]?.name;
      const written = {
        committed: by === null ? "from the start" : `${name(by)}'s, committed`,
        open: `${name(by)}'s, not committed: only ${name(by)} sees it`,
        undone: `${name(by)}'s, rolled back: nobody ever sees it`,
      }[made];
      if (!ended) return written;
      const [who, how] = ended;
      const end = how === "open" ? `${name(who)} is replacing it` : `replaced by ${name(who)}`;
      return `${written}; ${end}`;
    }

    #lock(lock, before) {
      const isNew = Boolean(before) && !before.locks.some((each) => key(each) === key(lock));
      return element(
        "li",
        { class: lock.granted ? "granted" : "asked" },
        badge(this.#recording, lock.by),
        " ",
        lock.granted ? null : sign("pause"),
        overdraft.words.textOf(this.#recording, lock.words),
        this.#new(isNew),
      );
    }

    #wait(wait, before) {
      const [waiter, holder] = wait;
      const isNew = Boolean(before) && !before.waits.some((each) => key(each) === key(wait));
      return element(
        "li",
        {},
        badge(this.#recording, waiter),
        " ",
        element("span", { class: "waits-for" }, "waits for ", sign("arrow")),
        " ",
        badge(this.#recording, holder),
        this.#new(isNew),
      );
    }

    #holds(state, before, request) {
      const { textOf, nameOf } = overdraft.words;
      const names = (each) =>
        each.python[request].map(([name, value]) => [textOf(this.#recording, name), value]);
      const old = new Map(before ? names(before) : []);
      const values = names(state).map(([name, value]) => [name, value, old.get(name)]);
      const rest = state.answered[request] ? `answered: ${state.answered[request]}` : "nothing yet";
      return element(
        "div",
        { class: `holder by-${request}` },
        element(
          "h4",
          {},
          badge(this.#recording, request),
          element("span", { class: "aloud" }, ` (${nameOf(this.#recording, request)})`),
        ),
        values.length
          ? element("dl", { class: "values" }, this.#values(values, before))
          : element("p", { class: "nothing" }, rest),
      );
    }
  }

  Object.assign(overdraft, { State });
})((window.overdraft ??= {}));

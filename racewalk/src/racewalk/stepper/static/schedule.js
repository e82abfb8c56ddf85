// An order: as a string (AAB, ^A for 'A is sent', A~B for 'B is woken first'), as a way through
// the graph, and in the address of the page.
((overdraft) => {
  "use strict";

  const MOVE = /\^?[A-Z](?:~[A-Z])*/g;

  // The moves' names, or null where the text is no order.
  function parse(text) {
    const names = text.match(MOVE) || [];
    return names.join("") === text ? names : null;
  }

  // A way through the graph, move by move; it can be taken back.
  class Walk {
    constructor(graph) {
      this.graph = graph;
      this.taken = [];
    }

    get here() {
      return this.taken.length ? this.taken[this.taken.length - 1].move.to : 0;
    }

    get last() {
      return this.taken.length ? this.taken[this.taken.length - 1].move.by : overdraft.NOBODY;
    }

    get schedule() {
      return this.taken.map(({ move }) => move.move).join("");
    }

    get preemptions() {
      return this.taken.reduce((sum, { preempts }) => sum + preempts, 0);
    }

    get nodes() {
      return [0, ...this.taken.map(({ move }) => move.to)];
    }

    get ended() {
      return this.graph.moves(this.here).length === 0;
    }

    take(move) {
      const from = this.here;
      this.taken.push({ from, move, preempts: this.graph.preempts(from, this.last, move.by) });
    }

    undo(moves = 1) {
      return this.taken.splice(Math.max(0, this.taken.length - moves));
    }

    // Go an order from the start, as far as it can be gone; returns whether that was all of it.
    follow(text) {
      const names = parse(text);
      if (!names) return false;
      this.taken = [];
      return names.every((name) => {
        const move = this.graph.move(this.here, name);
        if (move) this.take(move);
        return Boolean(move);
      });
    }

    // Go to a node: back, where the way led through it; else on; else from the start.
    goTo(node) {
      const behind = this.nodes.indexOf(node);
      if (behind >= 0) {
        this.taken.length = behind;
        return;
      }
      const is = (other) => other === node;
      const on = this.graph.simplest(this.here, this.last, is);
      if (!on) this.taken = [];
      for (const move of on || this.graph.simplest(0, overdraft.NOBODY, is)) this.take(move);
    }
  }

  // The page's address holds the order of one stepper: #AAB where it is the only one of the page,
  // else #name=AAB. A bare order is for the first stepper.
  const address = {
    read(name, isFirst) {
      const [key, order] = location.hash.slice(1).replaceAll("%5E", "^").split("=", 2);
      const text = order === undefined ? isFirst && key : key === name && order;
      return text && parse(text) ? text : null;
    },
    hash: (name, order, isAlone) => (order ? `#${isAlone ? "" : `${name}=`}${order}` : "#"),
    write(name, order, isAlone) {
      const bare = location.pathname + location.search;
      history.replaceState(null, "", order ? address.hash(name, order, isAlone) : bare);
    },
  };

  Object.assign(overdraft, { parse, Walk, address });
})((window.overdraft ??= {}));

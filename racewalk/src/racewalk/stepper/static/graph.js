// The recorded graph: which orders are still possible from a node, and how they end.
// A node stands for all beginnings that cannot be told apart; a path from node 0 to a node
// without moves is one order. Numbers of orders are BigInt: three requests have millions.
((overdraft) => {
  "use strict";

  const NOBODY = -1;

  class Graph {
    #order = [];
    #counts = new Map();
    #depths = [0];

    constructor(recording) {
      this.recording = recording;
      this.nodes = recording.nodes;
      this.requests = recording.requests.length;
      this.#sort();
      this.#weigh();
    }

    // Nodes so that every move leads to a later one.
    get order() {
      return this.#order;
    }

    moves(node) {
      return this.nodes[node].moves;
    }

    movesOf(node, request) {
      return this.moves(node).filter((move) => move.by === request);
    }

    move(node, name) {
      return this.moves(node).find((move) => move.move === name);
    }

    // What is recorded of the state at a node.
    state(node) {
      return this.recording.states[this.nodes[node].state];
    }

    // How an order that leads to this node ended, or null where it can go on.
    outcome(node) {
      const end = this.nodes[node].end;
      return end === null || end === undefined ? null : this.recording.outcomes[end];
    }

    // { all, bad }: orders that go on from here, and those of them that end badly.
    count(node) {
      return this.#counts.get(node);
    }

    // "can" still end badly, "must" (all do), "never" (none does).
    fate(node) {
      const { all, bad } = this.count(node);
      if (bad === 0n) return "never";
      return bad === all ? "must" : "can";
    }

    // How many orders from the start end in an outcome that meets a condition.
    ways(meets) {
      const found = new Map();
      for (const node of [...this.#order].reverse()) {
        const moves = this.moves(node);
        const end = () => (meets(this.outcome(node)) ? 1n : 0n);
        found.set(node, moves.length ? moves.reduce((n, { to }) => n + found.get(to), 0n) : end());
      }
      return found.get(0);
    }

    // Moves from the start to a node; the most, where there are several ways.
    depth(node) {
      return this.#depths[node];
    }

    // 1 where `by` moves although whoever moved last could have gone on, else 0.
    preempts(node, last, by) {
      return last !== NOBODY && last !== by && this.movesOf(node, last).length ? 1 : 0;
    }

    // Orders from the start by their number of preemptions: Map of number to { all, bad }.
    byPreemptions() {
      const at = new Map();
      for (const node of [...this.#order].reverse())
        for (let last = NOBODY; last < this.requests; last++)
          at.set(this.#position(node, last), this.#split(node, last, at));
      return at.get(this.#position(0, NOBODY));
    }

    // The moves of the order with the fewest preemptions, then the fewest moves, from a node to
    // one that is wanted; null where none can be reached. `last` is who moved last.
    simplest(from, last, wanted) {
      const best = new Map();
      for (const node of [...this.#order].reverse())
        for (let who = NOBODY; who < this.requests; who++)
          best.set(this.#position(node, who), this.#cheapest(node, who, wanted(node), best));
      const moves = [];
      let step = best.get(this.#position(from, last));
      if (!step) return null;
      while (step.move) {
        moves.push(step.move);
        step = best.get(this.#position(step.move.to, step.move.by));
      }
      return moves;
    }

    // The moves of an order from the start with so many preemptions that ends at a wanted node, or
    // null.
    exactly(preemptions, wanted) {
      const hopeless = new Set();
      const from = (node, last, left) => {
        const key = `${node} ${last} ${left}`;
        if (left < 0 || hopeless.has(key)) return null;
        if (!this.moves(node).length) return left === 0 && wanted(node) ? [] : null;
        for (const move of this.moves(node)) {
          const rest = from(move.to, move.by, left - this.preempts(node, last, move.by));
          if (rest) return [move, ...rest];
        }
        hopeless.add(key);
        return null;
      };
      return from(0, NOBODY, preemptions);
    }

    #position(node, last) {
      return node * (this.requests + 1) + last + 1;
    }

    #sort() {
      const seen = new Set([0]);
      const open = [[0, 0]];
      while (open.length) {
        const top = open[open.length - 1];
        const move = this.moves(top[0])[top[1]++];
        if (!move) this.#order.push(open.pop()[0]);
        else if (!seen.has(move.to)) {
          seen.add(move.to);
          open.push([move.to, 0]);
        }
      }
      this.#order.reverse();
    }

    #weigh() {
      for (const node of this.#order)
        for (const move of this.moves(node))
          this.#depths[move.to] = Math.max(this.#depths[move.to] || 0, this.#depths[node] + 1);
      for (const node of [...this.#order].reverse()) {
        const sum = { all: 0n, bad: 0n };
        for (const move of this.moves(node)) {
          sum.all += this.count(move.to).all;
          sum.bad += this.count(move.to).bad;
        }
        if (!this.moves(node).length) {
          sum.all = 1n;
          sum.bad = this.outcome(node).unsafe ? 1n : 0n;
        }
        this.#counts.set(node, sum);
      }
    }

    #split(node, last, at) {
      const found = new Map();
      if (!this.moves(node).length) return found.set(0, { ...this.count(node) });
      for (const move of this.moves(node)) {
        const more = this.preempts(node, last, move.by);
        for (const [number, { all, bad }] of at.get(this.#position(move.to, move.by))) {
          const sum = found.get(number + more) || { all: 0n, bad: 0n };
          found.set(number + more, { all: sum.all + all, bad: sum.bad + bad });
        }
      }
      return found;
    }

    #cheapest(node, last, isWanted, best) {
      if (isWanted) return { preemptions: 0, length: 0, move: null };
      let found = null;
      for (const move of this.moves(node)) {
        const rest = best.get(this.#position(move.to, move.by));
        if (!rest) continue;
        const preemptions = rest.preemptions + this.preempts(node, last, move.by);
        const length = rest.length + 1;
        const better =
          !found ||
          preemptions < found.preemptions ||
          (preemptions === found.preemptions && length < found.length);
        if (better) found = { preemptions, length, move };
      }
      return found;
    }
  }

  Object.assign(overdraft, { Graph, NOBODY });
})((window.overdraft ??= {}));

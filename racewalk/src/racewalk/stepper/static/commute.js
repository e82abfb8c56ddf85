// Which moves need no choice: those that lead to the same whatever the others do meanwhile.
((overdraft) => {
  "use strict";

  // Whether a request's next move at a node commutes with all that the others can still do before
  // it: at each node that they can reach without it, the move is there, and making it first or
  // last leads to one and the same node. (Such a move alone is a persistent set: Godefroid 1996.)
  function commutes(graph, node, request) {
    const own = graph.movesOf(node, request);
    if (own.length !== 1) return false;
    const seen = new Set([node]);
    const open = [node];
    while (open.length) {
      const here = open.pop();
      const move = graph.move(here, own[0].move);
      if (!move || graph.movesOf(here, request).length !== 1) return false;
      for (const other of graph.moves(here)) {
        if (other.by === request) continue;
        const late = graph.move(other.to, own[0].move);
        const early = graph.move(move.to, other.move);
        if (!late || !early || late.to !== early.to) return false;
        if (!seen.has(other.to)) {
          seen.add(other.to);
          open.push(other.to);
        }
      }
    }
    return true;
  }

  // Whether another request has a move here that it did not have before.
  function opened(graph, before, here, request) {
    return graph.moves(here).some((each) => each.by !== request && !graph.move(before, each.move));
  }

  // What one click does where what commutes is skipped: the request's moves up to the first whose
  // place matters, this one, and then those behind it that commute. `shown` is the number of the
  // one that matters, or of the last. It ends before the one that matters where a move has opened
  // what another could not choose at the click: whoever clicks could not have gone there first.
  function strideOf(graph, node, first) {
    const moves = [];
    let here = node;
    let next = first;
    let shown = -1;
    while (next) {
      const free = commutes(graph, here, first.by);
      if (!free && (shown >= 0 || opened(graph, node, here, first.by))) break;
      if (!free) shown = moves.length;
      moves.push(next);
      here = next.to;
      const own = graph.movesOf(here, first.by);
      next = own.length === 1 ? own[0] : null;
    }
    return { moves, shown: shown < 0 ? moves.length - 1 : shown };
  }

  Object.assign(overdraft, { commutes, strideOf });
})((window.overdraft ??= {}));

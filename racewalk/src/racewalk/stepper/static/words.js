// What is said: on buttons, beside numbers, and aloud.
((overdraft) => {
  "use strict";

  const NOTHING = { text: null, reads: null, writes: null, note: null, failed: false, source: [] };

  // A text of the recording by its index; "" where there is nothing to say.
  const textOf = (recording, index) =>
    index === null || index === undefined ? "" : recording.texts[index];

  const nameOf = (recording, request) => recording.requests[request].name;

  // What an unsafe order does: two withdrawals that get more than there was pay twice, where it
  // is never right that both are paid out; what else is unsafe goes wrong.
  function deed({ cell, facts, outcomes, requests }) {
    const [paid, payouts] = ["paid_out", "payouts"].map((name) => facts.indexOf(name));
    const allPaid = (outcome) => payouts >= 0 && outcome.facts[payouts] === requests.length;
    const twice =
      requests.length === 2 &&
      payouts >= 0 &&
      outcomes.every((each) =>
        each.unsafe ? allPaid(each) && each.facts[paid] > cell.start : !allPaid(each),
      );
    return twice ? ["pays twice", "pay twice"] : ["goes wrong", "go wrong"];
  }

  const number = (value) => value.toLocaleString("en");

  const does = (recording, count) => `${number(count)} ${deed(recording)[count === 1n ? 0 : 1]}`;

  // 'Orders still possible: 24, of them 20 pay twice'
  function possible(recording, { all, bad }, withBad) {
    const first = `Orders still possible: ${number(all)}`;
    return withBad ? `${first}, of them ${does(recording, bad)}` : first;
  }

  // '1 preemption', '2 preemptions' …
  const counted = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;

  const listed = (words) =>
    words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

  // Why a request cannot be chosen now, as on its button.
  function idle(recording, state, request) {
    const name = nameOf(recording, request);
    if (state.answered[request]) return `${name} is done: ${state.answered[request]}`;
    const holders = state.waits
      .filter(([waiter]) => waiter === request)
      .map(([, holder]) => holder);
    if (holders.length)
      return `${name} waits for ${listed(holders.map((each) => nameOf(recording, each)))}`;
    if (["waits", "inside"].includes(state.stands[request])) return `${name} waits`;
    return `${name} ${state.stands[request] === "unbegun" ? "is not sent yet" : "is done"}`;
  }

  // What a move does, as on its button: the statement that goes to the database.
  function label(recording, move) {
    const name = nameOf(recording, move.by);
    const woken = [...move.move.matchAll(/~([A-Z])/g)].map((match) => match[1]);
    const then = woken.length ? `, then ${listed(woken)} goes on first` : "";
    const own = move.lines.find((line) => line.by === move.by);
    const text = own ? textOf(recording, own.text) : "goes on";
    return `${name}: ${move.move.startsWith("^") ? "is sent" : text}${then}`;
  }

  // What a move did, line by line; that a request is sent is one of them.
  const linesOf = (move) =>
    move.move.startsWith("^")
      ? [{ ...NOTHING, by: move.by, kind: "begin" }, ...move.lines]
      : move.lines;

  // One line of the story as a sentence.
  function sentence(recording, line) {
    const name = nameOf(recording, line.by);
    const text = textOf(recording, line.text);
    const note = textOf(recording, line.note);
    if (line.kind === "begin") return `${name} is sent.`;
    if (line.kind === "answer") return `${name} answers: ${text}.`;
    if (line.kind === "wait")
      return `${name} cannot go on${text ? ` at ${text}` : ""}${note ? `: ${note}` : ""}.`;
    const more = [
      line.reads === null ? "" : `reads ${textOf(recording, line.reads)}`,
      line.writes === null ? "" : `writes ${textOf(recording, line.writes)}`,
      note,
    ].filter(Boolean);
    const verb = line.kind === "goes on" ? "goes on and runs" : "runs";
    return `${name} ${verb} ${[text, ...more].join(", ")}.`;
  }

  Object.assign(overdraft, {
    words: {
      textOf,
      nameOf,
      deed,
      does,
      number,
      possible,
      counted,
      listed,
      idle,
      label,
      linesOf,
      sentence,
    },
  });
})((window.overdraft ??= {}));

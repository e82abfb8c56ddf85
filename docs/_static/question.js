// Concept questions: the answer is hidden until a vote, and on a lesson's page so is what follows.
"use strict";

(() => {
  const RIGHT = "right";

  function buttonIn(item) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "choice";
    button.setAttribute("aria-pressed", "false");
    const mark = document.createElement("span");
    mark.className = "mark";
    button.append(mark, ...item.childNodes);
    // A paragraph has no place in a button.
    for (const paragraph of button.querySelectorAll("p")) paragraph.replaceWith(...paragraph.childNodes);
    item.append(button);
    return button;
  }

  function prepare(question, voted) {
    const items = [...question.querySelectorAll(".choices > li")];
    const answer = question.querySelector(".answer");
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    answer.before(said);
    answer.hidden = true;

    function vote(item) {
      const letter = (each) => "abcdefgh"[items.indexOf(each)];
      const right = items.find((each) => each.dataset.says === RIGHT);
      for (const each of items) {
        const button = each.querySelector("button");
        button.setAttribute("aria-pressed", String(each === item));
        button.querySelector(".mark").textContent =
          each === right ? "✓ right:" : each === item ? "✗ your vote:" : "";
      }
      const beliefs = [...question.querySelectorAll(".wrong > div")];
      for (const each of beliefs) {
        each.classList.toggle("chosen", each.querySelector("dt").textContent.startsWith(`${letter(item)}:`));
      }
      answer.hidden = false;
      answer.open = true;
      said.textContent = item === right
        ? `You voted ${letter(item)}, and it is right.`
        : `You voted ${letter(item)}. Right is ${letter(right)}.`;
      voted();
    }

    for (const item of items) buttonIn(item).addEventListener("click", () => vote(item));
  }

  // What a lesson shows after its question waits for the vote. A link into it, or to an order of
  // the stepper, opens it.
  function holdBack() {
    const predict = document.querySelector("section#predict");
    const later = predict ? [...document.querySelectorAll("section#predict ~ section")] : [];
    if (!later.length) return () => {};
    const note = document.createElement("div");
    note.className = "waiting";
    const show = document.createElement("button");
    show.type = "button";
    show.textContent = "Show it without a vote";
    note.append("The rest of the lesson appears when you have voted. ", show);
    predict.append(note);
    for (const each of later) {
      each.dataset.afterVote = "";
      each.hidden = true;
    }
    const reveal = () => {
      note.remove();
      for (const each of later) each.hidden = false;
      window.dispatchEvent(new Event("resize"));
    };
    const byLink = () => {
      if (!["", "#look", "#predict"].includes(location.hash)) {
        reveal();
        document.getElementById(location.hash.slice(1))?.scrollIntoView();
      }
    };
    show.addEventListener("click", reveal);
    window.addEventListener("hashchange", byLink);
    byLink();
    return reveal;
  }

  function start() {
    const reveal = holdBack();
    for (const question of document.querySelectorAll(".question")) {
      prepare(question, question.closest("section#predict") ? reveal : () => {});
    }
    window.addEventListener("beforeprint", () => {
      for (const each of document.querySelectorAll(".answer")) each.hidden = false;
      // A stepper prints what its reader has opened: its files are long.
      for (const each of document.querySelectorAll("details")) {
        if (!each.closest("[data-stepper]")) each.open = true;
      }
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

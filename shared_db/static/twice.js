// Two requests at once from this page. What came of both is read from the account, not from the answers.
"use strict";

(() => {
  const place = document.getElementById("twice");
  if (!place) return;
  const { amount, ledger, reset, home, beside, email } = place.dataset;
  const tries = { all: 0, wrong: 0 };

  const button = element("button", { type: "button", textContent: "Send two at once" });
  const said = element("div", { className: "came" });
  said.setAttribute("role", "status");
  place.replaceChildren(button, said); // in place of the words for those without scripts
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      said.replaceChildren(...told(await race()));
    } catch (error) {
      said.replaceChildren(element("p", { className: "error", textContent: error.message }));
    }
    button.disabled = false;
    button.focus();
  });

  async function race() {
    const fields = new URLSearchParams(new FormData(document.querySelector("main form")));
    fields.set("amount", amount);
    const second = beside ? new URLSearchParams(fields) : fields;
    if (beside) second.set("email", email);
    await post(reset, fields);
    const before = await account();
    if (before.paid.length) throw new Error("The account was not reset: is an attack under way?");
    const start = performance.now();
    const answers = await Promise.all([
      timed(`${location.pathname}?request=A`, fields, start),
      timed(`${beside || location.pathname}?request=B`, second, start),
    ]);
    return { before, answers, after: await account() };
  }

  // A redirect is not followed: to where it leads, no script is told. That is what paid looks like.
  const post = (address, fields) =>
    fetch(address, { method: "POST", body: fields, redirect: "manual" });

  async function timed(address, fields, start) {
    const sent = performance.now() - start;
    const answer = await post(address, fields);
    const answered = performance.now() - start;
    return { sent, answered, words: await words(answer, address) };
  }

  async function words(answer, address) {
    if (answer.type === "opaqueredirect") return address.startsWith(location.pathname) ? "says: paid" : "says: done";
    const main = parsed(await answer.text()).querySelector("main");
    const found = main.querySelector("[role=alert]") || main.querySelector("h1 + p");
    return `says: ${found.textContent.trim()}`;
  }

  async function account() {
    const answer = await fetch(home);
    const page = parsed(await answer.text());
    const balance = page.getElementById("balance");
    if (!balance) throw new Error("You are not logged in any more.");
    const paid = [...page.querySelectorAll("#history td.number")].map((each) => Number(each.textContent));
    return { balance: Number(balance.textContent), paid };
  }

  function told({ before, answers, after }) {
    const sum = after.paid.reduce((one, other) => one + other, 0);
    // There is money for just one of them, or for just both.
    // In a derived ledger the stored money is the opening credit, and does not move.
    const lost = ledger === "stored" && after.balance !== before.balance - sum;
    const wrong = sum !== before.balance || lost;
    tries.all += 1;
    tries.wrong += wrong ? 1 : 0;
    const [one, other] = answers;
    const together = Math.max(0, Math.min(one.answered, other.answered) - Math.max(one.sent, other.sent));
    return [
      table(answers),
      element("p", { textContent: `Both were under way for ${together.toFixed(1)} ms, as the browser sees it. Whether they also met between the check and the write, only the account tells:` }),
      element("p", {
        className: wrong ? "message error" : "message success",
        textContent: `The account held ${before.balance}. Paid out: ${sum}. The money on it now: ${after.balance}. ${
          wrong ? "That is wrong." : "That is right."}`,
      }),
      element("p", { textContent: `Wrong in ${tries.wrong} of ${tries.all} ${tries.all === 1 ? "try" : "tries"}.` }),
    ];
  }

  function table(answers) {
    const made = element("table");
    made.createCaption().textContent = "What came of both";
    const head = made.createTHead().insertRow();
    for (const name of ["Request", "Sent after", "Answered after", "Answer"]) {
      head.append(element("th", { scope: "col", textContent: name }));
    }
    const body = made.createTBody();
    answers.forEach(({ sent, answered, words }, number) => {
      const row = body.insertRow();
      for (const text of ["AB"[number], `${sent.toFixed(1)} ms`, `${answered.toFixed(1)} ms`, words]) {
        row.insertCell().textContent = text;
      }
    });
    return made;
  }

  function element(name, properties = {}) {
    return Object.assign(document.createElement(name), properties);
  }

  function parsed(text) {
    return new DOMParser().parseFromString(text, "text/html");
  }
})();

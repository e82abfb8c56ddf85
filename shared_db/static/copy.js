// A button beside each text that is there to be copied.
"use strict";

for (const text of document.querySelectorAll("pre.copy")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy: ${text.getAttribute("aria-label")}`);
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      said.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(text);
      said.textContent = "The browser does not let a page copy. It is selected: press Ctrl+C.";
    }
  });
  const place = document.createElement("p");
  place.className = "beside";
  place.append(button, said);
  text.after(place);
}

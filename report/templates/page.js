"use strict";
const find = document.querySelector(".find");
const words = document.getElementById("words");
const how = document.getElementById("how");
const said = document.getElementById("said");
const groups = Array.from(document.querySelectorAll(".group"), (part) => {
  const list = part.querySelector(".tests");
  const tests = Array.from(list.children, (row) => ({ row, text: row.textContent.toLowerCase() }));
  return { part, kind: list.dataset.kind, tests, open: part.open };
});
const all = groups.reduce((sum, group) => sum + group.tests.length, 0);
function show() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const asked = wanted.length > 0 || how.value !== "";
  let count = 0;
  for (const group of groups) {
    let here = 0;
    for (const { row, text } of group.tests) {
      const is = (how.value === "" || group.kind === how.value) && wanted.every((word) => text.includes(word));
      row.hidden = !is;
      here += is ? 1 : 0;
    }
    group.part.hidden = here === 0;
    group.part.open = asked ? here > 0 : group.open;
    count += here;
  }
  said.textContent = asked ? `${count} of ${all} tests` : `${all} tests`;
}
if (find) {
  words.addEventListener("input", show);
  how.addEventListener("change", show);
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !/^(INPUT|SELECT)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      words.focus();
    }
  });
  find.classList.add("on");
  show();
}
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));

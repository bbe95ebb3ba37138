"use strict";
const table = document.getElementById("sessions");
if (table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.addEventListener("click", () => {
    const descending = head.getAttribute("aria-sort") === "ascending";
    const sign = descending ? -1 : 1;
    const isNumber = head.classList.contains("n");
    const key = row => row.cells[column].dataset.key;
    const rows = [...table.tBodies[0].rows];
    rows.sort((one, other) => sign * (isNumber ? key(one) - key(other) : key(one).localeCompare(key(other), "en", { numeric: true })));
    table.tBodies[0].append(...rows);
    heads.forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  }));
  table.tBodies[0].addEventListener("click", event => {
    const link = event.target.closest("tr")?.querySelector("a");
    if (link && event.target !== link) link.click();
  });
}
const open = () => {
  const session = location.hash && document.getElementById(location.hash.slice(1));
  if (!session || session.tagName !== "DETAILS") return;
  session.open = true;
  session.scrollIntoView();
};
addEventListener("hashchange", open);
document.addEventListener("click", event => { if (event.target.closest("a")?.hash === location.hash) open(); });
open();

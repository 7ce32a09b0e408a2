"use strict";
// Keys: "/" searches, j and k go from row to row (Enter opens), g then a letter goes to a page.
const ETEINTES = "sge-sim-touches";
const inactif = () => localStorage.getItem(ETEINTES) === "non";
let attendPage = 0;
const rangees = () => [...document.querySelectorAll("main tbody tr, main .lignes > li")]
  .map((rang) => rang.querySelector("a[href]")).filter((lien) => lien?.checkVisibility());
function aller(pas) {
  const liens = rangees();
  const ici = liens.findIndex((lien) => lien.closest("tr, li").contains(document.activeElement));
  const suivant = liens[ici < 0 ? (pas > 0 ? 0 : liens.length - 1) : ici + pas];
  suivant?.focus();
  suivant?.scrollIntoView({ block: "nearest" });
}
function chercher() {
  const champ = document.querySelector("main input[type='search'], main form[role='search'] input:not([type='hidden'])");
  const pli = champ?.closest("[popover]");
  if (pli && !champ.checkVisibility()) pli.showPopover();
  champ?.focus();
  return Boolean(champ);
}
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || inactif()) return;
  if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
  const suite = Date.now() - attendPage < 1500;
  attendPage = 0;
  const page = suite && document.querySelector(`[data-touche="${CSS.escape(event.key)}"]`);
  if (page) page.click();
  else if (event.key === "g") attendPage = Date.now();
  else if (event.key === "j") aller(1);
  else if (event.key === "k") aller(-1);
  else if (event.key === "/") { if (!chercher()) return; }
  else if (event.key === "?") location.href = "/touches";
  else return;
  event.preventDefault();
});
const bascule = document.getElementById("touches-actives");
if (bascule) {
  bascule.disabled = false;
  bascule.checked = !inactif();
  bascule.addEventListener("change", () => localStorage.setItem(ETEINTES, bascule.checked ? "oui" : "non"));
}

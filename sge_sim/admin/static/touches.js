"use strict";
// Keys: "/" searches, j and k go from row to row, g then a letter to a page, a number to a tab, e to
// the first field.
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
// What the field finds comes under it: arrows choose, Enter goes there, Escape closes.
const champ = document.getElementById("chercher");
const trouve = document.createElement("ul");
let choisi = 0;
let tour = 0;
const dire = (objet, dits) => { for (const nom in dits) objet.setAttribute(nom, dits[nom]); };
function choisir(rang) {
  const tous = trouve.children;
  choisi = (rang + tous.length) % tous.length || 0;
  [...tous].forEach((li, i) => dire(li, { "aria-selected": i === choisi }));
  tous[choisi]?.scrollIntoView({ block: "nearest" });
  trouve.hidden = !tous.length;
  dire(champ, { "aria-expanded": !trouve.hidden, "aria-activedescendant": `trouve-${choisi}` });
}
function remplir(...lignes) {
  trouve.replaceChildren(...lignes);
  lignes.forEach((li, i) => {
    const lien = li.querySelector("a");
    dire(li, { id: `trouve-${i}`, role: "option", "data-adresse": lien.href });
    lien.replaceWith(lien.textContent);
  });
  choisir(0);
}
async function demander() {
  tour += 1;
  const mien = tour;
  await new Promise((suite) => { setTimeout(suite, 150); });
  if (mien !== tour) return;
  const reponse = await fetch(`/chercher?q=${encodeURIComponent(champ.value)}`).catch(() => null);
  const texte = await reponse?.text() ?? "";
  if (mien === tour) remplir(...new DOMParser().parseFromString(texte, "text/html").querySelectorAll("#trouve > li"));
}
function fermer() {
  tour += 1;
  remplir();
}
const partir = (li) => { location.href = li.dataset.adresse; };
if (champ) {
  dire(trouve, { id: "trouves", class: "trouve", role: "listbox", "aria-label": "Ce qui est trouvé", hidden: "" });
  dire(champ, { role: "combobox", "aria-expanded": false, "aria-controls": "trouves", "aria-autocomplete": "list" });
  champ.form.append(trouve);
  trouve.onclick = ({ target }) => partir(target.closest("li"));
  champ.oninput = demander;
  champ.onblur = () => setTimeout(fermer, 200);
  champ.onkeydown = (event) => {
    if (event.key === "Escape") { fermer(); return; }
    if (trouve.hidden) return;
    if (event.key === "ArrowDown") choisir(choisi + 1);
    else if (event.key === "ArrowUp") choisir(choisi - 1);
    else if (event.key === "Enter") partir(trouve.children[choisi]);
    else return;
    event.preventDefault();
  };
}
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || inactif()) return;
  if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
  const suite = Date.now() - attendPage < 1500;
  attendPage = 0;
  const onglet = document.querySelectorAll(".onglets > *")[event.key - 1];
  const page = suite && document.querySelector(`[data-touche="${CSS.escape(event.key)}"]`);
  if (page) page.click();
  else if (onglet) onglet.click();
  else if (event.key === "e") [...document.querySelectorAll("main :is(input, select, textarea)")].find((each) => each.checkVisibility())?.focus();
  else if (event.key === "g") attendPage = Date.now();
  else if (event.key === "j") aller(1);
  else if (event.key === "k") aller(-1);
  else if (event.key === "/" && champ) champ.focus();
  else if (event.key === "?") location.href = "/touches";
  else return;
  event.preventDefault();
});
const bascule = document.getElementById("touches-actives");
if (bascule) {
  bascule.disabled = false;
  bascule.checked = !inactif();
  bascule.onchange = () => localStorage.setItem(ETEINTES, bascule.checked ? "oui" : "non");
}

"use strict";
// Keys: "/" searches everywhere, j and k go from row to row (Enter opens), g then a letter goes to a page.
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
let choisi = -1;
let tour = 0;
function choisir(rang) {
  const tous = [...trouve.children];
  choisi = tous.length ? (rang + tous.length) % tous.length : -1;
  tous.forEach((li, i) => li.setAttribute("aria-selected", String(i === choisi)));
  tous[choisi]?.scrollIntoView({ block: "nearest" });
  champ.setAttribute("aria-activedescendant", tous[choisi]?.id ?? "");
}
function fermer() {
  tour += 1;
  trouve.hidden = true;
  champ.setAttribute("aria-expanded", "false");
}
async function demander() {
  tour += 1;
  const mien = tour;
  await new Promise((suite) => { setTimeout(suite, 150); });
  if (mien !== tour) return;
  if (!champ.value.trim()) { fermer(); return; }
  const reponse = await fetch(`/chercher?q=${encodeURIComponent(champ.value)}`).catch(() => null);
  if (!reponse?.ok || mien !== tour) return;
  const page = new DOMParser().parseFromString(await reponse.text(), "text/html");
  trouve.replaceChildren(...page.querySelectorAll("#trouve > li"));
  [...trouve.children].forEach((li, i) => {
    li.id = `trouve-${i}`;
    li.setAttribute("role", "option");
    const lien = li.querySelector("a");
    li.dataset.adresse = lien.href;
    lien.replaceWith(lien.textContent);
  });
  trouve.hidden = !trouve.children.length;
  champ.setAttribute("aria-expanded", String(!trouve.hidden));
  choisir(0);
}
if (champ) {
  trouve.className = "trouve";
  trouve.id = "trouves";
  trouve.hidden = true;
  trouve.setAttribute("role", "listbox");
  trouve.setAttribute("aria-label", "Ce qui est trouvé");
  champ.form.append(trouve);
  for (const [nom, valeur] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", "trouves"], ["aria-autocomplete", "list"]]) champ.setAttribute(nom, valeur);
  trouve.addEventListener("click", ({ target }) => { location.href = target.closest("li").dataset.adresse; });
  champ.addEventListener("input", demander);
  champ.addEventListener("blur", () => setTimeout(fermer, 200));
  champ.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { fermer(); return; }
    if (trouve.hidden) return;
    if (event.key === "ArrowDown") choisir(choisi + 1);
    else if (event.key === "ArrowUp") choisir(choisi - 1);
    else if (event.key === "Enter") location.href = trouve.children[choisi].dataset.adresse;
    else return;
    event.preventDefault();
  });
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
  else if (event.key === "/" && champ) champ.focus();
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

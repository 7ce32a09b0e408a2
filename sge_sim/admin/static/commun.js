"use strict";
// Buttons that copy a text.
document.addEventListener("click", async ({ target }) => {
  const bouton = target.closest("button[data-copie]");
  if (!bouton) return;
  const nom = bouton.textContent;
  const source = document.getElementById(bouton.dataset.copie);
  try {
    await navigator.clipboard.writeText(source.textContent);
    bouton.textContent = "Copié";
  } catch {
    getSelection().selectAllChildren(source);
    bouton.textContent = "Sélectionné : Ctrl+C";
  }
  setTimeout(() => { bouton.textContent = nom; }, 2000);
});
// The tab that the address names.
const onglets = [...document.querySelectorAll(".onglets a")];
const marquer = () => {
  const ici = onglets.find((lien) => lien.hash === location.hash) ?? onglets[0];
  for (const lien of onglets) lien.setAttribute("aria-current", String(lien === ici));
};
marquer();
addEventListener("hashchange", marquer);
// An advance of months takes a while: the page tells how far it is.
const clock = document.querySelector(".clock");
function suivre(place, numero) {
  const suite = setInterval(async () => {
    const reponse = await fetch(numero ? `/api/clock/travaux/${numero}` : "/api/clock").catch(() => null);
    if (!reponse?.ok) return;
    const lu = await reponse.json();
    const travail = numero ? lu : lu.travail;
    if (travail) place.textContent = travail.phrase;
    if (numero && travail.etat !== "en_cours") clearInterval(suite);
  }, 1000);
}
clock?.addEventListener("submit", (event) => {
  if (clock.getAttribute("aria-busy")) {
    event.preventDefault();
    return;
  }
  clock.setAttribute("aria-busy", "true");
  const place = clock.querySelector("[role='status']") ?? document.createElement("p");
  place.setAttribute("role", "status");
  clock.append(place);
  suivre(place);
});
addEventListener("pageshow", () => clock?.removeAttribute("aria-busy")); // come back to
const enCours = clock?.querySelector("[data-travail]");
if (enCours) suivre(enCours, enCours.dataset.travail);
// What is said of one's own act goes away when it is read.
for (const message of document.querySelectorAll(".message")) {
  const bouton = document.createElement("button");
  bouton.textContent = "Masquer";
  bouton.onclick = () => message.remove();
  message.append(bouton);
}

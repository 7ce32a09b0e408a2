"use strict";
// An open campaign: at each call of the actor, what has changed is taken from the page anew, piece
// by piece, so that neither the focus nor the place in the page is lost.
const etat = document.getElementById("etat");
if (etat.dataset.direct) {
  let demande = false;
  let enCours = false;
  const rafraichir = async () => {
    demande = true;
    if (enCours) return;
    enCours = true;
    while (demande) {
      demande = false;
      const texte = await (await fetch(location.href)).text();
      const page = new DOMParser().parseFromString(texte, "text/html");
      for (const nouveau of page.querySelectorAll("[data-morceau]")) {
        const ancien = document.querySelector(`[data-morceau="${CSS.escape(nouveau.dataset.morceau)}"]`);
        if (ancien && ancien.innerHTML !== nouveau.innerHTML) {
          const focus = ancien.contains(document.activeElement)
            ? document.activeElement.getAttribute("href") : null;
          ancien.className = nouveau.className;
          ancien.replaceChildren(...nouveau.childNodes);
          if (focus) ancien.querySelector(`[href="${CSS.escape(focus)}"]`)?.focus();
        }
      }
      document.title = page.title;
    }
    enCours = false;
  };
  const source = new EventSource(etat.dataset.direct);
  source.onmessage = rafraichir;
}
// A case opens beside the grid, and keeps its address; Escape closes it and gives the focus back.
const volet = document.getElementById("volet");
let ouvert = null;
function fermerVolet() {
  volet.hidden = true;
  ouvert?.removeAttribute("aria-current");
  ouvert?.focus();
  history.replaceState(null, "", location.pathname);
}
async function ouvrirCas(lien) {
  const reponse = await fetch(lien.href).catch(() => null);
  if (!reponse?.ok) { location.href = lien.href; return; }
  const page = new DOMParser().parseFromString(await reponse.text(), "text/html");
  const clore = document.createElement("button");
  clore.type = "button";
  clore.textContent = "Fermer";
  clore.addEventListener("click", fermerVolet);
  volet.replaceChildren(clore, ...page.querySelectorAll("main > *"));
  volet.hidden = false;
  ouvert?.removeAttribute("aria-current");
  ouvert = lien;
  lien.setAttribute("aria-current", "true");
  history.replaceState(null, "", `#${lien.dataset.cas}`);
  volet.focus();
}
document.querySelector(".paquets").addEventListener("click", (event) => {
  const lien = event.target.closest("a[data-cas]");
  if (!lien || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  ouvrirCas(lien);
});
addEventListener("keydown", (event) => { if (event.key === "Escape" && !volet.hidden) fermerVolet(); });
const adresse = document.querySelector(`[data-cas="${CSS.escape(decodeURIComponent(location.hash.slice(1)))}"]`);
if (adresse) ouvrirCas(adresse);

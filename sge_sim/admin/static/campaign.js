"use strict";
// A campaign that goes on: at each case, what has changed is taken from the page anew, piece by
// piece, so that neither the focus nor the place in the page is lost.
const etat = document.querySelector("[data-direct]");
if (etat) {
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
  source.addEventListener("fin", () => { source.close(); rafraichir(); });
}
// A case opens beside the grid, and keeps its address; Escape closes it and gives the focus back.
const volet = document.getElementById("volet");
let ouvert = null;
function clore() {
  volet.hidden = true;
  ouvert?.removeAttribute("aria-current");
  history.replaceState(null, "", location.pathname);
}
async function ouvrirCas(lien) {
  const texte = await (await fetch(lien.href)).text();
  const fermer = document.createElement("button");
  fermer.textContent = "Fermer";
  fermer.onclick = () => { clore(); ouvert.focus(); };
  volet.replaceChildren(fermer, ...new DOMParser().parseFromString(texte, "text/html").querySelectorAll("main > *"));
  clore();
  ouvert = lien;
  volet.hidden = false;
  lien.setAttribute("aria-current", "true");
  history.replaceState(null, "", `#${lien.dataset.cas}`);
  volet.focus();
}
document.querySelector(".paquets")?.addEventListener("click", (event) => {
  const lien = event.target.closest("a");
  if (!lien || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  ouvrirCas(lien);
});
addEventListener("keydown", ({ key }) => { if (key === "Escape") volet?.querySelector("button")?.click(); });
const nomme = document.querySelector(`[data-cas="${CSS.escape(decodeURIComponent(location.hash.slice(1)))}"]`);
if (nomme) ouvrirCas(nomme);

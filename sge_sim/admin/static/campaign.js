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

"use strict";
// New exchanges come as rows that the server has written; the page keeps the last few hundred.
const tableau = document.getElementById("echanges");
const adresse = tableau.dataset.direct;
if (adresse && "EventSource" in window) {
  const MAX = 300;
  const corps = tableau.tBodies[0];
  const nouvelles = document.getElementById("nouvelles");
  const pause = document.getElementById("pause");
  let attente = [];
  let venues = 0;
  let suspendu = false;
  // Who reads further down doesn't lose the row: what came is there when the top is.
  const montrer = () => {
    if (!suspendu && scrollY < 80) {
      for (const ligne of attente.splice(0)) {
        corps.insertAdjacentHTML("afterbegin", ligne);
        const [nouvelle, suivante] = corps.rows;
        nouvelle.classList.add("nouveau");
        if (suivante?.dataset.jour === nouvelle.dataset.jour) suivante.classList.remove("jour");
        document.getElementById("aucun")?.remove();
      }
      while (corps.rows.length > MAX) corps.deleteRow(-1);
    }
    const n = attente.length || (suspendu ? 0 : venues);
    nouvelles.textContent = n
      ? `${n} ${n > 1 ? "nouveaux échanges" : "nouvel échange"}${attente.length ? " en attente" : ""}`
      : suspendu ? "Direct suspendu" : "En direct";
  };
  const source = new EventSource(adresse);
  source.onopen = () => { pause.hidden = false; montrer(); };
  source.onmessage = ({ data }) => {
    attente = [...attente, data].slice(-MAX);
    venues += 1;
    montrer();
  };
  addEventListener("scroll", () => { if (attente.length) montrer(); });
  source.addEventListener("remplace", () => {
    source.close();
    pause.hidden = true;
    nouvelles.textContent = "L'état du simulateur a été remplacé : recharger la page.";
  });
  source.onerror = () => {
    nouvelles.textContent = "Le direct est interrompu : la page reprend dès que possible.";
  };
  pause.onclick = () => {
    suspendu = !suspendu;
    pause.setAttribute("aria-pressed", String(suspendu));
    pause.textContent = suspendu ? "Reprendre le direct" : "Suspendre le direct";
    montrer();
  };
}

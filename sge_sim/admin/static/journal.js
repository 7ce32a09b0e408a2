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

  const montrer = () => {
    for (const ligne of attente) {
      corps.insertAdjacentHTML("afterbegin", ligne);
      corps.rows[0].classList.add("nouveau");
    }
    attente = [];
    while (corps.rows.length > MAX) corps.deleteRow(-1);
    document.getElementById("aucun")?.remove();
  };
  const dire = () => {
    const n = suspendu ? attente.length : venues;
    nouvelles.textContent = n
      ? `${n} ${n > 1 ? "nouveaux échanges" : "nouvel échange"}${suspendu ? " en attente" : ""}`
      : suspendu ? "Direct suspendu" : "En direct";
  };
  const source = new EventSource(adresse);
  source.onopen = () => { pause.hidden = false; dire(); };
  source.onmessage = (event) => {
    attente.push(event.data);
    venues += 1;
    if (attente.length > MAX) attente.shift();
    if (!suspendu) montrer();
    dire();
  };
  source.addEventListener("remplace", () => {
    source.close();
    pause.hidden = true;
    nouvelles.textContent = "L'état du simulateur a été remplacé : recharger la page.";
  });
  source.onerror = () => {
    nouvelles.textContent = "Le direct est interrompu : la page reprend dès que possible.";
  };
  pause.addEventListener("click", () => {
    suspendu = !suspendu;
    pause.setAttribute("aria-pressed", String(suspendu));
    pause.textContent = suspendu ? "Reprendre le direct" : "Suspendre le direct";
    if (!suspendu) montrer();
    dire();
  });
}

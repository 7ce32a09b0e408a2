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
      const [nouvelle, suivante] = corps.rows;
      nouvelle.classList.add("nouveau");
      if (suivante?.dataset.jour === nouvelle.dataset.jour) suivante.classList.remove("jour");
    }
    attente = [];
    while (corps.rows.length > MAX) corps.deleteRow(-1);
    document.getElementById("aucun")?.remove();
  };
  const dire = () => {
    const n = attente.length || (suspendu ? 0 : venues);
    nouvelles.textContent = n
      ? `${n} ${n > 1 ? "nouveaux échanges" : "nouvel échange"}${attente.length ? " en attente" : ""}`
      : suspendu ? "Direct suspendu" : "En direct";
  };
  const source = new EventSource(adresse);
  source.onopen = () => { pause.hidden = false; dire(); };
  source.onmessage = (event) => {
    attente.push(event.data);
    venues += 1;
    if (attente.length > MAX) attente.shift();
    // Who reads further down doesn't lose the row: what came is there when the top is.
    if (!suspendu && scrollY < 80) montrer();
    dire();
  };
  addEventListener("scroll", () => {
    if (!attente.length || suspendu || scrollY >= 80) return;
    montrer();
    dire();
  });
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

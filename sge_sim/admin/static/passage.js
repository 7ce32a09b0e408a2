"use strict";
// The cases of a campaign that runs, as rows that the server has written.
const tableau = document.getElementById("cas");
if (tableau.dataset.direct) {
  const corps = tableau.tBodies[0];
  const avance = document.getElementById("avance");
  const source = new EventSource(tableau.dataset.direct);
  source.onopen = () => { corps.replaceChildren(); };
  source.onmessage = (event) => {
    corps.insertAdjacentHTML("beforeend", event.data);
    avance.value = corps.rows.length;
    document.getElementById("compte").textContent = `${avance.value} sur ${avance.max}`;
  };
  source.addEventListener("fin", (event) => {
    source.close();
    const bons = corps.querySelectorAll("tr.bon").length;
    document.getElementById("fin").textContent = event.data
      || `Terminée : ${bons} bons sur ${corps.rows.length}.`;
    document.getElementById("rapport").hidden = Boolean(event.data);
  });
}

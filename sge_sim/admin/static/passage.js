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
    for (const nombre of document.querySelectorAll("[data-morceau^='n-']")) {
      const nom = nombre.dataset.morceau.slice(2);
      nombre.textContent = nom === "tous" ? corps.rows.length : corps.querySelectorAll(`tr.${nom}`).length;
    }
  };
  source.addEventListener("fin", async (event) => {
    source.close();
    const bons = corps.querySelectorAll("tr.reussi").length;
    document.getElementById("fin").textContent = event.data
      || `Terminée : ${bons} bon${bons > 1 ? "s" : ""} sur ${corps.rows.length}.`;
    document.getElementById("rapport").hidden = Boolean(event.data);
    // As after a reload: what failed first, and a bar a package.
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    for (const nouveau of page.querySelectorAll("[data-morceau]")) {
      document.querySelector(`[data-morceau="${nouveau.dataset.morceau}"]`)?.replaceChildren(...nouveau.childNodes);
    }
  });
}

"use strict";
// The plot of a point. Dygraph would write a style of its own, which the page's policy forbids.
Dygraph.addedAnnotationCSS = true;
// What it measures its labels with has a style too: written by the property, it is allowed.
const ecrire = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (nom, valeur) {
  if (nom === "style") this.style.cssText = valeur;
  else ecrire.call(this, nom, valeur);
};
(async () => {
  const boite = document.getElementById("trace");
  const resume = document.getElementById("resume");
  const lecture = document.getElementById("lecture");
  const dire = (texte) => { resume.textContent = texte; };
  let recu;
  try {
    const reponse = await fetch(boite.dataset.adresse);
    recu = await reponse.json();
    if (!reponse.ok) throw new Error(recu.detail);
  } catch (erreur) {
    dire(erreur.message);
    boite.hidden = true;
    return;
  }
  const { horodate, pas, ...series } = recu.colonnes;
  const noms = Object.keys(series);
  const degre = "température";
  const degres = new Map(recu.temperatures.jours.map((j, rang) => [j, recu.temperatures.degres[rang]]));
  if (!horodate.length) {
    dire("Rien n'a été collecté sur cette période.");
    boite.hidden = true;
    return;
  }
  const nombre = new Intl.NumberFormat("fr-FR");
  const dates = (ecrites) => new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris", ...ecrites });
  const chiffres = { day: "2-digit", month: "2-digit" };
  const quand = dates({ dateStyle: "short", timeStyle: "short" });
  const court = dates({ ...chiffres, hour: "2-digit", minute: "2-digit" });
  const etroit = boite.clientWidth < 500;
  const jour = dates(etroit ? chiffres : { dateStyle: "short" });
  const perdus = [];
  const horaires = [];
  const lignes = [];
  for (let i = 0; i < horodate.length; i += 1) {
    const t = Date.parse(horodate[i]);
    const avant = lignes.length ? lignes[lignes.length - 1][0].getTime() : t;
    // A hole in what was collected is no straight line.
    if (t - avant > pas[i] * 60000 * 2.5) lignes.push([new Date(avant + 1), ...noms.map(() => NaN), NaN]);
    const valeurs = noms.map((nom) => series[nom][i]);
    if (valeurs.every((valeur) => valeur === null)) perdus.push(t);
    if (pas[i] === 60) horaires.push(t);
    lignes.push([new Date(t), ...valeurs.map((valeur) => (valeur === null ? NaN : valeur)),
      degres.get(horodate[i].slice(0, 10)) ?? NaN]);
  }
  const [premier, dernier] = [lignes[0][0].getTime(), lignes[lignes.length - 1][0].getTime()];
  const bandes = JSON.parse(boite.dataset.bandes)
    .map(({ debut: de, fin: a }) => ({ debut: Date.parse(de), fin: Date.parse(a) }))
    .filter(({ debut: de, fin: a }) => de < dernier && a > premier);
  const couleur = (css) => {
    boite.style.color = css;
    return getComputedStyle(boite).color;
  };
  const [perdu, horaire, texte, trait, bande] = ["light-dark(#e58a8a, #8f3b3b)", "var(--bord)", "var(--encre)", "var(--trait)", "light-dark(#9db4d3, #4d6a91)"].map(couleur);
  const traits = ["var(--mesure)", "light-dark(#a35200, #ffb066)", "var(--bon)", "var(--douteux)", "var(--mauvais)"].map(couleur);

  const fond = (toile, zone, trace) => {
    const x = (t) => trace.toDomXCoord(t);
    toile.fillStyle = perdu;
    for (const t of perdus) toile.fillRect(x(t) - 1, zone.y, 3, zone.h);
    toile.fillStyle = horaire;
    for (const t of horaires) toile.fillRect(x(t), zone.y + zone.h - 6, Math.max(x(t + 36e5) - x(t), 1), 6);
    bandes.forEach(({ debut: de, fin: a }, rang) => {
      const debut = Math.max(x(de), zone.x);
      const fin = Math.min(x(a), zone.x + zone.w);
      if (fin <= debut) return;
      toile.fillStyle = bande;
      toile.fillRect(debut, zone.y + rang * 7, fin - debut, 5);
    });
  };
  const axe = (date, granularite) => (granularite >= Dygraph.DAILY ? jour : court).format(date);
  const trace = new Dygraph(boite, lignes, {
    labels: ["horodate", ...noms, degre],
    series: { [degre]: { axis: "y2", color: texte, strokeWidth: 0.8, stepPlot: true } },
    legend: "never",
    colors: traits,
    axisLabelColor: texte,
    axisLineColor: trait,
    gridLineColor: trait,
    stepPlot: recu.type === "courbe" || recu.type === "energie",
    drawPoints: recu.type === "pmax",
    includeZero: recu.type !== "index",
    strokeWidth: 1.4,
    axisLabelFontSize: 12,
    axes: {
      x: { axisLabelFormatter: axe, axisLabelWidth: etroit ? 50 : 90, pixelsPerLabel: etroit ? 55 : 95 },
      y: { axisLabelFormatter: (valeur) => nombre.format(valeur), axisLabelWidth: etroit ? 48 : 70 },
      y2: { axisLabelFormatter: (valeur) => `${nombre.format(valeur)} °C`, axisLabelWidth: 48, drawGrid: false, independentTicks: true },
    },
    underlayCallback: fond,
    highlightCallback: (_evenement, t, points) => {
      const valeurs = points.map((p) => (p.name === degre ? `${nombre.format(p.yval)} °C`
        : `${noms.length > 1 ? `${p.name} ` : ""}${nombre.format(p.yval)} ${recu.unite}`));
      lecture.textContent = `${quand.format(t)} : ${valeurs.join(", ")}`;
    },
  });
  const utiles = noms.flatMap((nom) => series[nom]).filter((valeur) => valeur !== null);
  const bornes = utiles.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  const s = (combien) => (combien > 1 ? "s" : "");
  const phrases = [`${nombre.format(horodate.length)} valeur${s(horodate.length)} du ${quand.format(Date.parse(horodate[0]))} au ${quand.format(Date.parse(horodate[horodate.length - 1]))}`];
  if (utiles.length) phrases.push(`de ${nombre.format(bornes[0])} à ${nombre.format(bornes[1])} ${recu.unite}`);
  phrases.push(perdus.length ? `${nombre.format(perdus.length)} perdue${s(perdus.length)} (traits rouges)` : "aucune perdue");
  const froids = [Math.min(...degres.values()), Math.max(...degres.values())];
  phrases.push(`de ${nombre.format(froids[0])} à ${nombre.format(froids[1])} °C par jour (zone ${recu.temperatures.zone})`);
  if (horaires.length) phrases.push(`${nombre.format(horaires.length)} horaire${s(horaires.length)} (soulignée${s(horaires.length)})`);
  if (bandes.length) phrases.push(`${bandes.length} service${s(bandes.length)} (bandes du haut)`);
  dire(`${phrases.join(", ")}.`);

  // The mouse zooms by drawing a period; these buttons do the same by keyboard.
  const zoom = document.getElementById("zoom");
  zoom.hidden = false;
  zoom.addEventListener("click", ({ target }) => {
    if (!target.dataset.zoom && !target.dataset.pas) return;
    const [a, b] = trace.xAxisRange();
    let [de, a2] = [premier, dernier];
    if (target.dataset.pas) {
      const pas = (b - a) * Number(target.dataset.pas);
      [de, a2] = [a + pas, b + pas];
    } else if (target.dataset.zoom !== "0") {
      const demi = (b - a) / 2 / Number(target.dataset.zoom);
      [de, a2] = [(a + b) / 2 - demi, (a + b) / 2 + demi];
    }
    trace.updateOptions({ dateWindow: [Math.max(de, premier), Math.min(a2, dernier)] });
    lecture.textContent = `Vue du ${trace.xAxisRange().map(quand.format).join(" au ")}`;
  });
  boite.dataset.pret = "oui";
})();

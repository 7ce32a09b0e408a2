"use strict";
// The plots of a point, by uPlot: its curve, its days, read by the mouse, by keys and as a table.
(async () => {
  const [boite, jours, resume, lecture, zoom, table] = ["trace", "jours", "resume", "lecture", "zoom", "table"].map((id) => document.getElementById(id));
  const { adresse, faits } = boite.dataset;
  const [debut, fin, maintenant] = ["debut", "fin", "maintenant"].map((nom) => Number(boite.dataset[nom]));
  const nombre = new Intl.NumberFormat("fr-FR").format;
  const date = (dite) => {
    const { format } = new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris", ...dite });
    return (t) => format(t * 1000);
  };
  const [jour, heure] = [date({ day: "2-digit", month: "2-digit" }), date({ timeStyle: "short" })];
  const [mois, quand] = [date({ month: "2-digit", year: "numeric" }), date({ dateStyle: "short", timeStyle: "short" })];
  const couleur = (nom) => {
    boite.style.color = `var(--${nom})`;
    return getComputedStyle(boite).color;
  };
  const traces = [];
  const vue = (a, b) => traces.forEach(({ u }) => u.setScale("x", { min: Math.max(a, debut), max: Math.min(b, fin) }));

  async function tracer(place, url, height) {
    const reponse = await fetch(url);
    const recu = await reponse.json();
    if (!reponse.ok) throw new Error(recu.detail);
    const { type, unite, colonnes, temperatures } = recu;
    const { horodate, pas, ...series } = colonnes;
    if (!horodate.length) throw new Error("Rien n'a été collecté sur cette période.");
    const noms = Object.keys(series);
    const barres = type === "energie";
    const avant = boite.dataset.petit && type === "courbe"; // stamps end their step
    const t = horodate.map((lu) => Date.parse(lu) / 1000);
    const froids = horodate.map((lu) => temperatures.degres[(Date.parse(lu.slice(0, 10)) - Date.parse(recu.debut)) / 864e5]);
    const perdus = [];
    for (let i = t.length - 1; i >= 0; i -= 1) {
      const de = t[i] - (avant ? pas[i] * 60 : 0);
      if (noms.every((nom) => series[nom][i] === null)) perdus.push([de, de + pas[i] * 60]);
      // A hole in what was collected is no straight line.
      if (i && t[i] - t[i - 1] > pas[i] * 150) [t, froids, pas, ...Object.values(series)].forEach((lus, rang) => lus.splice(i, 0, rang ? null : t[i - 1] + 1));
    }
    const trait = (u, a, b, nom, large, pointille = []) => {
      const { ctx, bbox: { left, top, width, height: haut } } = u;
      const [de, jusque] = [a, b].map((s) => Math.min(Math.max(u.valToPos(s, "x", true), left), left + width));
      const debout = a === b;
      if (debout && (a < u.scales.x.min || a > u.scales.x.max)) return;
      ctx.save();
      ctx.beginPath();
      ctx.strokeStyle = couleur(nom);
      ctx.lineWidth = large * uPlot.pxRatio || haut;
      ctx.setLineDash(pointille);
      ctx.moveTo(de, debout ? top : top + haut / 2);
      ctx.lineTo(jusque, debout ? top + haut : top + haut / 2);
      ctx.stroke();
      ctx.restore();
      return de;
    };
    const fond = (u) => {
      for (const [a, b] of recu.heures_creuses) trait(u, a, b, "creuses");
      for (const [a, b] of perdus) trait(u, a, b, "bord", 0, [1, 3]);
    };
    const devant = (u) => {
      trait(u, maintenant, maintenant, "encre", 2);
      faits.split(" ").filter(Boolean).forEach((s, rang) => {
        const ou = trait(u, +s, +s, "encre", 1, s > maintenant ? [4, 3] : []);
        u.ctx.fillStyle = couleur("encre");
        u.ctx.textAlign = "center";
        u.ctx.font = `600 ${12 * uPlot.pxRatio}px Inter, sans-serif`;
        if (ou && place === boite) u.ctx.fillText(rang + 1, ou, u.bbox.top - 4);
      });
    };
    const dire = (i) => noms.map((nom) => `${noms[1] ? `${nom} ` : ""}${series[nom][i] === null ? "perdue" : `${nombre(series[nom][i])} ${unite}`}`).join(", ");
    const axe = { ticks: { show: false }, font: "12px Inter, sans-serif", stroke: () => couleur("doux"), grid: { width: 1, stroke: () => couleur("trait") } };
    const u = new uPlot({
      width: place.clientWidth,
      height,
      padding: [18, 12, 0, 0],
      legend: { show: false },
      tzDate: (s) => uPlot.tzDate(new Date(s * 1000), "Europe/Paris"),
      cursor: { y: false, sync: { key: "point" }, bind: { dblclick: () => () => vue(debut, fin) } },
      hooks: {
        drawClear: [fond],
        draw: [devant],
        setCursor: [({ cursor: { idx } }) => {
          if (place === boite && pas[idx]) lecture.textContent = `${quand(t[idx])} : ${dire(idx)}, ${nombre(froids[idx])} °C`;
        }],
      },
      scales: { y: { range: type === "index" ? undefined : (_, __, haut) => [0, haut * 1.05 || 1] } },
      series: [{}, ...noms.map((nom, rang) => ({
        stroke: () => couleur(["mesure", "ecart", "bon", "douteux", "mauvais"][rang % 5]),
        fill: barres ? () => couleur("mesure") : undefined,
        width: barres ? 0 : 1.3,
        paths: barres ? uPlot.paths.bars({ align: 1, size: [0.8] }) : type === "courbe" ? uPlot.paths.stepped({ align: avant ? -1 : 1 }) : undefined,
        points: { show: type === "pmax", size: 5 },
      })), { scale: "t", stroke: () => couleur("doux"), dash: [2, 3], points: { show: false } }],
      axes: [
        { ...axe, space: 70, values: (_, lus, __, ___, ecart) => lus.map((s) => (ecart > 2e6 ? mois : ecart < 86400 && heure(s) !== "00:00" ? heure : jour)(s)) },
        { ...axe, size: 58, values: (_, lus) => lus.map(nombre) },
        { ...axe, scale: "t", side: 1, size: 46, grid: { show: false }, values: (_, lus) => lus.map((lu) => `${nombre(lu)} °C`) },
      ],
    }, [t, ...Object.values(series), froids], place);
    const ajuster = () => {
      u.setSize({ width: place.clientWidth, height });
      u.redraw();
    };
    new ResizeObserver(ajuster).observe(place);
    for (const media of ["print", "(prefers-color-scheme: dark)"]) matchMedia(media).addEventListener("change", ajuster);
    traces.push({ u, t, pas, series, perdus, dire, unite, froids, zone: temperatures.zone });
  }

  try {
    await document.fonts.ready;
    await tracer(boite, adresse, 288);
    if (jours) await tracer(jours, adresse.replace("courbe", "energie"), 130);
    vue(debut, fin);
    const [{ u, t, pas, series, perdus, dire, unite, froids, zone }] = traces;
    const bornes = (lus) => lus.filter((lu) => lu !== null).reduce(([a, b], lu) => [Math.min(a, lu), Math.max(b, lu)], [Infinity, -Infinity]).map(nombre).join(" à ");
    const utiles = Object.values(series).flat();
    const s = (combien) => `${nombre(combien)} ${combien > 1 ? "valeurs" : "valeur"}`;
    resume.textContent = `${s(pas.filter(Boolean).length)} du ${quand(t[0])} au ${quand(t.at(-1))}, de ${bornes(utiles)} ${unite}, ${perdus.length ? `${nombre(perdus.length)} perdues (hachures)` : "aucune perdue"}, de ${bornes(froids)} °C par jour (zone ${zone}).`;
    const bouger = (facteur, part = 0) => {
      const { min, max } = u.scales.x;
      const [milieu, demi] = [(min + max) / 2 + (max - min) * part, (max - min) / 2 / facteur];
      if (facteur) vue(milieu - demi, milieu + demi); else vue(debut, fin);
      lecture.textContent = `Vue du ${quand(u.scales.x.min)} au ${quand(u.scales.x.max)}`;
    };
    zoom.hidden = false;
    zoom.addEventListener("click", ({ target: { dataset } }) => dataset.zoom && bouger(+dataset.zoom, +dataset.part));
    boite.addEventListener("keydown", (event) => {
      const bouton = zoom.querySelector(`[aria-keyshortcuts="${event.key}"]`);
      const rang = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 }[event.key];
      if (bouton) bouton.click();
      else if (!rang) return;
      else {
        const [a, b] = u.series[0].idxs;
        const ici = Math.min(Math.max((u.cursor.idx ?? a) + rang, a), b);
        u.setCursor({ left: u.valToPos(t[ici], "x"), top: 9 });
      }
      event.preventDefault();
    });
    table.hidden = false;
    table.addEventListener("toggle", () => {
      const { min, max } = u.scales.x;
      const rangs = [...t.keys()].filter((i) => pas[i] && t[i] >= min && t[i] <= max);
      table.querySelector("tbody").replaceChildren(...rangs.slice(0, 500).map((i) => {
        const rangee = document.createElement("tr");
        for (const lu of [quand(t[i]), dire(i)]) rangee.insertCell().textContent = lu;
        return rangee;
      }));
    });
  } catch (erreur) {
    resume.textContent = erreur.message;
    boite.hidden = true;
  }
  boite.dataset.pret = "oui";
})();

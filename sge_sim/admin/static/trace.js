"use strict";
// The plots of a point, by uPlot: its curve over its days, read by mouse, keys or table.
(async () => {
  const [boite, jours, resume, lecture, zoom, table] = "trace jours resume lecture zoom table".split(" ").map((id) => document.getElementById(id));
  const { adresse, debut, fin, maintenant, petit, faits } = JSON.parse(boite.dataset.vu);
  const nombre = new Intl.NumberFormat("fr-FR").format;
  const [jour, heure, quand] = [{ day: "2-digit", month: "2-digit", year: "2-digit" }, { timeStyle: "short" }, { dateStyle: "short", timeStyle: "long" }].map((dite) => {
    const { format } = new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris", ...dite });
    return (t) => format(t * 1000).replace(":00 UTC", " UTC");
  });
  const couleur = (nom) => () => {
    boite.style.color = `var(--${nom})`;
    return getComputedStyle(boite).color;
  };
  const traces = [];
  const vue = (a, b) => traces.forEach(({ u }) => u.setScale("x", { min: Math.max(a, debut), max: Math.min(b, fin) }));
  async function tracer(place, url) {
    const reponse = await fetch(url);
    const recu = await reponse.json();
    if (!reponse.ok) throw new Error(recu.detail);
    const { type, unite, temperatures: { degres }, colonnes: { horodate, pas, ...series } } = recu;
    if (!horodate.length) throw new Error("Rien n'a été collecté sur cette période.");
    const noms = Object.keys(series);
    const fini = petit && type === "courbe"; // its stamps end their steps
    const t = horodate.map((lu) => Date.parse(lu) / 1000);
    const froids = t.map((_, i) => degres[(Date.parse(horodate[fini && i ? i - 1 : i].slice(0, 10)) - Date.parse(recu.debut)) / 864e5]);
    const perdus = [];
    let manque = 0;
    for (let i = t.length - 1; i >= 0; i -= 1) {
      const duree = pas[i] * 60;
      const de = fini ? t[i] - duree : t[i];
      if (noms.every((nom) => series[nom][i] === null)) {
        manque += 1;
        if (perdus[0]?.[0] === de + duree) perdus[0][0] = de; else perdus.unshift([de, de + duree]);
      }
      // A hole is no straight line.
      if (i && t[i] - t[i - 1] > duree * 2.5) [t, froids, pas, ...Object.values(series)].forEach((lus, rang) => lus.splice(i, 0, rang ? null : t[i - 1] + 1));
    }
    let ecrit;
    // A band from a to b, or a line where a is b.
    const peindre = (a, b, nom, tirets = [], texte = "") => {
      const { ctx, bbox: { top, height }, scales: { x: { min, max } } } = u;
      if (a > max || b < min) return;
      const [de, jusque] = [Math.max(a, min), Math.min(b, max)].map((s) => u.valToPos(s, "x", true));
      const r = uPlot.pxRatio;
      const trait = a === b ? 0 : height / 2;
      ctx.save();
      ctx.beginPath();
      ctx.strokeStyle = ctx.fillStyle = couleur(nom)();
      ctx.lineWidth = trait * 2 || r;
      ctx.setLineDash(tirets.map((n) => n * r));
      ctx.moveTo(de, top + trait);
      ctx.lineTo(jusque, top + height - trait);
      ctx.stroke();
      ctx.font = `600 ${12 * r}px Inter`;
      ctx.textAlign = "center";
      if (texte && !(de - ecrit < 14 * r)) {
        ctx.fillText(texte, de, top - 4 * r);
        ecrit = de;
      }
      ctx.restore();
    };
    const dire = (i) => noms.map((nom) => `${noms[1] ? `${nom} ` : ""}${series[nom][i] === null ? "perdue" : `${nombre(series[nom][i])} ${unite}`}`).join(", ");
    const axe = { ticks: { show: false }, font: "12px Inter", stroke: couleur("doux"), grid: { width: 1, stroke: couleur("trait") } };
    const marches = (align) => uPlot.paths.stepped({ align });
    const taille = () => ({ width: place.clientWidth, height: place.clientHeight });
    const u = new uPlot({
      ...taille(),
      padding: [18, 12, 0, 0],
      legend: { show: false },
      tzDate: (s) => uPlot.tzDate(new Date(s * 1000), "Europe/Paris"),
      cursor: { y: false, sync: { key: "x" } },
      hooks: {
        drawClear: [() => {
          ecrit = NaN;
          for (const [a, b] of recu.heures_creuses) peindre(a, b, "creuses");
          for (const [a, b] of perdus) peindre(a, b, "bord", [1, 3]);
        }],
        draw: [() => [...faits, maintenant].forEach((s, rang) => peindre(s, s, "encre", s > maintenant ? [4, 3] : [], s === maintenant ? "▾" : rang + 1))],
        setCursor: [({ cursor: { idx } }) => {
          if (place === boite && pas[idx]) lecture.textContent = `${quand(t[idx])} : ${dire(idx)}, ${nombre(froids[idx])} °C`;
        }],
      },
      scales: { y: { range: type !== "index" && ((_, __, haut) => [0, haut * 1.05 || 1]) } },
      series: [{}, ...noms.map((_, rang) => ({
        stroke: couleur("mesure ecart bon douteux mauvais".split(" ")[rang % 5]),
        fill: type === "energie" && couleur("mesure"),
        width: 1.3,
        paths: { energie: uPlot.paths.bars({ align: 1, size: [0.8] }), courbe: marches(fini ? -1 : 1) }[type],
        points: { show: type === "pmax" },
      })), { scale: "t", stroke: couleur("doux"), dash: [2, 3], paths: marches(1), points: { show: false } }],
      axes: [
        { ...axe, size: 28, space: 60, values: (_, lus, __, ___, ecart) => lus.map((s) => (ecart < 86400 && heure(s) !== "00:00" ? heure : jour)(s)) },
        { ...axe, size: 76, values: (_, lus) => lus.map((lu) => (lus.at(-1) < 1e5 ? `${nombre(lu)} ${unite}` : `${nombre(lu / 1e3)} k${unite}`)) },
        { ...axe, size: 46, side: 1, scale: "t", grid: { show: false }, values: (_, lus) => lus.map((lu) => `${nombre(lu)} °C`) },
      ],
    }, [t, ...Object.values(series), froids], place);
    const ajuster = () => {
      u.setSize(taille());
      u.redraw();
    };
    new ResizeObserver(ajuster).observe(place);
    for (const media of ["print", "(prefers-color-scheme: dark)"]) matchMedia(media).onchange = ajuster;
    traces.push({ u, t, pas, manque, dire, unite });
  }
  try {
    await document.fonts.ready;
    await tracer(boite, adresse);
    if (jours) await tracer(jours, adresse.replace("courbe", "energie"));
    const [{ u, t, pas, manque, dire, unite }] = traces;
    u.hooks.setScale = [() => {
      const [a, b] = u.series[0].idxs;
      table.firstChild.textContent = `En tableau, du ${quand(u.scales.x.min)} au ${quand(u.scales.x.max)}`;
      table.querySelector("tbody").innerHTML = [...t.keys()].slice(a, b + 1).filter((i) => pas[i]).slice(0, 500).map((i) => `<tr><td>${quand(t[i])}<td>${dire(i)}`).join("");
    }];
    vue(debut, fin);
    const lus = pas.filter(Boolean).length;
    resume.textContent = `${nombre(lus)} valeur${lus > 1 ? "s" : ""} du ${quand(t[0])} au ${quand(t.at(-1))}, jusqu'à ${nombre(u.series[1].max)} ${unite} ; perdues : ${nombre(manque)}.`;
    zoom.hidden = table.hidden = false;
    zoom.addEventListener("click", ({ target: { dataset } }) => {
      const { min, max } = u.scales.x;
      const [milieu, demi] = [(min + max) / 2 + (max - min) * (dataset.part ?? 0), (max - min) / 2 / dataset.zoom];
      if (demi) vue(milieu - demi, milieu + demi);
    });
    boite.addEventListener("keydown", (event) => {
      const bouton = zoom.querySelector(`[aria-keyshortcuts="${event.key}"]`);
      const rang = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!bouton && !rang) return;
      bouton?.click();
      const [a, b] = u.series[0].idxs;
      if (rang) u.setCursor({ left: u.valToPos(t[Math.min(Math.max((u.cursor.idx ?? a) + rang, a), b)], "x"), top: 9 });
      event.preventDefault();
    });
  } catch (erreur) {
    resume.textContent = erreur.message;
    resume.className = "vide";
    boite.parentNode.hidden = true;
  }
  boite.dataset.pret = "oui";
})();

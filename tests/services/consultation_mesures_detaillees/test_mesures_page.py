"""docs/mesures.md: how each type of measure is stamped, counted and written, as it was answered."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from detaillees_kit import C4, C5, Detaillees, blocks, listed

from sge_sim.homologation.client.messages import RefusRecu

PAGE = Path(__file__).parents[3] / "docs" / "mesures.md"
HEAD = """\
# Les mesures : horodates, comptes, unités

Ce que ConsultationMesuresDetaillees répond pour un C4 et un C5 sur les jours légaux du 15 au 22 juin 2026 (`dateFin`
est exclue), et pour des valeurs mensuelles du 1er avril au 1er juin 2026. Fait des réponses d'un simulateur par
`tests/services/consultation_mesures_detaillees/test_mesures_page.py` ; à renouveler par
`SGE_SIM_RENEW_DOCS=1 pytest tests/services/consultation_mesures_detaillees/test_mesures_page.py`.

Les heures sont légales (Europe/Paris). Un pas de C4 est horodaté à son début, un pas de C5 à sa fin. Un jour de 23 ou
25 heures a 276 ou 300 points de 5 minutes, 46 ou 50 de 30 minutes ; la v3.0 ne donne pas de décalage, si bien que l'heure
vécue deux fois ne s'y distingue pas. Les courbes C1-C4 ont un pas de 10 minutes avant mars 2023.

De ce qui est demandé corrigé, seules le sont les courbes actives des C1-C4 et P1-P3 : tout le reste vient brut (BRUT) ; en
v2.0 un C5 ou un P4 est refusé. TOUT est dit BEST pour sa courbe active, les autres y sont brutes (supposé). Un point perdu y
est estimé (`n` E), et la v3.0 dit comment, comme R63 : `tc` C, linéairement entre ses bornes (le code est documenté,
laquelle des façons est supposée).

La courbe d'un C5 est là une fois que quelqu'un l'a fait collecter. Celle d'un C1-C4 ou P1-P3 l'est toujours, commandée ou
non, bien que la FAQ dise qu'aucune courbe n'est collectée par défaut : Enedis relève ces compteurs chaque jour pour ses
besoins (supposé). Un point traité en index (`modeTraitement`) n'en a pas avant que quelqu'un ne la fasse collecter ; son compteur
avait alors gardé les 42 derniers jours, 21 s'il compte aussi l'injection (FAQ, d'un PME-PMI ; SAPHIR et ICE de même, les plus
anciens rien : supposé). Les énergies de ses jours sont là avec sa courbe.

Les valeurs d'un C5 au pas de la demi-heure sont paires : son compteur compte des Wh (observé).

Avec `--profile fidele`, jusqu'en 23.4, la v2.0 horodate pareil l'heure que l'automne répète, avec le décalage d'hiver, ce qui est faux de son
premier passage (observé par un client, qui ne dit pas dans quelle version ; que ce soit de tout type et de tout segment est
supposé). R50, R4x et les historiques gardent les deux décalages : rien d'autre n'en fut vu.

`iv` d'un index est 0. Son guide nomme quatre bits : 1 un message incohérent, 2 un index qui baisse, 4 plus qu'on ne peut
consommer, 8 un registre inutilisé qui bouge. Toute valeur enregistrée est 0, et aucune source ne dit comment la plateforme s'en
aperçoit, ni si un changement de compteur compte pour un index qui baisse : rien n'est inventé. Les compteurs n'ont pas de ces
ennuis ici ; un relevé perdu n'est pas là.

Les index d'un C4 disent par classe du distributeur ce qu'il compte à côté des énergies : RC dit le mois jusque-là, RM celui qui
finit, tout repart à chaque relève mensuelle (observé de TF, le temps de fonctionnement). Le reste est supposé. Ce sont ceux des
pas de la courbe à 10 minutes de R4x finis alors : PMA est la plus grande puissance apparente, en kVA entiers (la plus grande
active, W, si la puissance souscrite est en kW), DD est 600 s par pas au-delà de la souscrite, d'un C4 60 s par minute (FAQ ;
dont la puissance moyenne la dépasse : supposé), DE la somme de l'excès, DQ la racine de la somme de ses carrés. Un grand point
dépasse certains jours, où ses machines démarrent ensemble (supposé). R67 dit les heures que l'on en facture à un C4, DD en h : une
heure commencée est une heure (FAQ), de chaque classe d'une relève mensuelle à la suivante (supposé). Les P1-P3 n'ont que PMA et TF. ER n'est compté que par P4 : la somme d'ERI et d'ERC (supposé).

Un P4 du jeu, 24210000003407, vend toute sa production : ce qu'il soutire est nul, sous le calendrier de non-consommation PT000001
(GUI 0497 v1.5.0 p. 19 ; son libellé, et que le client ait un contrat dans ce sens, sont supposés). Si un point de 36 kVA ou moins a
des contrats dans les deux sens, ce qu'il produit est d'abord consommé derrière le compteur : chaque sens est ce que l'autre laisse de
chaque pas, et registres, courbes et jours des deux s'accordent.

La puissance maximale d'un C5 est celle d'un instant : un four, une bouilloire, un moteur qui démarre dépassent la moyenne de leur
demi-heure, qui n'est pas toujours la plus haute (observé d'un Linky : 42 % des jours sont dans la demi-heure de la plus haute moyenne,
à 1,1 à 5,2 fois cette moyenne). Elle reste sous 110 % de la puissance souscrite (supposé).

Le soleil se lève et se couche à l'heure légale de la préfecture du département, jour par jour (formules de l'*Astronomical
Almanac*) : une centrale ne produit rien avant ni après. Chacune a ses nuages, sous le ciel de sa zone ; sa meilleure demi-heure de
l'année est de 80 à 95 % de sa puissance (supposé). L'heure que l'automne répète se tire à nouveau : ce n'est pas la copie de la première.

Les vacances scolaires, qui éloignent des foyers, ferment les écoles et ouvrent des résidences secondaires, sont celles de la zone A, B
ou C du département : jusqu'à l'été 2028, les dates du ministère, prises à `vacances-scolaires-france` 0.12.0 (PyPI, MIT) le 1er décembre
2026 et recopiées dans `sge_sim/mesures/lieux.yaml` ; au-delà, celles de six ans plus tôt (supposé). Les départements sont rangés comme
depuis 2016, la Corse avec Nice (supposé). Le pont d'un jeudi ou d'un mardi férié ferme une partie des bureaux et des ateliers, et vide
des foyers jusqu'au dimanche (supposé).

Ce que commande le contact des heures creuses, un chauffe-eau (la nuit, et à midi s'il y a deux plages) ou la charge d'une voiture,
ne prend rien avant la minute où il se ferme, et de la demi-heure qui court alors au plus la part qui en reste (supposé).

## Ce qui arrive derrière le compteur

Aux points de la population, il arrive des choses, depuis la fin de 2022 ; rien n'arrive à ceux que le catalogue nomme, ni aux points
importés. Le premier moment où tout change est un minuit légal. Tout est tiré de la graine du point, et rien n'est gardé : la même
graine donne la même vie, après une remise à zéro comme sur plusieurs machines. Aucune réponse et aucun fichier ne le dit ;
`sge-sim points histoire PRM` (`--json`), `GET /api/points/PRM/histoire` et la page du point le disent, jusqu'à l'heure simulée.

| chez qui | événement | chances par an | ce qui change |
|---|---|---|---|
| logement | d'autres occupants | 9 % (8 % de tous les logements : ceux où l'on vit toute l'année) | les heures du lever et du dîner, ce que prend chaque usage, le réglage du chauffage ; la voiture part ; les absences, le chauffage et le chauffe-eau restent |
| logement | une voiture électrique | 0,9 % | une charge de plus, qui part avec les occupants |
| logement | une pompe à chaleur | 0,6 % | elle prend 30 à 42 % de ce que demande le chauffage, aussi là où rien d'électrique ne chauffait |
| logement | une isolation | 1,2 % | il reste 55 à 82 % du chauffage |
| logement | des panneaux, sans contrat d'injection | 0,12 % | 3 kVA derrière le compteur : il compte ce qu'ils laissent |
| entreprise | plus, ou moins d'activité | 1,2 %, 1,5 % | 106 à 116 %, 68 à 90 % |
| entreprise | une seconde équipe | 1,2 % | l'usage le plus fort reprend huit heures plus tard |
| entreprise | des travaux | 3 % | il reste 15 à 45 % pendant 21 à 90 jours |
| entreprise | une fermeture | 1,5 % | presque rien pendant 40 à 240 jours, puis une autre activité : chaque usage prend 60 à 130 % de ce qu'il prenait |

Une voiture, une pompe à chaleur, une isolation, des panneaux, une seconde équipe n'arrivent qu'une fois dans la vie d'un point.
Un nouveau titulaire (`points set --nouveau-titulaire`) est d'autres occupants, ou une autre activité, de ce jour-là. Le niveau
d'une année est à 41 % au plus de la moyenne dans un logement, à 4, 8 ou 14 % ailleurs, et va de l'une à l'autre en quatre pas, à des
dates propres au point : l'énergie d'un logement change de 12 à 20 % d'une année à la suivante (écart type du logarithme). Tous ces
chiffres sont supposés.

## Ce qui est perdu

`--pertes constatees`, le défaut de `--profile fidele`, perd ce qui fut vu perdu : 0,1 % des demi-heures d'un C5 ou P4, certaines à la
suite ; 2 % des pas de 10 minutes d'un C1-C4 ou P1-P3, par bouffées ; une fois en deux ans un maximum quotidien d'un C5 dit 65535.
`--pertes aucune`, le défaut du profil nominal, ne perd que les `trous` d'un point. Lesquels se tire du point (supposé). Le compteur a
continué de compter : index et registres sont entiers.

| qui le dit | un point d'une courbe perdu | un jour tout entier perdu | source |
|---|---|---|---|
| ConsultationMesuresDetaillees | laissé ; dans une courbe corrigée de v3.0 estimé, `n` E | son énergie et son maximum sont laissés | supposé ; GUI 0497 v1.5.0 |
| ConsultationMesures | rien : elle dit des relevés | un relevé manqué est estimé, ESTI puis REGU | observé 2021 |
| R50 | `H` seul, sans `V` | le jour n'a aucun point | guide R50 |
| R151 | rien : il dit des index | ses calendriers seuls | guide R151 ; supposé |
| R171 | rien : il dit des index | le relevé est laissé | supposé |
| R4x | ni valeur ni statut ; dans une courbe corrigée la valeur, statut E | de même, pas à pas | guide R4x ; supposé |
| R63 | laissé ; dans une courbe corrigée la valeur, `n` E | de même | GUI 0497 v1.5.0 ; supposé |
| R64 | rien : il dit des index | le relevé est laissé | supposé |
| HDM | une valeur vide ; dans une courbe corrigée la valeur, E | la valeur du jour est vide | observé 2022 ; supposé |
| Data Connect | laissé | laissé | supposé |
| énergie d'un jour d'un C1-C4 | c'est l'intégrale de la courbe : perdue où un point l'est | perdue | supposé |

## Ce qui est rectifié

`sge-sim points set PRM --rectifie 2026-05-03=7800` donne à un jour passé une autre énergie, en Wh, comme Enedis quand il corrige à la
main. Les autres classes et points de ce jour gardent leurs parts ; « aucun » renonce à toutes les rectifications du point.

| qui le dit | ce qu'il en dit | source |
|---|---|---|
| R67 | la quantité sur ce jour, `codeStatut` R, créée alors ; nature comme avant ; pas d'A à côté | GUI 0503 ; supposé |
| ConsultationMesures | la ligne sur ce jour, statut RECTIFIEE ; pas d'ANNULEE à côté | AX.0355 ; supposé |
| R63, ConsultationMesuresDetaillees, corrigés | les points de ce jour d'un C1-C4 ou P1-P3, `n` C, `tc` F | GUI 0497 v1.5.0 ; supposé |
| R4x, HDM, corrigés | de même, statut C (un historique n'en a pas) | guide R4x ; supposé |
| tout ce qui est brut : courbes de C5 et P4, index, énergies de jours, maxima, R50, R151, R171, R64, R65, Data Connect | rien | supposé |

Une ligne qui finit après la rectification est dite telle dès le début, INITIALE. Des fichiers publiés ne le sont pas de nouveau : le
suivant, ou une demande, le dit (supposé).

## Ce qui fut répondu

| point | mesure | version | première horodate | dernière horodate | compte | unité | ordre | ligne |
|---|---|---|---|---|---|---|---|---|
"""  # noqa: E501
ASKED = (
    ("COURBE", "PA", None),
    ("COURBE", "PRI", None),
    ("ENERGIE", "EA", None),
    ("PMAX", "PMA", "P1D"),
    ("PMAX", "PMA", "P1M"),
    ("INDEX", "EA", None),
    *(("INDEX", grandeur, None) for grandeur in ("DD", "DE", "DQ", "PMA", "TF")),
)
DEUX_MOIS = {"debut": date(2026, 4, 1), "fin": date(2026, 6, 1)}


def page(tiers: Detaillees) -> str:
    """Ask everything and return the page."""
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows_of(tiers))


def rows_of(tiers: Detaillees) -> Iterator[tuple[str, ...]]:
    for segment, prm in (("C4", C4), ("C5", C5)):
        for type, grandeur, pas in ASKED:
            for version in ("2.0", "3.0"):
                if type == "INDEX" and version == "2.0":
                    continue
                monthly = DEUX_MOIS if pas == "P1M" or (segment, type) == ("C4", "INDEX") else {}
                answer = tiers.ask(version, prm, type, grandeur, pas=pas, **monthly)
                measure = f"{type} {grandeur}" + (f" {pas}" if pas else "")
                for name, cells in described(answer):
                    yield segment, measure + name, f"v{version}", *cells


def described(answer: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what to say of each series of an answer, or of a refusal."""
    if isinstance(answer, RefusRecu):
        yield "", ("", "", "", "", "", f"refusé, {answer.code}")
    elif not answer:
        yield "", ("", "", "0", "", "", "réponse vide")
    elif "contexte" in answer:
        for contexte in listed(answer["contexte"]):
            grandeur = listed(contexte["grandeur"])[0]
            register = listed(listed(grandeur["calendrier"])[0]["classeTemporelle"])[0]
            yield f" {contexte['typeReleve']}", cells(listed(register["valeur"]), grandeur["unite"])
    else:
        (block,) = blocks(answer)
        found = listed(block.get("mesure") or block.get("points"))
        yield "", cells(found, block["unite"])


def cells(rows: list[Any], unite: str) -> tuple[str, ...]:
    stamps = [row["d"] for row in rows]
    ascending = stamps == sorted(stamps)
    shape = " ".join(
        name if name in ("v", "d") else f"{name}={value}" for name, value in rows[0].items()
    )
    return (
        f"`{stamps[0]}`",
        f"`{stamps[-1]}`",
        str(len(rows)),
        unite,
        "croissant" if ascending else "décroissant",
        f"`{shape}`",
    )


def test_page_of_measures_is_up_to_date(tiers: Detaillees) -> None:
    """Renew it with `SGE_SIM_RENEW_DOCS=1`."""
    made = page(tiers)
    if os.environ.get("SGE_SIM_RENEW_DOCS"):
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made

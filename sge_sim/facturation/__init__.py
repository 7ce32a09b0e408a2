"""The supplier's invoice of transport: prices, computing, checking.

From the ground up:

- `grammaires`: those of C15, R15, F15 and X12, as data;
- `grammaire`: reads, writes and checks documents by them;
- `arbres`: trees of documents from facts, by plans that are data;
- `prix`: the dated grids, and what is assumed;
- `lignes`: situations, readings, lines, blocks and invoices, as values;
- `calcul`: the block that a reading is invoiced, at 36 kVA or less and above;
- `ecriture`: invoices as the trees of F15;
- `lecture`: what C15 and R15 say, as values;
- `lecture_c4`: what C12, R17 and F12 do;
- `comparaison`: lines that are written and lines that are expected;
- `verification`: all of it on a folder of files;
- `explication`: how a line comes to what it is.
"""

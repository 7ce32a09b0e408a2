"""R63 to R67, C68 and CR.M023: the JSON files of SGE 26, on demand and recurrent.

Measures are those of ConsultationMesuresDetaillees v3.0 and of ConsultationMesures, read by the
same functions (guides GUI 0503 v1.5.2 and 0504 v1.2.0). `entete` names and heads files, `archives`
writes them without holding them, `mesures`, `facturation` and `situation` write a point, `rapport`
tells what became of a demand, `tableau` shows a file as the portal's CSV does.
"""

"""Preparing for the homologation: its test cases as data, and what runs and judges them.

From the ground up, each importing only those above it:

- `catalogue`: the cases of each release, their expectations, the paths into an answer;
- `premier_appel`: a call written to be copied, and the files that it takes;
- `client`: what sends cases, and reads the messages that come back;
- `rejeu`: a recorded exchange sent again, or written as a program;
- `reports`: the report of a campaign, and the files it is written to;
- `suivi`: the tracking workbook, read into a release, filled in from a report;
- `jugement`: what an answer is held against: its case, the contract, the guides;
- `campaign`: campaigns, run or watched, and their verdicts;
- `variantes`: a client tried with every form of the answers, and what broke it;
- `doctor`: why calls don't pass;
- `kit`: all that an actor's developers need to make a first call;
- `testing`: what pytest is given.
"""

"""Made-up drug-checking results that look like real ones and say that they are not.

For the demonstration, the tests and the benchmarks. Seeded: the same settings give the same bytes.
"""

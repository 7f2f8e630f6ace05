"""The two headers of a UNC Street Drug Analysis Lab export, and the indicator columns that a finding sets."""

from __future__ import annotations

from collections.abc import Iterable


def _names(words: str, pattern: str = "{}") -> tuple[str, ...]:
    return tuple(pattern.format(word) for word in words.split())


FLAGS: tuple[str, ...] = _names(
    "fentanyl fentanyl_any xylazine xylazine_any xylazine_trace meth meth_any cocaine cocaine_any caffeine gabapentin "
    "levamisole_any mdma tramadol carfentanil carfentanil_any ketamine_any ketamine",
    "lab_{}",
)
"""Indicators that stand in both files."""
CLASS_FLAGS: tuple[str, ...] = _names(
    "designer_benzos benzos nitazenes opiates_opioids synthetic_cannabinoids meth_impurities mdma_impurities "
    "cocaine_impurities common_cuts heroin_impurities cannabinoids fentanyl_impurities pf_fent_impurities "
    "substituted_cathinones",
    "lab_{}_any",
)
"""Indicators of a class that stand in lab_detail only."""
_COUNTS = _names("primary trace lab_null lab_num_substances_any lab_num_substances")

LAB_DETAIL: tuple[str, ...] = (
    *_names("sampleid substance pubchemcid cas unii abundance method date_complete card"),
    *_COUNTS,
    "confirmatory",
    *FLAGS,
    *CLASS_FLAGS,
    "_merge",
)
EXPECTED_FLAGS: tuple[str, ...] = _names(
    "opioid fentanyl xylazine stimulant benzo meth cocaine cannabis hall", "expect_{}"
)
TEXTURE_FLAGS: tuple[str, ...] = ("tar", "pill", "powder", "plant", "crystals")
SENSATION_FLAGS: tuple[str, ...] = _names("strength weird hall up down nice long burn skin seizure", "sen_{}")
ANALYSIS_DATASET: tuple[str, ...] = (
    *_names("sampleid location county state full_state date_collect sampletype collection consumed expectedsubstance"),
    *EXPECTED_FLAGS,
    *_names("color bright_color texture"),
    *TEXTURE_FLAGS,
    *_names("lustre sensations"),
    *SENSATION_FLAGS,
    *_names("overdose od fatal_od confirmatory date_complete"),
    *_COUNTS,
    *FLAGS,
    *_names("state_county statefips countyfips_3 countyfips"),
)


def indicators(found: Iterable[tuple[tuple[str, ...], bool]]) -> dict[str, int]:
    """All indicator columns, 0 or 1, for findings given as (stems of chemicals.toml, trace only).

    A stem sets its plain column when not trace, and its "_any" column always; "…_only" has no "_any" column.
    """
    flags = dict.fromkeys((*FLAGS, *CLASS_FLAGS), 0)
    for stems, trace in found:
        for stem in stems:
            name = "lab_" + stem.removesuffix("_only")
            flags[name] |= 1 if stem.endswith("_any") else int(not trace)
            for column, applies in ((f"{name}_any", True), (f"{name}_trace", trace)):
                if column in flags:
                    flags[column] |= int(applies)
    return flags

"""The figures of a report, and what each question adds to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.cases import Case
from eval.metrics import Judgement, Modelled
from eval.ranks import CUTOFFS, gain, recall, reciprocal_rank


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of the report. It is a ratio of sums over questions, so that it can be resampled.

    ``ceiling`` marks a figure that is better the lower it is: a floor on it is an upper bound.
    """

    name: str
    title: str
    ceiling: bool = False


MEASURES = (
    Measure("right", "答对（事实和出处都对）"),
    Measure("facts", "事实对"),
    Measure("cited", "出处对"),
    Measure("precision", "引用准（引用中属于依据的）"),
    Measure("verbatim", "引文与原文一字不差"),
    Measure("figures", "回答里的数字都在所引条款里"),
    Measure("numbers", "应答的数字（连同单位）答出了"),
    Measure("places", "问到几处时，答全并引用的处数"),
    Measure("consistent", "换个说法，回答不变"),
    Measure("supported", "模型写的话，所引条款支持"),
    Measure("left_out", "模型写的话有核对不上、没有显示的", ceiling=True),
    Measure("model_failed", "模型出了错，没有写成或没有写完", ceiling=True),
    Measure("verdict", "是非题答了是或否"),
    Measure("misjudged", "答的是或否与应答相反", ceiling=True),
    Measure("refused", "该拒的拒了（或纠正了错误前提）"),
    Measure("wrongly_refused", "能答却拒了", ceiling=True),
    *(Measure(f"recall@{k}", f"检索前 {k} 条含依据") for k in CUTOFFS),
    Measure("mrr", "检索首个依据的排名倒数"),
    Measure("ndcg", f"检索前 {CUTOFFS[-1]} 条的排序（nDCG）"),
)

Counts = Mapping[str, tuple[float, float]]


def counts(
    case: Case, judgement: Judgement, ranks: Sequence[int | None] | None, model: Modelled | None = None
) -> Counts:
    """Return what a question adds to each measure: (part, whole). A measure it says nothing on is left out.

    ``ranks`` is None when the search was not looked at, as when a file of answers is scored; ``model`` is
    None where no language model was asked.
    """
    table: dict[str, tuple[float, float]] = {}
    if judgement.claims:
        table["supported"] = (float(judgement.supported), float(judgement.claims))
    if model is not None and model.left_out is not None:
        table["left_out"] = (float(model.left_out > 0), 1.0)
        table["model_failed"] = (float(bool(model.trouble)), 1.0)
    if case.answerable:
        for name in ("right", "facts", "cited"):
            table[name] = (float(getattr(judgement, name)), 1.0)
        table["wrongly_refused"] = (float(judgement.refused), 1.0)
        if judgement.numbers:
            table["numbers"] = (float(judgement.exact), float(judgement.numbers))
        if judgement.places:
            table["places"] = (float(judgement.told), float(judgement.places))
        if ranks is not None:
            table |= {f"recall@{k}": (recall(case, ranks, k), 1.0) for k in CUTOFFS}
            table["mrr"] = (reciprocal_rank(ranks), 1.0)
            table["ndcg"] = (gain(case, ranks), 1.0)
    else:
        table["refused"] = (float(judgement.right), 1.0)
    if case.polarity and judgement.verdict is not None:
        table["verdict"] = (float(bool(judgement.verdict)), 1.0)
        if judgement.verdict:
            table["misjudged"] = (float(judgement.verdict != case.polarity), 1.0)
    if judgement.citations:
        total = float(judgement.citations)
        table["precision"] = (float(judgement.matching), total)
        if judgement.figures:
            table["figures"] = (float(judgement.backed), float(judgement.figures))
        table["verbatim"] = (total - len(judgement.altered), total)
    return table

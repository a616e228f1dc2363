"""Measures of a run, computed by ir_measures (https://ir-measur.es)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from searcher import EvaluationError

if TYPE_CHECKING:
    from searcher.evaluation.collections import Qrels
    from searcher.evaluation.runs import Run

NAMES = ("nDCG@10", "RR@10", "AP", "R@100")
"""What is measured unless something else is asked for."""

Values: TypeAlias = dict[str, dict[str, float]]
"""Measure → query → value, for every judged query: where a run has nothing, the value is 0."""


class Measures:
    """Measures runs by the same judgements.

    Raises:
        EvaluationError: ir_measures is not installed.

    >>> Measures({"q": {"a": 1, "b": 1}}, ["RR@10"]).of({"q": [("c", 3.1), ("b", 2.7)]})
    {'RR@10': {'q': 0.5}}
    """

    def __init__(self, qrels: Qrels, names: Sequence[str] = NAMES) -> None:
        ir_measures = _ir_measures()
        self.queries = len(qrels)
        self._zeros = dict.fromkeys(qrels, 0.0)
        self._names = {ir_measures.parse_measure(name): name for name in names}
        self._evaluator = ir_measures.evaluator(
            list(self._names),
            [
                ir_measures.Qrel(query, document, grade)
                for query, grades in qrels.items()
                for document, grade in grades.items()
            ],
        )
        self._scored = ir_measures.ScoredDoc

    def of(self, run: Run) -> Values:
        """The values of a run for each query."""
        values: Values = {name: self._zeros.copy() for name in self._names.values()}
        # Places instead of scores: documents with the same score must stay in the run's order.
        ranked = [
            self._scored(query, document, float(-place))
            for query, ranking in run.items()
            for place, (document, _) in enumerate(ranking)
        ]
        if ranked:
            for found in self._evaluator.iter_calc(ranked):
                values[self._names[found.measure]][found.query_id] = found.value
        return values


def _ir_measures() -> Any:
    # Here and not above: it is an extra that only evaluation needs, and takes 0.2 s to import.
    try:
        import ir_measures
    except ImportError as error:
        message = "measuring needs ir_measures; run: pip install 'chinese-news-search[eval]'"
        raise EvaluationError(message) from error
    return ir_measures

"""What came back of actions and predictions as files: a page, its figures, pictures, models and today's gains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.export.places import gains_file
from pipeline.languages import language
from pipeline.outcomes.outcomes import Outcomes
from pipeline.outcomes.page import page, told
from pipeline.outcomes.wording import money, points, whole
from pipeline.process.files import replacing
from pipeline.process.run_id import run_id

PAGE = "outcomes.md"


@dataclass(frozen=True)
class WrittenOutcomes:
    """The outcomes, and the files they were written to."""

    found: Outcomes
    folder: Path
    files: tuple[str, ...]

    def summary(self) -> dict[str, Any]:
        """JSON-able: every finding, play, tier and file."""
        found, judged = self.found, self.found.actions
        return {
            "as_of": str(found.as_of),
            "plays": [each.summary() for each in judged.plays],
            "campaigns": [each.summary() for each in judged.campaigns],
            "uplift": [each.summary() for each in judged.whom],
            "tiers": [each.summary() for each in found.tiers.rows],
            "immature_tiers": found.tiers.immature,
            "tiers_in_hindsight": found.tiers.hindsight,
            "note": judged.note,
            "treatments_of_nobody_known": found.unknown,
            "files": [str(self.folder / name) for name in self.files],
            "account": found.account,
        }

    def text(self) -> str:
        """The effects of plays, what no effect can be told of and why, whom plays help, and where the page is."""
        lines = [*self._plays(), *self._others()]
        lines += [f"whom {each.play} helps: {each.verdict()}" for each in self.found.actions.whom]
        off = sum(tier.off for tier in self.found.tiers.rows)
        lines += [f"{len(self.found.tiers.rows):,} published tiers judged, {off:,} beyond their interval"]
        return "\n".join([*lines, "", f"the page: {self.folder / PAGE}"])

    def _plays(self) -> Iterator[str]:
        for each in self.found.actions.plays:
            some = f"{each.treated:,} proposed, {each.done:,} of them" if each.by_export else f"{each.treated:,}"
            yield f"{each.play}: {some} treated, {each.held:,} held out"
            yield f"    churn {points(each.compared.adjusted)} points, spend {money(each.compared.spend)} a customer"
            yield f"    to show 3 points fewer: {whole(each.needed.points)} per arm"

    def _others(self) -> Iterator[str]:
        for each in self.found.actions.campaigns:
            if each.verdict != "effect":
                yield f"{each.play} {each.started}: {told(each)}"


def keep(found: Outcomes, config: Config) -> WrittenOutcomes:
    """Write the page, a picture and a model per play, and what plays are expected to gain; older files are replaced."""
    from pipeline.report.charts import qini_chart  # noqa: PLC0415 - drawing is slow to load

    folder = gains_file(config).parent
    files = [PAGE, gains_file(config).name]
    with replacing(folder / PAGE) as draft:
        spoken = language(config.scoring.language)
        text = page(found, config.name, config.time.horizon_days, config.history.currency, run_id(), spoken)
        draft.write_text(text, encoding="utf-8")
    with replacing(gains_file(config)) as draft:
        found.actions.gain.to_parquet(draft, index=False)
    for whom in found.actions.whom:
        if whom.contest is None or whom.model is None:
            continue
        title = f"{whom.play}: {whom.customers:,} customers, drawn by lot"
        with replacing(folder / whom.picture) as draft:
            draft.write_bytes(qini_chart(whom.contest.curves, title))
        whom.model.save(folder / f"model_{whom.place}")
        files += [whom.picture, f"model_{whom.place}"]
    return WrittenOutcomes(found, folder, tuple(files))

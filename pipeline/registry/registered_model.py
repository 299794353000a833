"""The model file that MLflow registers ("models from code"): the stored Propensity behind MLflow's own interface.

Run by MLflow when a registered model is loaded. Input: a data frame with the model's feature columns. Output: a
data frame with the column `probability`, calibrated: probabilities, never 0 / 1 labels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd

from models.stored import load_model


class RegisteredPropensity(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """A Propensity as MLflow serves it."""

    def load_context(self, context: Any) -> None:
        """Read the data files; their digests are checked before anything is parsed."""
        self.propensity = load_model(Path(context.artifacts["propensity"]))

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Calibrated probabilities of the rows of `model_input`."""
        names = list(self.propensity.names)
        values = np.asfortranarray(model_input[names].to_numpy(dtype=np.float32, na_value=np.nan))
        return pd.DataFrame({"probability": self.propensity.probability(values, names)}, index=model_input.index)


mlflow.models.set_model(RegisteredPropensity())

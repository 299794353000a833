"""Memory taken into use at once."""

import numpy as np
import pytest

from features.engine.freed_memory import PAGE, touch


@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (5000, 7)])
def test_every_page_of_columns_is_written_to(shape):
    memory = np.full(shape, 0xFFFFFFFF, dtype=np.uint32, order="F").view(np.float32)
    touch(memory)
    written = np.frombuffer(memory.tobytes(order="F"), dtype=np.uint8)
    assert not written[::PAGE].any() and np.count_nonzero(written == 0) == -(-memory.nbytes // PAGE)

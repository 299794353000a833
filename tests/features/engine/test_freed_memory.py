"""Memory taken into use at once."""

import numpy as np
import pytest

from features.engine.freed_memory import PAGE, touch


@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (5000, 7)])
def test_every_page_of_columns_is_written_to(shape):
    memory = np.full(shape, np.uint32(0x7F7F7F7F).view(np.float32), dtype=np.float32, order="F")  # no byte is 0
    touch(memory)
    written = np.frombuffer(memory.tobytes(order="F"), dtype=np.uint8)
    assert not written[::PAGE].any() and np.count_nonzero(written == 0) == -(-memory.nbytes // PAGE)


def test_what_lies_elsewhere_is_left_alone():
    elsewhere = np.full(PAGE, 1, dtype=np.float32)
    touch(np.ndarray((PAGE // 2, 2), np.float32, elsewhere.data, order="F"))
    assert elsewhere.all()

"""The ranges of addresses that are counted together."""

import pytest

from consultations.limits import address_range


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("nobody", ""),
    ],
)
def test_range_of_an_address(address: str, expected: str) -> None:
    assert address_range(address) == expected

"""How many examples the fuzz tests try: few that are always the same, or many with `make fuzz`."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "fuzz",
    max_examples=3000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

"""The settings of the fuzz tests."""

from hypothesis import HealthCheck, Phase, settings

LONG = settings.get_current_profile_name() == "fuzz"


def fuzzing(examples: int) -> settings:
    """Few examples that are the same in each run, unless the profile ``fuzz`` is chosen."""
    if LONG:
        return settings()
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        # A failure is found again, and made smaller, with the profile.
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )

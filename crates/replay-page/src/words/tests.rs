use super::*;

#[test]
fn a_duration_is_exact_to_the_minute_and_rounded_up() {
    const DAY: i64 = 86_400;
    for (seconds, words) in [
        (0, "0 s"),
        (59, "59 s"),
        (15 * 60, "15 min"),
        (59 * 60 + 59, "59 min 59 s"),
        (3_600, "1 h"),
        (3_601, "1 h 1 min"),
        (DAY - 1, "1 d"),
        (DAY + 60, "1 d 1 min"),
        (7 * DAY - 60, "6 d 23 h 59 min"),
        (7 * DAY, "7 d"),
    ] {
        assert_eq!(length(TimeDelta::seconds(seconds)), words);
    }
    assert_eq!(length(TimeDelta::milliseconds(59_001)), "1 min");
    assert_eq!(length(TimeDelta::milliseconds(3_600_001)), "1 h 1 min");
}

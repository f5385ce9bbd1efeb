//! How long a mark is valid.

use jiff::{ToSpan, civil::Date};

use crate::Release;

/// When minor releases came out (kubernetes.io/releases; the last one as sig-release scheduled it), the oldest first.
const RELEASED: [(u16, i16, i8, i8); 18] = [
    (20, 2020, 12, 8),
    (21, 2021, 4, 8),
    (22, 2021, 8, 4),
    (23, 2021, 12, 7),
    (24, 2022, 5, 3),
    (25, 2022, 8, 23),
    (26, 2022, 12, 9),
    (27, 2023, 4, 11),
    (28, 2023, 8, 15),
    (29, 2023, 12, 13),
    (30, 2024, 4, 17),
    (31, 2024, 8, 13),
    (32, 2024, 12, 11),
    (33, 2025, 4, 23),
    (34, 2025, 8, 27),
    (35, 2025, 12, 17),
    (36, 2026, 4, 22),
    (37, 2026, 8, 26),
];

/// When a release came out, if it is known.
pub fn released(release: Release) -> Option<Date> {
    let mut known = RELEASED.iter().map(|(minor, year, month, day)| {
        let date = Date::new(*year, *month, *day).ok();
        (Release::new(1, *minor), date)
    });
    known.find(|(one, _)| *one == release)?.1
}

/// The last day of a mark for a release: a year after the release came out, or nine months after the one after it,
/// whichever is later. While the one after it is not out, it is that day at the earliest, which the second value says.
///
/// The rule of the programme's terms, as certified vendors are told it (kubernetes/minikube#20609).
pub fn expiry(release: Release) -> Option<(Date, bool)> {
    let year = released(release)?.checked_add(12.months()).ok()?;
    match released(release.plus(1)) {
        Some(next) => Some((year.max(next.checked_add(9.months()).ok()?), true)),
        None => Some((year, false)),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_later_day_counts() {
        assert_eq!(expiry(Release::new(1, 34)), Some((date(2026, 9, 17), true)));
        assert_eq!(expiry(Release::new(1, 36)), Some((date(2027, 5, 26), true)));
        assert_eq!(expiry(Release::new(1, 37)), Some((date(2027, 8, 26), false)));
        assert_eq!(expiry(Release::new(1, 19)), None);
        assert!(RELEASED.is_sorted());
    }
}

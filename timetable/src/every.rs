//! `@every DURATION`.

use jiff::SignedDuration;

use crate::TimetableError;

const PREFIX: &str = "@every ";
/// Runs are named by the minute of their slot, so that two in a minute would be one.
const SHORTEST: SignedDuration = SignedDuration::from_secs(60);

/// The duration after `@every`, in whole seconds; none if the schedule is of another form.
pub fn parse(schedule: &str) -> Option<Result<SignedDuration, TimetableError>> {
    let text = schedule.strip_prefix(PREFIX)?;
    let duration = seconds(text)
        .map(SignedDuration::from_secs)
        .filter(|duration| *duration >= SHORTEST);
    Some(duration.ok_or_else(|| TimetableError::Every(schedule.to_owned())))
}

/// `1h30m` in seconds. Numbers are whole; hours, minutes and seconds come in this order or any other, as in Go.
fn seconds(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut number: Option<i64> = None;
    for letter in text.chars() {
        if let Some(digit) = letter.to_digit(10) {
            number = Some(
                number
                    .unwrap_or(0)
                    .checked_mul(10)?
                    .checked_add(i64::from(digit))?,
            );
            continue;
        }
        let unit = match letter {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    (number.is_none() && !text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("@every 1h30m", 5400)]
    #[case("@every 90m", 5400)]
    #[case("@every 60s", 60)]
    fn reads(#[case] text: &str, #[case] seconds: i64) {
        assert_eq!(parse(text), Some(Ok(SignedDuration::from_secs(seconds))));
    }

    #[rstest]
    #[case("@every 30s")]
    #[case("@every ")]
    #[case("@every 5")]
    #[case("@every h")]
    #[case("@every -1h")]
    #[case("@every 1.5h")]
    #[case("@every 99999999999999999999h")]
    fn refuses(#[case] text: &str) {
        assert_eq!(parse(text), Some(Err(TimetableError::Every(text.to_owned()))));
    }

    #[test]
    fn other_forms_are_not_its_own() {
        assert_eq!(parse("@daily"), None);
        assert_eq!(parse("* * * * *"), None);
    }
}

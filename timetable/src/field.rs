//! One of the five fields: which numbers it allows.

use crate::TimetableError;

/// Names and bounds of one field.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// What errors call it.
    pub name: &'static str,
    /// Its smallest number.
    pub low: u32,
    /// Its greatest number; at most 59.
    pub high: u32,
    /// Words for its numbers, from `low` on; empty if there are none.
    pub words: &'static [&'static str],
}

/// The numbers that a field allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    allowed: u64,
    /// True if the field leaves everything open: `*` or `?`, alone or in a list, without a step. It decides how the two
    /// day fields go together.
    pub open: bool,
}

impl Field {
    /// Every number.
    pub const ALL: Self = Self {
        allowed: u64::MAX,
        open: true,
    };

    /// One number, at most 59.
    pub const fn only(number: u32) -> Self {
        Self {
            allowed: 1 << number,
            open: false,
        }
    }

    /// True if the field allows the number. What a calendar counts is never negative.
    pub fn allows(self, number: i8) -> bool {
        u32::try_from(number).is_ok_and(|number| number < u64::BITS && self.allowed >> number & 1 == 1)
    }

    /// Reads a list of ranges, such as `1-5`, `*/15`, `mon,wed` or `10/20`.
    pub fn parse(text: &str, bounds: Bounds) -> Result<Self, TimetableError> {
        let mut field = Self {
            allowed: 0,
            open: false,
        };
        for part in text.split(',') {
            let (first, last, step, open) = range(part, bounds).map_err(|problem| TimetableError::Field {
                field: bounds.name,
                text: part.to_owned(),
                problem,
            })?;
            for number in (first..=last).step_by(step) {
                field.allowed |= 1 << number;
            }
            field.open |= open;
        }
        Ok(field)
    }
}

/// First and last number, step, and whether the part leaves everything open.
fn range(part: &str, bounds: Bounds) -> Result<(u32, u32, usize, bool), String> {
    let (span, step) = match part.split_once('/') {
        Some((span, step)) => (span, Some(count(step)?)),
        None => (part, None),
    };
    if step == Some(0) {
        return Err("a step is at least 1".to_owned());
    }
    let (first, last) = if matches!(span, "*" | "?") {
        (bounds.low, bounds.high)
    } else if let Some((first, last)) = span.split_once('-') {
        (number(first, bounds)?, number(last, bounds)?)
    } else {
        let first = number(span, bounds)?;
        // A single number with a step goes on to the end of the field.
        (first, if step.is_some() { bounds.high } else { first })
    };
    if first > last {
        return Err("a range goes from the smaller number to the greater".to_owned());
    }
    let step = step.unwrap_or(1);
    let open = matches!(span, "*" | "?") && step == 1;
    Ok((first, last, usize::try_from(step).unwrap_or(usize::MAX), open))
}

fn number(text: &str, bounds: Bounds) -> Result<u32, String> {
    let mut words = (bounds.low..).zip(bounds.words);
    if let Some((number, _)) = words.find(|(_, word)| word.eq_ignore_ascii_case(text)) {
        return Ok(number);
    }
    let number = count(text)?;
    if (bounds.low..=bounds.high).contains(&number) {
        Ok(number)
    } else {
        Err(format!("it goes from {} to {}", bounds.low, bounds.high))
    }
}

fn count(text: &str) -> Result<u32, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| text.parse().ok()).flatten();
    number.ok_or_else(|| format!("{text:?} is no number"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const DAY: Bounds = Bounds {
        name: "day of week",
        low: 0,
        high: 6,
        words: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    };

    #[rstest]
    #[case("1-3", &[1, 2, 3])]
    #[case("mon,SAT", &[1, 6])]
    #[case("*/2", &[0, 2, 4, 6])]
    #[case("3/2", &[3, 5])]
    #[case("1-5/4", &[1, 5])]
    #[case("*/61", &[0])]
    fn allows(#[case] text: &str, #[case] numbers: &[i8]) {
        let field = Field::parse(text, DAY).unwrap();
        let allowed: Vec<i8> = (-1..70).filter(|number| field.allows(*number)).collect();
        assert_eq!(allowed, numbers);
        assert!(!field.open);
    }

    #[rstest]
    #[case("*", true)]
    #[case("?", true)]
    #[case("*/1", true)]
    #[case("1,*", true)]
    #[case("*/2", false)]
    #[case("0-6", false)]
    fn is_open(#[case] text: &str, #[case] open: bool) {
        assert_eq!(Field::parse(text, DAY).unwrap().open, open);
    }

    #[rstest]
    #[case("7", "it goes from 0 to 6")]
    #[case("", "\"\" is no number")]
    #[case("1,", "\"\" is no number")]
    #[case("5-1", "a range goes from the smaller number to the greater")]
    #[case("1-2-3", "\"2-3\" is no number")]
    #[case("*/0", "a step is at least 1")]
    #[case("1/2/3", "\"2/3\" is no number")]
    #[case("L", "\"L\" is no number")]
    #[case("-1", "\"\" is no number")]
    #[case("99999999999", "\"99999999999\" is no number")]
    fn refuses(#[case] text: &str, #[case] problem: &str) {
        match Field::parse(text, DAY) {
            Err(TimetableError::Field { problem: found, .. }) => assert_eq!(found, problem),
            other => panic!("{other:?}"),
        }
    }
}

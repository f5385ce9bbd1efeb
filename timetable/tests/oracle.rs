//! The answers of the parser that the CronJob controller uses, one by one. See `oracle/README.md`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::io::Read as _;

use conform_timetable::Timetable;
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Answer {
    schedule: String,
    zone: Option<String>,
    #[serde(default)]
    after: i64,
    #[serde(default)]
    next: Vec<i64>,
    #[serde(default)]
    refused: bool,
}

fn answers() -> Vec<Answer> {
    let mut text = String::new();
    let packed: &[u8] = include_bytes!("data/oracle.jsonl.gz");
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut text)
        .unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn what_it_refuses_is_refused() {
    for answer in answers().iter().filter(|answer| answer.refused) {
        let read = Timetable::parse(&answer.schedule, None);
        assert!(read.is_err(), "{:?}", answer.schedule);
    }
}

#[test]
fn every_slot_is_the_same_forwards_and_backwards() {
    let mut compared = 0;
    for answer in answers().iter().filter(|answer| !answer.refused) {
        let timetable = Timetable::parse(&answer.schedule, answer.zone.as_deref()).unwrap();
        let mut after = at(answer.after);
        for slot in &answer.next {
            let what = format!("{} in {:?} after {after}", answer.schedule, answer.zone);
            assert_eq!(timetable.next(after), Some(at(*slot)), "{what}");
            assert_eq!(timetable.latest(after, at(*slot)), Some(at(*slot)), "{what}");
            let just_before = at(slot - 1);
            assert_eq!(timetable.latest(after, just_before), None, "{what}, backwards");
            after = at(*slot);
            compared += 1;
        }
        if answer.next.len() < 4 {
            assert_eq!(timetable.next(after), None, "{} ends", answer.schedule);
        }
    }
    assert!(compared > 5000, "{compared}");
}

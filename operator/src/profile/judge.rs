//! Whether runs can go by a profile. Pure.

use conform_crds::{
    ConformanceProfile, ConformanceProfileStatus,
    conditions::{self, reasons},
};
use jiff::Timestamp;

use crate::condition::{Said, Truth, set};
use crate::run::sentence;

/// The status that a profile is to have.
pub fn judge(profile: &ConformanceProfile, now: Timestamp) -> ConformanceProfileStatus {
    let mut status = profile.status.clone().unwrap_or_default();
    let generation = profile.metadata.generation;
    status.observed_generation = generation;
    let mut say = |kind: &str, said: &Said| set(&mut status.conditions, generation, now, kind, said);
    match profile.own().check() {
        Ok(()) => {
            let said = Said::new(Truth::True, reasons::ACCEPTED, "Runs can name the profile.");
            say(conditions::READY, &said);
            status
                .conditions
                .retain(|condition| condition.type_ != conditions::STALLED);
        }
        Err(error) => {
            let message = sentence(&error.to_string());
            say(
                conditions::READY,
                &Said::new(Truth::False, reasons::INVALID_PROFILE, message.clone()),
            );
            say(
                conditions::STALLED,
                &Said::new(Truth::True, reasons::INVALID_PROFILE, message),
            );
        }
    }
    status
}

#[cfg(test)]
mod tests {
    use conform_crds::ConformanceProfileSpec;

    use super::*;

    fn judged(extends: &str, before: Option<ConformanceProfileStatus>) -> ConformanceProfileStatus {
        let spec = ConformanceProfileSpec {
            extends: vec![extends.to_owned()],
            ..ConformanceProfileSpec::default()
        };
        let mut profile = ConformanceProfile::new("platform", spec);
        profile.metadata.generation = Some(3);
        profile.status = before;
        judge(&profile, Timestamp::UNIX_EPOCH)
    }

    fn told(status: &ConformanceProfileStatus) -> Vec<String> {
        let told = status.conditions.iter();
        told.map(|condition| {
            assert_eq!(condition.observed_generation, Some(3));
            format!("{} {} {}", condition.type_, condition.status, condition.reason)
        })
        .collect()
    }

    #[test]
    fn what_cannot_be_gone_by_is_stalled_and_what_was_mended_is_not() {
        let broken = judged("nonesuch", None);
        assert_eq!(
            told(&broken),
            ["Ready False InvalidProfile", "Stalled True InvalidProfile"]
        );
        assert!(broken.conditions[0].message.contains("nonesuch"));
        let mended = judged("quick", Some(broken));
        assert_eq!(told(&mended), ["Ready True Accepted"]);
        assert_eq!(judged("quick", Some(mended.clone())), mended, "nothing to write");
    }
}

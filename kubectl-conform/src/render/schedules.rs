//! The list of schedules.

use conform_crds::{ConformanceSchedule, conditions};
use jiff::Timestamp;
use kube::ResourceExt;

use super::{Column, Table, runs::known};
use crate::time;

/// One row for each schedule. `wide` adds columns.
pub fn schedules(schedules: &[ConformanceSchedule], now: Timestamp, wide: bool) -> String {
    let mut columns = ["NAME", "SCHEDULE"].map(Column::left).to_vec();
    if wide {
        columns.push(Column::left("TIMEZONE"));
    }
    columns.extend(["SUSPEND", "READY", "CONFORMANT", "REGRESSED"].map(Column::left));
    if wide {
        columns.extend(["FUTURE AT RISK", "ACTIVE", "LAST RUN"].map(Column::left));
    }
    columns.extend(["NEXT", "AGE"].map(Column::left));
    let mut table = Table::new(columns);
    for schedule in schedules {
        let status = schedule.status.clone().unwrap_or_default();
        let condition = |kind: &str| {
            let found = status.conditions.iter().find(|condition| condition.type_ == kind);
            known(found.map(|condition| condition.status.clone()))
        };
        let mut cells = vec![schedule.name_any(), schedule.spec.schedule.clone()];
        if wide {
            cells.push(
                schedule
                    .spec
                    .time_zone
                    .clone()
                    .unwrap_or_else(|| "Etc/UTC".to_owned()),
            );
        }
        cells.push(schedule.spec.suspend.to_string());
        cells.extend([conditions::READY, conditions::CONFORMANT, conditions::REGRESSED].map(condition));
        if wide {
            let active: Vec<&str> = status.active.iter().map(|run| run.name.as_str()).collect();
            cells.push(condition(conditions::FUTURE_AT_RISK));
            cells.push(none(active.join(",")));
            cells.push(none(
                status
                    .last_run
                    .as_ref()
                    .map(|run| run.name.clone())
                    .unwrap_or_default(),
            ));
        }
        let next = status.next_schedule_time.as_ref();
        cells.push(none(next.map(|next| left(next.0, now)).unwrap_or_default()));
        cells.push(time::age(schedule.creation_timestamp().map(|time| time.0), now));
        table.row(cells);
    }
    table.render(None)
}

/// How long until then.
fn left(then: Timestamp, now: Timestamp) -> String {
    time::short(then.duration_since(now).as_secs())
}

fn none(text: String) -> String {
    if text.is_empty() {
        "<none>".to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schedules_in_a_table() {
        let of = |name: &str, status: serde_json::Value| -> ConformanceSchedule {
            serde_json::from_value(json!({
                "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceSchedule",
                "metadata": { "name": name, "creationTimestamp": "2026-11-20T00:00:00Z" },
                "spec": { "schedule": "0 3 * * 6", "timeZone": "Europe/Berlin", "runTemplate": {} },
                "status": status,
            }))
            .unwrap()
        };
        let condition = |kind: &str, status: &str| {
            json!({ "type": kind, "status": status, "reason": "X", "message": "",
                    "lastTransitionTime": "2026-11-22T10:00:00Z" })
        };
        let all = [
            of("fresh", json!({})),
            of(
                "nightly",
                json!({
                    "conditions": [condition("Ready", "True"), condition("Conformant", "False"),
                                   condition("Regressed", "True"), condition("FutureAtRisk", "False")],
                    "active": [{ "name": "nightly-29600000", "uid": "1" }],
                    "nextScheduleTime": "2026-11-28T02:00:00Z",
                    "lastRun": { "name": "nightly-29590000", "uid": "0", "reason": "PresentTestsFailed" },
                }),
            ),
        ];
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        insta::assert_snapshot!(format!(
            "{}\n\n{}",
            schedules(&all, now, false),
            schedules(&all, now, true)
        ));
    }
}

//! What is worth telling of a status that was written. Pure.

use conform_crds::{
    ConformanceRun, ConformanceRunStatus, ConformanceSchedule, ConformanceScheduleStatus, conditions,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use serde_json::{Value, json};

use super::event::Event;

/// Most of a message that is told, in bytes.
const MAX_MESSAGE: usize = 2048;

/// What a run tells: its end, once.
pub fn of_run(run: &ConformanceRun, after: &ConformanceRunStatus) -> Vec<Event> {
    let ended = |status: &ConformanceRunStatus| status.completion_time.is_some();
    let before = run.status.as_ref();
    let Some(time) = after
        .completion_time
        .as_ref()
        .filter(|_| !before.is_some_and(ended))
    else {
        return Vec::new();
    };
    let name = run.metadata.name.as_deref().unwrap_or_default();
    let uid = run.metadata.uid.as_deref().unwrap_or_default();
    let data = json!({
        "run": name,
        "schedule": run.metadata.labels.as_ref().and_then(|labels| labels.get(conform_crds::names::LABEL_SCHEDULE)),
        "profiles": run.spec.profiles,
        "serverVersion": after.server_version,
        "conditions": told(&after.conditions),
        "present": after.present,
        "future": after.future,
        "failures": after.failures.len() + usize::try_from(after.failures_omitted.unwrap_or(0)).unwrap_or(0),
    });
    vec![Event::new(
        "dev.conform.run.finished",
        ("conformanceruns", name, uid),
        "1",
        time.0,
        data,
    )]
}

/// What a schedule tells: that one of its verdicts has become another. One that is not known any more, or not yet, is no news.
pub fn of_schedule(schedule: &ConformanceSchedule, after: &ConformanceScheduleStatus) -> Vec<Event> {
    let name = schedule.metadata.name.as_deref().unwrap_or_default();
    let uid = schedule.metadata.uid.as_deref().unwrap_or_default();
    let before = schedule
        .status
        .as_ref()
        .map(|status| status.conditions.as_slice());
    let kinds = [
        (conditions::CONFORMANT, "dev.conform.schedule.conformant"),
        (conditions::FUTURE_AT_RISK, "dev.conform.schedule.futureatrisk"),
        (conditions::REGRESSED, "dev.conform.schedule.regressed"),
    ];
    let news = kinds.iter().filter_map(|(condition, kind)| {
        let now = find(&after.conditions, condition).filter(|now| now.status != "Unknown")?;
        let was = find(before.unwrap_or_default(), condition).map(|was| was.status.as_str());
        if was == Some(now.status.as_str()) {
            return None;
        }
        let time = now.last_transition_time.0;
        let data = json!({
            "schedule": name,
            "condition": condition,
            "status": now.status,
            "before": was,
            "reason": now.reason,
            "message": cut(&now.message),
            "lastRun": after.last_run.as_ref().map(|run| &run.name),
        });
        let mark = format!("{}-{}", now.status, time.as_second());
        Some(Event::new(
            kind,
            ("conformanceschedules", name, uid),
            &mark,
            time,
            data,
        ))
    });
    news.collect()
}

fn find<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| condition.type_ == kind)
}

fn told(conditions: &[Condition]) -> Vec<Value> {
    let told = conditions.iter().map(|condition| {
        json!({
            "type": condition.type_,
            "status": condition.status,
            "reason": condition.reason,
            "message": cut(&condition.message),
        })
    });
    told.collect()
}

fn cut(message: &str) -> String {
    crate::condition::truncated(message, MAX_MESSAGE)
}

//! Argo CD's health checks on recorded objects, by a real Lua, and what kstatus makes of the same objects.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::{argocd, flux, kstatus::Kstatus};
use crate::{
    printer,
    process::{output, root},
};

const KINDS: [&str; 3] = ["ConformanceRun", "ConformanceSchedule", "ConformanceProfile"];

/// Who judges objects.
#[derive(Debug)]
pub struct Judges {
    /// The program that runs Argo CD's checks.
    pub lua: PathBuf,
    /// Flux' and Helm's.
    pub kstatus: Kstatus,
}

/// Tries every check on every object.
pub fn check(judges: &Judges) -> Result<()> {
    flux::check(&read(&root().join("examples/gitops/flux/conform.yaml"))?)?;
    let argocd = root().join("examples/gitops/argocd");
    argocd::check(&read(&argocd.join("application.yaml"))?)?;
    let settings = read(&argocd.join("argocd-cm.yaml"))?;
    let settings: Value = serde_saphyr::from_str(&settings).context("argocd-cm.yaml is no YAML")?;
    for kind in KINDS {
        let folder = argocd.join("resource_customizations/conform.dev").join(kind);
        let script = read(&folder.join("health.lua"))?;
        let key = format!("resource.customizations.health.conform.dev_{kind}");
        let shipped = settings
            .get("data")
            .and_then(|data| data.get(&key))
            .and_then(Value::as_str);
        ensure!(
            shipped.map(str::trim_end) == Some(script.trim_end()),
            "argocd-cm.yaml has another check for {kind} than health.lua"
        );
        let (mut tried, mut wrong) = (0, Vec::new());
        let mut told: BTreeMap<PathBuf, [Option<String>; 2]> = BTreeMap::new();
        for test in tests(&folder.join("health_test.yaml"))? {
            let (path, object) = input(&folder, &test)?;
            let found = health(&judges.lua, &script, &object)?;
            let expected = ["status", "message"].map(|key| text(&test, &format!("/healthStatus/{key}")));
            tried += 1;
            if found != expected {
                wrong.push(format!("{}: {found:?}, expected {expected:?}", path.display()));
            }
            let [status, _] = found;
            told.entry(path).or_default()[0] = Some(status);
        }
        for test in tests(&folder.join("kstatus_test.yaml"))? {
            let (path, object) = input(&folder, &test)?;
            let (found, expected) = (judges.kstatus.of(&object)?, text(&test, "/status"));
            tried += 1;
            if found != expected {
                wrong.push(format!(
                    "{}: kstatus {found}, expected {expected}",
                    path.display()
                ));
            }
            told.entry(path).or_default()[1] = Some(found);
        }
        for path in recorded(&folder.join("testdata"))? {
            match told.get(&path) {
                Some([Some(argo), Some(kstatus)]) if agree(argo, kstatus) => {}
                told => wrong.push(format!(
                    "{}: Argo CD and kstatus do not agree: {told:?}",
                    path.display()
                )),
            }
        }
        if !wrong.is_empty() {
            bail!("health of {kind}:\n{}", wrong.join("\n"));
        }
        printer::line(&format!("{kind}: {tried} as expected"));
    }
    Ok(())
}

/// Tries that the judges agree on every object in a folder, as they were seen on a cluster. Gives how many there are.
pub fn agree_on(judges: &Judges, seen: &Path) -> Result<usize> {
    let checks = root().join("examples/gitops/argocd/resource_customizations/conform.dev");
    let files = fs::read_dir(seen).with_context(|| format!("cannot read {}", seen.display()))?;
    let (mut count, mut wrong) = (0, Vec::new());
    for file in files {
        let path = file?.path();
        let object: Value =
            serde_json::from_str(&read(&path)?).with_context(|| format!("{} is no JSON", path.display()))?;
        let kind = text(&object, "/kind");
        if !KINDS.contains(&kind.as_str()) {
            continue;
        }
        let script = read(&checks.join(kind).join("health.lua"))?;
        let [argo, _] = health(&judges.lua, &script, &object)?;
        let kstatus = judges.kstatus.of(&object)?;
        count += 1;
        if !agree(&argo, &kstatus) {
            wrong.push(format!("{}: Argo CD {argo}, kstatus {kstatus}", path.display()));
        }
    }
    ensure!(
        wrong.is_empty(),
        "Argo CD and kstatus do not agree:\n{}",
        wrong.join("\n")
    );
    Ok(count)
}

/// What Argo CD and kstatus may say of one object. They differ in one thing: what a run found is Argo CD's to show and does
/// not stop whoever waits by kstatus.
fn agree(argo: &str, kstatus: &str) -> bool {
    matches!(
        (argo, kstatus),
        ("Progressing", "InProgress" | "Terminating")
            | ("Healthy" | "Suspended" | "Unknown", "Current")
            | ("Degraded", "Current" | "Failed")
    )
}

/// Every object that is recorded in a folder.
fn recorded(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    files.sort();
    ensure!(!files.is_empty(), "{} has no objects", folder.display());
    Ok(files)
}

/// Status and message that the check gives.
fn health(lua: &Path, script: &str, object: &Value) -> Result<[String; 2]> {
    let program = format!(
        "obj = {}\nlocal function check()\n{script}\nend\nlocal health = check()\nprint(health.status)\nprint(health.message)\n",
        literal(object)
    );
    let file = tempfile::NamedTempFile::new()?;
    fs::write(file.path(), program)?;
    let told = output(Command::new(lua).arg(file.path()))?;
    let mut lines = told.lines().map(str::to_owned);
    let mut line = || lines.next().unwrap_or_default();
    Ok([line(), line()])
}

/// A value as Lua writes it.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "nil".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("{{{}}}", items.iter().map(literal).collect::<Vec<_>>().join(",")),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, value)| format!("[{}]={}", quoted(key), literal(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
    }
}

/// A text as Lua writes it: what is not a plain letter is written as a number.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' | 0..=31 | 127..=255 => {
                // Writing into a String cannot fail.
                let _ = write!(quoted, "\\{byte:03}");
            }
            plain => quoted.push(char::from(plain)),
        }
    }
    quoted.push('"');
    quoted
}

fn tests(path: &Path) -> Result<Vec<Value>> {
    let file: Value =
        serde_saphyr::from_str(&read(path)?).with_context(|| format!("{} is no YAML", path.display()))?;
    let tests = file
        .get("tests")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    ensure!(!tests.is_empty(), "{} has no tests", path.display());
    Ok(tests)
}

fn input(folder: &Path, test: &Value) -> Result<(PathBuf, Value)> {
    let path = folder.join(text(test, "/inputPath"));
    let object =
        serde_saphyr::from_str(&read(&path)?).with_context(|| format!("{} is no YAML", path.display()))?;
    Ok((path, object))
}

fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests_of_lua {
    use serde_json::json;

    use super::{agree, literal};

    #[test]
    fn what_is_under_way_for_one_is_not_done_for_the_other() {
        for (argo, kstatus) in [
            ("Progressing", "Current"),
            ("Healthy", "InProgress"),
            ("Suspended", "InProgress"),
            ("Healthy", "Failed"),
            ("Unknown", "InProgress"),
        ] {
            assert!(!agree(argo, kstatus), "{argo} and {kstatus}");
        }
        assert!(agree("Suspended", "Current"));
        assert!(agree("Unknown", "Current"));
    }

    #[test]
    fn values_are_written_as_lua_reads_them() {
        let value = json!({ "a": ["x\"\\\n", 1, true, null] });
        assert_eq!(literal(&value), r#"{["a"]={"x\034\092\010",1,true,nil}}"#);
    }
}

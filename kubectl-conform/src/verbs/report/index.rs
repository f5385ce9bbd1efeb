//! `report index`: tables and badges of a tree of reports.

use std::{
    fs,
    path::{Path, PathBuf},
};

use conform_gateway::{
    FileKind,
    index::{BadMarks, Standing, badge, by_folder, is_badge, root_page, sorted, with_table},
    rules::location,
};

use crate::{
    artifact,
    error::Error,
    exit::ExitStatus,
    offline::{self, failed},
    printer::Printer,
    sink,
};

/// Longest page that is read, in bytes.
const MAX_PAGE: u64 = 1 << 20;
/// The page of a folder.
const README: &str = "README.md";

/// Options of `report index`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 everything is current, 1 a report has an error or, with --check, a file is not current, 2 a file could not be read or written."
)]
pub struct Args {
    /// Folder of reports: it holds v1.7/acme-operator/standard-v2.13-default-report.yaml
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write nothing, and name what is not current
    #[arg(long)]
    check: bool,
}

/// Reads every report, and writes what differs.
pub fn run(args: &Args, printer: &Printer) -> Result<ExitStatus, Error> {
    let found = offline::report_files(std::slice::from_ref(&args.folder), printer);
    let (files, unreadable) = offline::read_reports(found, printer);
    if let Some(file) = unreadable.first() {
        return Err(Error::Missing(format!(
            "{} could not be read: {}",
            file.file, file.error
        )));
    }
    let is_report = |kind| kind == FileKind::ConformanceReport;
    let broken = files
        .iter()
        .filter(|file| is_report(file.kind) && file.findings.has_errors());
    let broken: Vec<&str> = broken.map(|file| file.file.as_str()).collect();
    if !broken.is_empty() {
        printer.note(&format!(
            "Nothing is written, since these have errors, which `kubectl conform report validate` tells:\n  {}",
            broken.join("\n  ")
        ));
        return Ok(ExitStatus::NotConformant);
    }
    // Of what lies deeper, or elsewhere, the tables of this folder say nothing.
    let is_placed = |file: &str| {
        let folder = location(file).map(|place| args.folder.join(place.release).join(place.implementation));
        folder.as_deref() == Path::new(file).parent()
    };
    let placed = files.iter().filter(|file| is_placed(&file.file));
    let reports = placed.flat_map(|file| {
        let reports = file.reports.iter();
        reports.map(|(report, _)| (file.file.as_str(), report))
    });
    let reports = sorted(reports);
    if reports.is_empty() {
        let folder = args.folder.display();
        return Err(Error::Missing(format!(
            "{folder} holds no report in a folder such as v1.7/acme-operator"
        )));
    }
    let (mut pages, mut folders) = (vec![(args.folder.join(README), Vec::new())], Vec::new());
    if let Some((path, text)) = pages.first_mut() {
        let made = root_page(page(path)?.as_deref(), &reports);
        *text = made.map_err(bad_marks(path))?.into_bytes();
    }
    for ((release, implementation), of_folder) in by_folder(&reports) {
        let folder = args.folder.join(release).join(implementation);
        let path = folder.join(README);
        let text = with_table(page(&path)?.as_deref(), &of_folder).map_err(bad_marks(&path))?;
        pages.push((path, text.into_bytes()));
        // The newest version speaks for the implementation, with the first of its modes.
        let Some(newest) = of_folder.first() else { continue };
        for profile in &newest.report.profiles {
            let name = profile.name.as_deref().unwrap_or_default();
            if artifact::safe_name(name).is_ok() {
                let picture = badge(release, name, Standing::of(newest.report, profile));
                pages.push((folder.join(format!("badge-{name}.svg")), picture.into_bytes()));
            }
        }
        folders.push(folder);
    }
    let mut old = Vec::new();
    for folder in folders {
        let written = |path: &PathBuf| pages.iter().any(|(page, _)| page == path);
        old.extend(badges(&folder)?.into_iter().filter(|path| !written(path)));
    }
    write(args, &pages, &old, printer)
}

/// The error of a page that cannot be brought up to date.
fn bad_marks(path: &Path) -> impl FnOnce(BadMarks) -> Error + '_ {
    move |marks| Error::Input {
        path: path.to_path_buf(),
        problem: format!("{marks}. Nothing is written"),
    }
}

/// The badges in a folder that this verb made.
fn badges(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut badges = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed("read", folder))? {
        let path = entry.map_err(failed("read", folder))?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let of_badge = name
            .strip_prefix("badge-")
            .and_then(|rest| rest.strip_suffix(".svg"));
        if of_badge.is_some() && page(&path)?.is_some_and(|text| is_badge(&text)) {
            badges.push(path);
        }
    }
    badges.sort();
    Ok(badges)
}

/// Writes pages, and takes away badges that nothing stands behind any more.
fn write(
    args: &Args,
    pages: &[(PathBuf, Vec<u8>)],
    old: &[PathBuf],
    printer: &Printer,
) -> Result<ExitStatus, Error> {
    let mut stale = 0;
    for path in old {
        stale += 1;
        if !args.check {
            fs::remove_file(path).map_err(failed("remove", path))?;
        }
        printer.out(&format!(
            "{} (removed: no report has its profile)",
            path.display()
        ))?;
    }
    for (path, bytes) in pages {
        if fs::read(path).is_ok_and(|old| old == *bytes) {
            continue;
        }
        stale += 1;
        if !args.check {
            sink::write(path, bytes, true)?;
        }
        printer.out(&path.display().to_string())?;
    }
    if args.check && stale > 0 {
        printer.note("not current: write them with `kubectl conform report index`");
        return Ok(ExitStatus::NotConformant);
    }
    Ok(ExitStatus::Done)
}

/// The page that is there, if one is. A link is nobody's page: writing would go elsewhere.
fn page(path: &Path) -> Result<Option<String>, Error> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", path)(error)),
    };
    if !metadata.is_file() || metadata.len() > MAX_PAGE {
        return Err(Error::Input {
            path: path.to_path_buf(),
            problem: format!("it is no plain file of at most {MAX_PAGE} bytes"),
        });
    }
    fs::read_to_string(path).map(Some).map_err(failed("read", path))
}

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use sha2::{Digest, Sha256};

use super::opened::Opened;
use super::output::spare_recordings;
use super::progress::Progress;
use super::table::TableOptions;
use super::{EXIT_CODES, Outcome, Usage, run, talk};
use crate::report::{
    Origin, PageSize, Report as Page, ReportError, Sections, render_png, render_svg,
};
use crate::session::Ended;

/// Draw the form report of a recording, or of a table, as a picture; of a programme one for each exercise
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  backcoach report recordings/hyperext_45-clean.backcoach.jsonl -o report.png
  backcoach report monday.backcoach.jsonl tuesday.backcoach.jsonl -o reports/
  backcoach report back.csv --exercise hyperext_45 --placement T7 -o back.png
  backcoach report session.backcoach.jsonl --json

{EXIT_CODES}"))]
pub(super) struct Report {
    /// Recordings (*.backcoach.jsonl), or tables (CSV)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The picture; a folder for several files [default: beside each file, unless --json is given]
    #[arg(short, long, value_name = "OUT.png")]
    output: Option<PathBuf>,
    /// Print every number of the picture, one JSON object a file
    #[arg(long)]
    json: bool,
    /// The width of the page in pixels; the height follows (A4)
    #[arg(long, value_name = "PIXELS", value_parser = page_size)]
    size: Option<PageSize>,
    /// Draw SVG in place of PNG
    #[arg(long)]
    svg: bool,
    /// A name for the session or the wearer, shown on the page
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    table: TableOptions,
}

impl Report {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        if let ([_, _, ..], Some(folder)) = (self.files.as_slice(), &self.output)
            && !folder.is_dir()
        {
            let folder = folder.display();
            return Err(Usage(format!("{folder}: is no folder; several reports need one")).into());
        }
        self.each_has_its_own_output()?;
        let (mut outcome, mut failed) = (Outcome::Done, 0);
        for file in &self.files {
            match self.report(file) {
                Ok(Outcome::Interrupted) => return Ok(Outcome::Interrupted),
                Ok(this) => outcome = outcome.and(this),
                Err(error) if self.files.len() == 1 => return Err(error),
                Err(error) if super::is_closed_pipe(&error) => return Err(error),
                Err(error) => {
                    talk::error(&error);
                    failed += 1;
                }
            }
        }
        anyhow::ensure!(
            failed == 0,
            "{failed} of {} files gave no report",
            self.files.len()
        );
        Ok(outcome)
    }

    fn report(&self, file: &Path) -> anyhow::Result<Outcome> {
        if let Some(output) = self.output_for(file) {
            spare_recordings(&output, file)?;
        }
        let mut opened = Opened::open(file, &self.table, Progress::Shown)?;
        let plan = opened.plan.clone();
        let mut sections = Sections::new(&plan);
        let ended = opened.with_inputs(|inputs| run::run(&plan, inputs, &mut [&mut sections]))?;
        if ended == Ended::Stopped {
            return Ok(Outcome::Interrupted);
        }
        let pages = sections.finish(&self.origin(file, &opened)?);
        for page in pages.iter().filter(|_| self.json) {
            let mut json = serde_json::to_vec(page)?;
            json.push(b'\n');
            io::stdout().write_all(&json)?;
        }
        if let Some(output) = self.output_for(file) {
            for (number, page) in (1..).zip(&pages) {
                let output = numbered(&output, number, pages.len());
                spare_recordings(&output, file)?;
                let picture = self.draw(page, &output)?;
                std::fs::write(&output, picture)
                    .with_context(|| format!("{}: cannot be written", output.display()))?;
                talk::say(&format!("{}: written", output.display()));
            }
        }
        Ok(opened.say_losses())
    }

    fn origin(&self, file: &Path, opened: &Opened) -> anyhow::Result<Origin> {
        let header = opened.header();
        Ok(Origin {
            file: file
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            title: self.title.clone(),
            started: header.map(|header| header.created.to_zoned(jiff::tz::TimeZone::system())),
            synthetic: header.is_some_and(|header| header.synthetic),
            recording_sha256: Some(sha256(file)?),
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            lines_damaged: opened
                .damage()
                .map_or(0, |damage| damage.damaged_lines.max(damage.missing_lines)),
            gyroscope: Vec::new(),
        })
    }

    fn output_for(&self, file: &Path) -> Option<PathBuf> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let stem = stem(&name);
        let end = if self.svg { "svg" } else { "png" };
        match &self.output {
            Some(folder) if folder.is_dir() => Some(folder.join(format!("{stem}.{end}"))),
            Some(output) => Some(output.clone()),
            None if self.json => None,
            None => Some(file.with_file_name(format!("{stem}.{end}"))),
        }
    }

    /// Two reports under one name would leave one.
    fn each_has_its_own_output(&self) -> Result<(), Usage> {
        let mut outputs = BTreeMap::new();
        for file in &self.files {
            let Some(output) = self.output_for(file) else {
                continue;
            };
            if let Some(other) = outputs.insert(output.clone(), file) {
                return Err(Usage(format!(
                    "{} and {} would both become {}; report them one by one, each with `-o`",
                    other.display(),
                    file.display(),
                    output.display()
                )));
            }
        }
        Ok(())
    }

    fn draw(&self, page: &Page, output: &Path) -> anyhow::Result<Vec<u8>> {
        let size = self.size.unwrap_or_default();
        let is_svg = self.svg
            || output
                .extension()
                .is_some_and(|end| end.eq_ignore_ascii_case("svg"));
        Ok(if is_svg {
            render_svg(page, size)?.into_bytes()
        } else {
            render_png(page, size)?
        })
    }
}

/// Draws the report of a recording beside it.
pub(super) fn beside(file: &Path) -> anyhow::Result<Outcome> {
    let command = Report {
        files: vec![file.to_owned()],
        output: None,
        json: false,
        size: None,
        svg: false,
        title: None,
        table: TableOptions::default(),
    };
    command.run()
}

/// The name of a file without what says its kind.
pub(super) fn stem(name: &str) -> &str {
    let name = name.strip_suffix(".jsonl").unwrap_or(name);
    let name = name.strip_suffix(".backcoach").unwrap_or(name);
    name.strip_suffix(".csv").unwrap_or(name)
}

/// The name of one of several pages: `report-2.png`; a single one keeps its name.
pub(super) fn numbered(output: &Path, number: usize, pages: usize) -> PathBuf {
    if pages < 2 {
        return output.to_owned();
    }
    let stem = output.file_stem().unwrap_or_default().to_string_lossy();
    let end = output.extension().unwrap_or_default().to_string_lossy();
    output.with_file_name(format!("{stem}-{number}.{end}"))
}

fn page_size(text: &str) -> Result<PageSize, String> {
    let width = text
        .parse::<u32>()
        .map_err(|_| format!("`{text}` is no width in pixels"))?;
    PageSize::from_width(width).map_err(|error: ReportError| error.to_string())
}

/// The hash that ties a picture to its recording.
pub(super) fn sha256(file: &Path) -> anyhow::Result<String> {
    let cannot = || format!("{}: cannot be read", file.display());
    let mut source = File::open(file).with_context(cannot)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match source.read(&mut buffer).with_context(cannot)? {
            0 => break,
            length => hash.update(&buffer[..length]),
        }
    }
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

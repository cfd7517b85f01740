use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use clap::Args;
use futures_util::StreamExt;
use serde::Serialize;

use super::radio::{interrupted, runtime};
use super::talk::{clean, say};
use super::{EXIT_CODES, Outcome};
use crate::sensors::Sensor;
use crate::sources::ble::{Found, Radio};

/// List the sensors that are heard over Bluetooth
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  backcoach scan
  backcoach scan --seconds 30 --all
  backcoach scan --json | jq .id

Each sensor is told when it is first heard, and again when its name or family becomes known. Without a sensor the command ends with 5.

{EXIT_CODES}"))]
pub(super) struct Scan {
    /// How long to listen
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600), value_name = "N")]
    seconds: u64,
    /// Also devices that are no sensors this program can read
    #[arg(long)]
    all: bool,
    /// One device a line, as JSON
    #[arg(long)]
    json: bool,
}

/// No sensor was heard: nothing failed, and nothing can be done without one.
#[derive(Debug, thiserror::Error)]
#[error(
    "no sensor was heard{others}; switch it on, wear it or wake it, close other apps that use it, and bring it near"
)]
pub(super) struct NothingHeard {
    others: String,
}

/// A device as `--json` tells it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Line {
    id: String,
    name: String,
    family: Option<&'static str>,
    connected: bool,
    rssi: Option<i16>,
}

impl Line {
    fn of(found: &Found) -> Line {
        Line {
            id: clean(&found.id),
            name: clean(&found.name),
            family: found.sensor.map(Sensor::family),
            connected: found.is_connected,
            rssi: found.rssi,
        }
    }

    /// Whether it says more than was said before; a signal that comes and goes is no news here.
    fn is_news(&self, before: Option<&Line>) -> bool {
        before.is_none_or(|before| {
            (&self.name, self.family, self.connected)
                != (&before.name, before.family, before.connected)
        })
    }

    fn tell(&self, out: &mut impl Write, is_json: bool) -> anyhow::Result<()> {
        if is_json {
            serde_json::to_writer(&mut *out, self)?;
            writeln!(out)?;
        } else {
            let signal = match (self.connected, self.rssi) {
                (true, _) => "connected".to_owned(),
                (false, Some(rssi)) => format!("{rssi} dBm"),
                (false, None) => "-".to_owned(),
            };
            let family = self.family.unwrap_or("-");
            let name = if self.name.is_empty() {
                "(no name)"
            } else {
                &self.name
            };
            writeln!(out, "{:<18} {family:<12} {signal:>9}  {name}", self.id)?;
        }
        out.flush()?;
        Ok(())
    }
}

impl Scan {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let runtime = runtime()?;
        let outcome = runtime.block_on(self.listen());
        runtime.shutdown_timeout(Duration::from_secs(1));
        outcome
    }

    async fn listen(&self) -> anyhow::Result<Outcome> {
        let radio = Radio::open().await?;
        let mut heard = radio.scan().await?;
        say(&format!("listening for {} s", self.seconds));
        let mut known: BTreeMap<String, Line> = BTreeMap::new();
        let end = tokio::time::sleep(Duration::from_secs(self.seconds));
        tokio::pin!(end);
        let stop = interrupted();
        tokio::pin!(stop);
        let mut outcome = Outcome::Done;
        loop {
            let found = tokio::select! {
                () = &mut end => break,
                () = &mut stop => {
                    outcome = Outcome::Interrupted;
                    break;
                }
                found = heard.next() => match found {
                    Some(found) => found,
                    // The radio went away; opening it says why.
                    None => {
                        Radio::open().await?;
                        break;
                    }
                },
            };
            let line = Line::of(&found);
            let is_told = self.all || line.family.is_some();
            if is_told && line.is_news(known.get(&line.id)) {
                line.tell(&mut io::stdout(), self.json)?;
            }
            known.insert(line.id.clone(), line);
        }
        drop(heard);
        let sensors = known.values().filter(|line| line.family.is_some()).count();
        let others = known.len() - sensors;
        if sensors == 0 && outcome == Outcome::Done {
            let others = match others {
                0 => String::new(),
                1 => " (one other device was)".to_owned(),
                others => format!(" ({others} other devices were)"),
            };
            return Err(NothingHeard { others }.into());
        }
        let plural = if sensors == 1 { "" } else { "s" };
        say(&format!(
            "{sensors} sensor{plural}, {others} other devices heard"
        ));
        Ok(outcome)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn line(name: &str, rssi: i16) -> Line {
        Line {
            id: "A0:00:00:00:00:01".to_owned(),
            name: clean(name),
            family: Some("backcoach"),
            connected: false,
            rssi: Some(rssi),
        }
    }

    #[test]
    fn a_name_is_news_and_a_signal_is_not() {
        assert!(line("", -50).is_news(None));
        assert!(!line("", -70).is_news(Some(&line("", -50))));
        assert!(line("Back", -50).is_news(Some(&line("", -50))));
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        let mut out = Vec::new();
        line("\u{1b}]0;gotcha\u{7}\u{9b}2J", -50)
            .tell(&mut out, false)
            .unwrap();
        line("\u{1b}]0;gotcha\u{7}\u{9b}2J", -50)
            .tell(&mut out, true)
            .unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().count() == 2 && !text.contains(|c: char| c.is_control() && c != '\n'));
    }
}

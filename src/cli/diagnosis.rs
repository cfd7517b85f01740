//! What the figures of a sensor mean, and what to do about them.

use crate::motion::clock::Figures;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    /// What.
    pub step: &'static str,
    /// Whether it is as it should be.
    pub is_ok: bool,
    /// The number, and what to do if it is not.
    pub text: String,
}

/// A rate that is off by more is no tolerance of the sensor's, parts: 3 % is the worst oscillator, and a look of ten
/// seconds adds one or two.
const RATE: f64 = 0.05;

/// More lost readings than this make gaps that cost repetitions, parts.
const LOSS: f64 = 0.01;

/// Cues that come later are late for a movement of two seconds, milliseconds.
const DELAY: f64 = 300.0;

/// No crystal is off by more, millionths (the limit of the session's clock).
const DRIFT: f64 = 200.0;

/// Below this a sensor may not last for a session, percent.
const BATTERY: u8 = 15;

/// Below this links break, dBm.
const RSSI: i8 = -88;

const NEARER: &str = "bring the computer nearer and into sight of the sensor: a body between them swallows the signal";

/// Everything that can be told from these figures.
pub(super) fn checks(figures: &Figures) -> Vec<Check> {
    let mut checks = vec![readings(figures)];
    if figures.readings > 0 {
        checks.extend(rate(figures));
        checks.push(loss(figures));
        checks.push(link(figures));
        checks.extend(clock(figures));
        checks.extend(delay(figures));
    }
    checks.extend(packets(figures));
    checks.extend(figures.battery.map(|percent| Check {
        step: "battery",
        is_ok: percent >= BATTERY,
        text: advise(
            format!("{percent} %"),
            percent >= BATTERY,
            "charge it before a session",
        ),
    }));
    checks.extend(figures.rssi.map(|dbm| Check {
        step: "signal",
        is_ok: dbm >= RSSI,
        text: advise(format!("{dbm} dBm"), dbm >= RSSI, NEARER),
    }));
    checks
}

/// One sentence.
pub(super) fn verdict(checks: &[Check]) -> String {
    let failed: Vec<&str> = checks
        .iter()
        .filter(|check| !check.is_ok)
        .map(|check| check.step)
        .collect();
    if failed.is_empty() {
        "good to go".to_owned()
    } else {
        format!("not as it should be: {}", failed.join(", "))
    }
}

fn readings(figures: &Figures) -> Check {
    let is_ok = figures.readings > 0;
    let said = format!(
        "{} readings in {} packets over {:.1} s",
        figures.readings, figures.packets, figures.seconds
    );
    let advice = "wear it so that it wakes, or switch it off and on";
    Check {
        step: "readings",
        is_ok,
        text: advise(said, is_ok, advice),
    }
}

fn packets(figures: &Figures) -> Option<Check> {
    let damage = figures.damage.as_ref()?;
    let others = match figures.damaged {
        0 | 1 => String::new(),
        all => format!(" (and {} more)", all - 1),
    };
    Some(Check {
        step: "packets",
        is_ok: false,
        text: format!("{damage}{others}"),
    })
}

fn rate(figures: &Figures) -> Option<Check> {
    let (nominal, measured) = (figures.nominal_hz?, figures.measured_hz?);
    let off = measured / nominal - 1.0;
    let is_ok = off.abs() <= RATE;
    let said = format!(
        "{measured:.1} Hz, {:+.1} % of the {nominal:.1} Hz it says",
        off * 100.0
    );
    let advice = "a setting of the sensor may not have taken: switch it off and on";
    Some(Check {
        step: "rate",
        is_ok,
        text: advise(said, is_ok, advice),
    })
}

fn loss(figures: &Figures) -> Check {
    let Some(lost) = figures.lost else {
        return Check {
            step: "loss",
            is_ok: true,
            text: "cannot be told: this sensor neither counts its readings nor stamps them"
                .to_owned(),
        };
    };
    let share = figures.loss().unwrap_or(0.0);
    let is_ok = share <= LOSS;
    let said = format!("{:.2} % ({lost} readings)", share * 100.0);
    Check {
        step: "loss",
        is_ok,
        text: advise(said, is_ok, NEARER),
    }
}

fn link(figures: &Figures) -> Check {
    let is_ok = figures.losses == 0 && figures.restarts == 0;
    let said = match (figures.losses, figures.restarts) {
        (0, 0) => format!("held; longest silence {:.2} s", figures.longest_silence),
        (0, restarts) => format!("held, and the sensor began anew {}", times(restarts)),
        (losses, _) => format!(
            "lost {}, for {:.1} s in all, {} readings missed",
            times(losses),
            figures.outage,
            figures.missed
        ),
    };
    Check {
        step: "link",
        is_ok,
        text: advise(said, is_ok, NEARER),
    }
}

fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

fn clock(figures: &Figures) -> Option<Check> {
    let clock = figures.clock?;
    // Only what lies beyond doubt is held against it.
    let is_ok = clock.drift_ppm.abs() - clock.within_ppm <= DRIFT;
    let said = if clock.within_ppm > DRIFT {
        format!(
            "drift not to be told yet ({:+.0} ± {:.0} ppm); look for longer",
            clock.drift_ppm, clock.within_ppm
        )
    } else {
        format!(
            "{:+.0} ± {:.0} ppm against this computer's",
            clock.drift_ppm, clock.within_ppm
        )
    };
    let advice = "its clock is off or was set; switch it off and on";
    Some(Check {
        step: "clock",
        is_ok,
        text: advise(said, is_ok, advice),
    })
}

fn delay(figures: &Figures) -> Option<Check> {
    let delay = figures.delay?;
    let is_ok = delay.p95_ms <= DELAY;
    let said = format!(
        "above the smallest: half within {:.0} ms, 95 % within {:.0} ms, longest {:.0} ms; jitter {:.1} ms",
        delay.median_ms, delay.p95_ms, delay.longest_ms, delay.jitter_ms
    );
    Some(Check {
        step: "delay",
        is_ok,
        text: advise(said, is_ok, NEARER),
    })
}

fn advise(said: String, is_ok: bool, advice: &str) -> String {
    if is_ok {
        said
    } else {
        format!("{said}; {advice}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::clock::{ClockFigures, DelayFigures};

    fn good() -> Figures {
        Figures {
            packets: 100,
            readings: 1000,
            seconds: 10.0,
            nominal_hz: Some(100.0),
            measured_hz: Some(99.4),
            lost: Some(2),
            clock: Some(ClockFigures {
                drift_ppm: 700.0,
                within_ppm: 900.0,
            }),
            delay: Some(DelayFigures {
                median_ms: 10.0,
                p95_ms: 40.0,
                longest_ms: 90.0,
                jitter_ms: 8.0,
            }),
            battery: Some(80),
            rssi: Some(-60),
            ..Figures::default()
        }
    }

    fn failed(figures: &Figures) -> Vec<&'static str> {
        let checks = checks(figures);
        let failed = checks.iter().filter(|check| !check.is_ok);
        failed.map(|check| check.step).collect()
    }

    #[test]
    fn a_good_sensor_passes_and_a_short_look_is_not_held_against_its_clock() {
        assert!(failed(&good()).is_empty());
        assert_eq!(verdict(&checks(&good())), "good to go");
    }

    type Spoil = fn(&mut Figures);

    #[test]
    fn each_figure_that_is_off_fails_its_own_check() {
        let worse: [(&str, Spoil); 7] = [
            ("rate", |figures| figures.measured_hz = Some(90.0)),
            ("loss", |figures| figures.lost = Some(20)),
            ("link", |figures| figures.losses = 1),
            ("packets", |figures| figures.damage = Some("bad".to_owned())),
            ("battery", |figures| figures.battery = Some(5)),
            ("signal", |figures| figures.rssi = Some(-95)),
            ("clock", |figures| {
                figures.clock = Some(ClockFigures {
                    drift_ppm: -350.0,
                    within_ppm: 20.0,
                });
            }),
        ];
        for (step, spoil) in worse {
            let mut figures = good();
            spoil(&mut figures);
            assert_eq!(failed(&figures), [step]);
        }
    }

    #[test]
    fn silence_is_told_without_inventing_figures() {
        let checks = checks(&Figures::default());
        assert_eq!(checks.len(), 1);
        assert_eq!(verdict(&checks), "not as it should be: readings");
    }

    #[test]
    fn a_loss_that_cannot_be_counted_is_said_so() {
        let figures = Figures {
            lost: None,
            ..good()
        };
        assert!(failed(&figures).is_empty());
        assert!(loss(&figures).text.starts_with("cannot be told"));
    }
}

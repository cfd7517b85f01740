//! The synthetic wearer as a live source.

use std::str::FromStr;

use clap::Args;

use super::TICK_SECS;
use crate::cli::Usage;
use crate::cli::wearer::WearerOptions;
use crate::input::Input;
use crate::sources::live::SessionClock;
use crate::sources::replay::{Speed, paced};
use crate::sources::{Inputs, given};
use crate::units::HostTime;

/// Whether the synthetic wearer exercises in place of a person.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct SimulateOptions {
    /// Try it without a sensor: the synthetic wearer in your place
    #[arg(long, conflicts_with = "sensor", help_heading = "The synthetic wearer")]
    pub simulate: bool,
    /// How many times as fast as a person [default: 1]
    #[arg(
        long,
        value_name = "N",
        requires = "simulate",
        help_heading = "The synthetic wearer"
    )]
    speed: Option<Times>,
    #[command(flatten)]
    pub wearer: WearerOptions,
}

impl SimulateOptions {
    /// How many times as fast as a person.
    pub(in crate::cli) fn speed(&self) -> f64 {
        self.speed.map_or(1.0, |times| times.0)
    }

    /// Refuses options of the synthetic wearer where a person exercises.
    pub(in crate::cli) fn check(&self) -> Result<(), Usage> {
        if !self.simulate && self.wearer.is_given() {
            return Err(Usage(
                "faults, seed, link and the like are those of the synthetic wearer; add `--simulate`"
                    .to_owned(),
            ));
        }
        Ok(())
    }
}

/// Beyond this the machine, not the wearer, sets the pace.
const FASTEST: f64 = 1000.0;

#[derive(Clone, Copy, Debug)]
struct Times(f64);

impl FromStr for Times {
    type Err = String;

    fn from_str(text: &str) -> Result<Times, String> {
        match text.parse::<f64>() {
            Ok(times) if times > 0.0 && times <= FASTEST => Ok(Times(times)),
            _ => Err(format!("`{text}` is no number above 0 and up to {FASTEST}")),
        }
    }
}

/// Inputs that come in their own time, so many times as fast, and the clock that runs along.
///
/// The ticks are among them in their own places: with the same seed the same inputs come, whatever the speed.
pub(super) fn simulated(mut inputs: Vec<Input>, speed: f64) -> (Inputs<'static>, SessionClock) {
    let last = inputs.last().map_or(0.0, |input| input.at().seconds());
    let ticks = (0..=(last / TICK_SECS) as u32).map(|tick| Input::Tick {
        at: HostTime::from_seconds(f64::from(tick) * TICK_SECS),
    });
    inputs.extend(ticks);
    inputs.sort_by_key(Input::at);
    let clock = SessionClock::at_speed(speed);
    (paced(given(inputs), Speed::Times(speed)), clock)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::sources::synthetic::Scenario;
    use futures_util::StreamExt;

    fn live(speed: f64) -> Vec<Input> {
        let mut scenario = Scenario::new("hyperext_45").unwrap();
        scenario.reps = 1;
        let inputs = scenario.perform().inputs;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (inputs, _) = simulated(inputs, speed);
            inputs.map(Result::unwrap).collect().await
        })
    }

    #[test]
    fn the_same_inputs_come_in_order_whatever_the_speed() {
        let fast = live(1000.0);
        assert!(fast.is_sorted_by_key(Input::at));
        let ticks = fast
            .iter()
            .filter(|input| matches!(input, Input::Tick { .. }));
        assert!(ticks.count() > 100);
        assert_eq!(live(300.0), fast);
    }

    #[test]
    fn a_speed_is_a_positive_number_within_reason() {
        assert!("20".parse::<Times>().is_ok());
        for bad in ["0", "-1", "NaN", "inf", "1001", "max"] {
            assert!(bad.parse::<Times>().is_err(), "{bad}");
        }
    }
}

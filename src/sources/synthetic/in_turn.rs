//! Several exercises in one session: what reaches the program is one stream, as from sensors that stay on.

use super::{LinkModel, Scenario};
use crate::input::Input;
use crate::units::SessionTime;

/// The inputs of scenarios one after the other, with the sensors of the first. Each begins and ends standing, so that the
/// wearer walks from one to the next; only the first may begin with the bend that finds the sensors' axes.
///
/// Over no radio: packets of several performances would be those of sensors that were switched off in between.
pub fn in_turn(scenarios: &[Scenario]) -> Vec<Input> {
    let mut inputs: Vec<Input> = Vec::new();
    let mut from = 0.0;
    for (index, scenario) in scenarios.iter().enumerate() {
        let scenario = Scenario {
            calibration: scenario.calibration && index == 0,
            link: LinkModel::Direct,
            sensors: scenarios
                .first()
                .map_or_else(Vec::new, |first| first.sensors.clone()),
            ..scenario.clone()
        };
        let performed = scenario.perform().inputs;
        let ends = performed.last().map_or(0.0, |last| last.at().seconds());
        // A sensor takes its first reading a moment after the scenario begins: between two of them that would be a hole.
        let first = performed.first().map_or(0.0, |first| first.at().seconds());
        let shift = if index == 0 { 0.0 } else { from - first };
        inputs.extend(performed.into_iter().map(|input| later(input, shift)));
        let rate_hz = scenario.sensors.first().map_or(100.0, |worn| worn.rate_hz);
        from = ends + shift + 1.0 / rate_hz;
    }
    inputs
}

fn later(input: Input, seconds: f64) -> Input {
    match input {
        Input::Sample { sensor, mut sample } => {
            sample.at = SessionTime::from_seconds(sample.at.seconds() + seconds);
            Input::Sample { sensor, sample }
        }
        other => other,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn two_exercises_are_one_stream_without_a_hole() {
        let scenario = |id: &str| {
            let mut scenario = Scenario::new(id).unwrap();
            scenario.reps = 1;
            scenario
        };
        let both = [scenario("hyperext_45"), scenario("good_morning")];
        let inputs = in_turn(&both);
        let alone: usize = both
            .iter()
            .enumerate()
            .map(|(index, one)| {
                let mut one = one.clone();
                one.link = LinkModel::Direct;
                one.calibration = index == 0;
                one.perform().inputs.len()
            })
            .sum();
        assert_eq!(inputs.len(), alone);
        assert!(
            inputs
                .iter()
                .all(|input| matches!(input, Input::Sample { .. }))
        );
        let mut steps = inputs
            .windows(2)
            .map(|two| two[1].at().seconds_since(two[0].at()));
        assert!(steps.all(|step| (0.005..0.02).contains(&step)));
    }
}

//! How the values of a hold fit together: its time, and what tells that it is held.

use super::check::{Findings, span};
use super::document::Step::{At, Key};
use super::{Exercise, HoldTest};
use crate::input::Segment;

/// The longest hold that is asked for, seconds: ten minutes of breathing.
const LONGEST_SECS: f64 = 600.0;

/// Adds every fault that only a hold can have.
pub(super) fn check_hold(exercise: &Exercise, findings: &mut Findings<'_>) {
    if let Some(hold) = &exercise.hold {
        let place = [Key("hold"), Key("target_s")];
        let [least, most] = hold.target_s;
        span("target_s", hold.target_s, &place, findings);
        findings.require(
            1.0 <= least && most <= LONGEST_SECS,
            &place,
            &format!(
                "`target_s` lies between 1 and {LONGEST_SECS} seconds; here [{least}, {most}]"
            ),
        );
    }
    for (index, test) in exercise.tests.iter().enumerate() {
        check_test(exercise, index, test, findings);
    }
}

fn check_test(exercise: &Exercise, index: usize, test: &HoldTest, findings: &mut Findings<'_>) {
    let field = |name| [Key("test"), At(index), Key(name)];
    let ranges = [
        ("theta_deg", test.theta_deg, -180.0, 200.0),
        ("side_deg", test.side_deg, 0.0, 90.0),
    ];
    for (name, range, from, to) in ranges {
        let Some([least, most]) = range else { continue };
        findings.require(
            from <= least && least < most && most <= to,
            &field(name),
            &format!("`{name}` is [least, most], between {from} and {to} and in this order; here [{least}, {most}]"),
        );
    }
    if test.theta_deg.is_none() && test.side_deg.is_none() {
        findings.add(
            &[Key("test"), At(index)],
            "a test needs `theta_deg` or `side_deg`: stillness alone is no pose".to_owned(),
        );
    }
    let place = field("placements");
    findings.require(
        !test.placements.is_empty(),
        &place,
        "a test needs at least one placement",
    );
    for (at, placement) in test.placements.iter().enumerate() {
        findings.require(
            matches!(placement.segment(), Segment::Thorax | Segment::Pelvis),
            &place,
            &format!("a pose is not seen at {placement}; it needs T7, ST, SA or AP"),
        );
        let earlier = exercise.tests[..index]
            .iter()
            .any(|test| test.placements.contains(placement));
        if earlier || test.placements[..at].contains(placement) {
            findings.add(
                &place,
                format!("{placement} tells by an entry above already; name it once"),
            );
        }
    }
}

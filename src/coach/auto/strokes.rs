//! Movement cut into strokes: from one turning point to the next.
//!
//! A turning point is where the path was furthest from the turning point before, and has since come back by a given
//! step. With a small step every fidget is a stroke, with a large one small repetitions are none; so the same path is
//! cut with several steps side by side ([`STEPS_DEG`]), and each looks for repetitions of its own size.

use super::place::Place;
use crate::units::SessionTime;

/// Each step is twice the one before. The smallest is above breathing and sway (1° to 3°, exercises.md 0.4) and what a tilt
/// is off by while the body moves; the largest leaves room above it for the half turn of a sit-up.
pub const STEPS_DEG: [f64; 4] = [3.0, 6.0, 12.0, 24.0];

/// Movement from one turning point to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// The turning point before.
    pub from: Place,
    /// The turning point that ends it.
    pub to: Place,
}

impl Stroke {
    /// From end to end, degrees.
    pub fn length(&self) -> f64 {
        self.from.distance(&self.to)
    }

    /// How alike the directions are: 1 the same, -1 opposite.
    pub fn likeness(&self, other: &Stroke) -> f64 {
        let (a, b) = (self.to.x - self.from.x, other.to.x - other.from.x);
        let product = a.norm() * b.norm();
        if product > 0.0 {
            a.dot(&b) / product
        } else {
            0.0
        }
    }
}

/// A stroke that has not grown by this share ...
const GROWN_SHARE: f64 = 0.06;
/// ... for so long has come to rest, seconds: longer than anybody hangs at the turning point of a swing, and two
/// readings of the slowest sensor.
const RESTED_SECS: f64 = 0.5;

/// ... and for so long, this near to its end as a share of it, it is over, seconds: nobody pauses longer on the way.
const NEAR_SHARE: f64 = 0.1;
/// See [`NEAR_SHARE`].
const LONG_REST_SECS: f64 = 6.0;

/// Cuts the path with one step.
#[derive(Clone, Debug)]
pub struct Strokes {
    step_deg: f64,
    from: Option<Place>,
    far: Place,
    /// The furthest from `far` since then: where the next stroke has got to when this one is found to be over.
    beyond: Place,
    /// Where it has rested for long: who goes on from there begins another stroke, though it leads the same way.
    rest: Option<Place>,
    /// How long the open stroke was when it last grew, and when.
    grown: (f64, SessionTime),
}

/// What a new place means for the strokes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cut {
    /// A stroke is over, for the path has turned.
    Turned(Stroke),
    /// The open stroke rests at its end for now: it may still grow.
    Rested(Stroke),
}

impl Strokes {
    /// Cuts with this step.
    pub fn new(step_deg: f64) -> Strokes {
        let nowhere = Place {
            at: SessionTime::ZERO,
            x: nalgebra::Vector4::zeros(),
            lift: 0.0,
            error_deg: 0.0,
            noise_deg: 0.0,
        };
        Strokes {
            step_deg,
            from: None,
            far: nowhere,
            beyond: nowhere,
            rest: None,
            grown: (0.0, SessionTime::ZERO),
        }
    }

    /// The step it cuts with, degrees.
    pub fn step_deg(&self) -> f64 {
        self.step_deg
    }

    /// The stroke under way.
    pub fn open(&self) -> Option<Stroke> {
        self.from.map(|from| Stroke { from, to: self.far })
    }

    /// Takes in the next place.
    pub fn update(&mut self, place: &Place) -> Option<Cut> {
        let Some(from) = self.from else {
            self.from = Some(*place);
            (self.far, self.beyond) = (*place, *place);
            self.grown = (0.0, place.at);
            return None;
        };
        let (length, now) = (from.distance(&self.far), from.distance(place));
        if let Some(rest) = self.rest
            && rest.distance(place) >= self.step_deg
            && from.distance(&rest) >= self.step_deg
            && now > from.distance(&rest)
        {
            let stroke = Stroke { from, to: rest };
            self.from = Some(rest);
            (self.far, self.beyond, self.rest) = (*place, *place, None);
            self.grown = (rest.distance(place), place.at);
            return Some(Cut::Turned(stroke));
        }
        if now >= length {
            (self.far, self.beyond) = (*place, *place);
            if now > self.grown.0 * (1.0 + GROWN_SHARE) {
                self.grown = (now, place.at);
            }
            return self.rested(place);
        }
        if self.far.distance(place) > self.far.distance(&self.beyond) {
            self.beyond = *place;
        }
        let has_turned = length - now >= self.step_deg;
        if length < self.step_deg || !has_turned {
            return self.rested(place);
        }
        let stroke = Stroke { from, to: self.far };
        self.from = Some(self.far);
        self.rest = None;
        self.far = self.beyond;
        self.beyond = *place;
        self.grown = (stroke.to.distance(&self.far), place.at);
        Some(Cut::Turned(stroke))
    }

    fn rested(&mut self, place: &Place) -> Option<Cut> {
        let stroke = self.open()?;
        let rested_secs = place.at.seconds_since(self.grown.1);
        let rests = rested_secs >= RESTED_SECS;
        if rested_secs >= LONG_REST_SECS && self.far.distance(place) <= stroke.length() * NEAR_SHARE
        {
            self.rest = Some(*place);
        }
        (rests && stroke.length() >= self.step_deg).then_some(Cut::Rested(stroke))
    }
}

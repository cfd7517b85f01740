//! The line under the arrivals: sensor axis to session time.
//!
//! Delay only adds. So of all packets the earliest tell the truth, and the line that runs just below
//! all `arrival − sensor time` is the offset of the two clocks plus the smallest delay of the link. Its
//! slope is the difference of their rates. Bursts and stalls lie above it and do not move it.

use std::collections::VecDeque;

/// Each bin of this length gives its lowest point to the fit, seconds: long enough to hold one packet
/// that was not delayed.
const BIN: f64 = 5.0;

/// Bins that are kept: two minutes, over which a crystal's rate is constant.
const BINS: usize = 24;

/// The sensor's clock was set, or its delay has changed for good, if two whole bins lie this far above
/// the line, seconds.
const MOVED: f64 = 1.0;

/// A slope beyond this is no jitter even between two bins.
const PLAINLY: f64 = 0.1;

/// The lower envelope of the arrivals.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    /// Lowest points of the closed bins: place on the sensor axis and arrival less that place, seconds.
    bins: VecDeque<Point>,
    open: Option<OpenBin>,
    /// Place on the axis where the line is `offset`.
    pivot: f64,
    offset: f64,
    slope: f64,
    /// Slope before it was held within its bounds.
    free_slope: f64,
    limits: Limits,
}

/// What the line may do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limits {
    /// Largest slope either way.
    pub(super) slope: f64,
    /// Before this much of the axis is seen the slope is none, seconds.
    pub(super) level_before: f64,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    place: f64,
    delay: f64,
}

#[derive(Clone, Copy, Debug)]
struct OpenBin {
    began: f64,
    lowest: Point,
}

impl Envelope {
    /// A level line through the first arrival.
    pub(super) fn new(place: f64, arrival: f64, limits: Limits) -> Envelope {
        let first = Point {
            place,
            delay: arrival - place,
        };
        Envelope {
            bins: VecDeque::with_capacity(BINS + 1),
            open: Some(OpenBin {
                began: place,
                lowest: first,
            }),
            pivot: place,
            offset: first.delay,
            slope: 0.0,
            free_slope: 0.0,
            limits,
        }
    }

    /// Takes in one arrival: `place` is the axis at the packet's last sample.
    pub(super) fn add(&mut self, place: f64, arrival: f64) {
        let point = Point {
            place,
            delay: arrival - place,
        };
        let below = point.delay - self.line(place);
        if below < 0.0 {
            self.offset += below;
        }
        match &mut self.open {
            Some(bin) if place - bin.began < BIN => {
                if point.delay < bin.lowest.delay {
                    bin.lowest = point;
                }
            }
            open => {
                if let Some(full) = open.replace(OpenBin {
                    began: place,
                    lowest: point,
                }) {
                    self.close(full.lowest);
                }
            }
        }
    }

    /// Session time of a place on the axis, seconds.
    pub(super) fn time_of(&self, place: f64) -> f64 {
        place + self.line(place)
    }

    /// How late an arrival is against the line, seconds.
    pub(super) fn lateness(&self, place: f64, arrival: f64) -> f64 {
        arrival - self.time_of(place)
    }

    /// Session seconds in one second of the axis.
    pub(super) fn scale(&self) -> f64 {
        1.0 + self.slope
    }

    /// The scale that would fit, where it lies beyond what the limits allow and enough is seen to say so.
    pub(super) fn scale_beyond_limits(&self) -> Option<f64> {
        let beyond = self.free_slope.abs() > self.limits.slope;
        let plain = self.bins.len() >= 2 && self.free_slope.abs() > PLAINLY;
        (beyond && (plain || self.bins.len() >= 4)).then_some(1.0 + self.free_slope)
    }

    /// Session time of a place if the scale were not held within limits, seconds.
    pub(super) fn time_without_limits(&self, place: f64) -> f64 {
        self.bins.back().map_or(self.time_of(place), |newest| {
            place + newest.delay + self.free_slope * (place - newest.place)
        })
    }

    fn line(&self, place: f64) -> f64 {
        self.offset + self.slope * (place - self.pivot)
    }

    fn close(&mut self, lowest: Point) {
        self.bins.push_back(lowest);
        if self.bins.len() > BINS {
            self.bins.pop_front();
        }
        self.forget_what_moved();
        self.fit();
    }

    /// Two whole bins far above the line are no stall any more: the fit begins with them.
    fn forget_what_moved(&mut self) {
        let newest = self.bins.len().saturating_sub(2);
        let moved = |point: &Point| point.delay - self.line(point.place) > MOVED;
        if newest > 0 && self.bins.iter().skip(newest).all(moved) {
            self.bins.drain(..newest);
            self.slope = 0.0;
        }
    }

    fn fit(&mut self) {
        let (Some(first), Some(last)) = (self.bins.front(), self.bins.back()) else {
            return;
        };
        let (from, to) = (first.place, last.place);
        if to - from + BIN >= self.limits.level_before && self.bins.len() >= 2 {
            self.free_slope = self.slope_under((from + to) / 2.0);
            self.slope = self.free_slope.clamp(-self.limits.slope, self.limits.slope);
        }
        self.pivot = to;
        self.offset = self
            .points()
            .map(|point| point.delay - self.slope * (point.place - to))
            .fold(f64::INFINITY, f64::min);
    }

    /// Slope of the edge of the lower convex hull that lies under `middle`: of all lines below the points
    /// it is the one nearest to them in sum.
    fn slope_under(&self, middle: f64) -> f64 {
        let mut hull: Vec<Point> = Vec::with_capacity(self.bins.len());
        for &point in &self.bins {
            while let [.., before, last] = hull[..] {
                if slope(before, last) < slope(last, point) {
                    break;
                }
                hull.pop();
            }
            hull.push(point);
        }
        hull.windows(2)
            .find(|edge| middle <= edge[1].place)
            .map_or(self.slope, |edge| slope(edge[0], edge[1]))
    }

    fn points(&self) -> impl Iterator<Item = &Point> {
        self.bins
            .iter()
            .chain(self.open.iter().map(|bin| &bin.lowest))
    }
}

fn slope(from: Point, to: Point) -> f64 {
    (to.delay - from.delay) / (to.place - from.place).max(1e-9)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        slope: 200e-6,
        level_before: 30.0,
    };

    /// Packets each 0.1 s over a clock that runs `slow` by this share; every packet but each tenth late
    /// by up to 80 ms.
    fn envelope(slow: f64, seconds: f64) -> Envelope {
        let mut envelope = Envelope::new(0.0, 2.02, LIMITS);
        for k in 1..(seconds * 10.0) as u32 {
            let place = f64::from(k) * 0.1;
            let late = if k % 10 == 0 {
                0.0
            } else {
                f64::from(k * 37 % 80) / 1000.0
            };
            envelope.add(place, 2.02 + place * (1.0 + slow) + late);
        }
        envelope
    }

    #[test]
    fn delays_above_the_line_do_not_move_it() {
        let envelope = envelope(0.0, 100.0);
        assert!((envelope.time_of(100.0) - 102.02).abs() < 1e-6);
        assert!(envelope.slope.abs() < 1e-9);
    }

    #[test]
    fn twenty_millionths_over_ten_minutes_are_followed() {
        let envelope = envelope(20e-6, 600.0);
        assert!((envelope.time_of(600.0) - 602.032).abs() < 1e-4);
        assert!((envelope.slope - 20e-6).abs() < 1e-6);
    }

    #[test]
    fn a_stall_is_not_an_offset_but_a_lasting_change_is() {
        let mut envelope = envelope(0.0, 60.0);
        for k in 600..620 {
            envelope.add(f64::from(k) * 0.1, 2.02 + f64::from(k) * 0.1 + 3.0);
        }
        assert!((envelope.time_of(62.0) - 64.02).abs() < 0.01);
        for k in 620..900 {
            envelope.add(f64::from(k) * 0.1, 2.02 + f64::from(k) * 0.1 + 3.0);
        }
        assert!((envelope.time_of(90.0) - 95.02).abs() < 0.01);
    }

    #[test]
    fn memory_is_bounded() {
        assert!(envelope(0.0, 3000.0).bins.len() <= BINS);
    }
}

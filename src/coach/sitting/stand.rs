//! Sitting or standing, from the pelvis.
//!
//! In a chair the pelvis leans further back than on one's feet. Sitting tall is 0; how far forward standing is from
//! there is learned from walks, for nobody sits while walking. Where the two differ too little, standing still is
//! taken for sitting, and only a walk is a break.

/// Standing must tip the pelvis this much further forward than sitting tall to be told from it, degrees
/// (exercises.md 4.3).
const LEAST_CHANGE_DEG: f64 = 15.0;

/// So many seconds of walking tell how the pelvis stands.
const LEARNED_SECS: f64 = 20.0;

/// Later walks change what was learned with this time constant, seconds.
const FADING_SECS: f64 = 120.0;

/// Learns how the pelvis stands and says whether it does.
#[derive(Clone, Debug, Default)]
pub struct Stand {
    walked_secs: f64,
    /// Mean θ of the pelvis in walks, degrees.
    upright: f64,
}

impl Stand {
    /// One more second, with θ of the pelvis in degrees. Says whether the wearer stands, or walks.
    pub fn second(&mut self, theta: f64, is_walking: bool) -> bool {
        if is_walking {
            self.walked_secs += 1.0;
            self.upright += (theta - self.upright) / self.walked_secs.min(FADING_SECS);
            return false;
        }
        self.line().is_some_and(|line| theta > line)
    }

    /// From here on forward the wearer stands, degrees; `None` where that cannot be told.
    fn line(&self) -> Option<f64> {
        if self.walked_secs < LEARNED_SECS {
            return Some(LEAST_CHANGE_DEG);
        }
        (self.upright >= LEAST_CHANGE_DEG).then_some(0.5 * self.upright)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_teaches_how_the_pelvis_stands() {
        let mut stand = Stand::default();
        assert!(!stand.second(12.0, false) && stand.second(16.0, false));
        (0..30).for_each(|_| {
            stand.second(22.0, true);
        });
        assert!(stand.second(20.0, false) && !stand.second(8.0, false));
    }

    #[test]
    fn a_pelvis_that_stands_as_it_sits_tells_nothing() {
        let mut stand = Stand::default();
        (0..30).for_each(|_| {
            stand.second(9.0, true);
        });
        assert!(!stand.second(40.0, false));
    }
}

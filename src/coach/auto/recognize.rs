//! What a movement looks like: its axis against the vertical, its range, the pose it starts from.

use std::collections::VecDeque;

use super::chain::{Cycle, median};
use crate::coach::event::Movement;

/// A movement with how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kind {
    /// What it looks like.
    pub movement: Movement,
    /// 0 to 1.
    pub confidence: f64,
}

/// More of the turn than this about the vertical, as a share, is a twist.
const TWIST_SHARE: f64 = 0.8;

/// Names the movement of alike repetitions.
pub fn recognize(cycles: &VecDeque<Cycle>) -> Kind {
    let twist = median(cycles.iter().map(|cycle| {
        let way = cycle.way();
        way.w.abs() / way.norm().max(1e-9)
    }))
    .unwrap_or(0.0);
    if twist > TWIST_SHARE {
        return Kind {
            movement: Movement::Twist,
            confidence: twist,
        };
    }
    Kind {
        movement: Movement::Unknown,
        confidence: 0.0,
    }
}

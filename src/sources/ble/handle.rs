//! What a session holds of its sensors while they stream.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream;
use tokio::sync::{Mutex as AsyncMutex, mpsc, watch};
use tokio::task::AbortHandle;

use super::funnel::Funnel;
use super::keeper::Keeper;
use super::radio::Air;
use super::{BleError, Found};
use crate::input::SensorId;
use crate::sensors::Pulse;
use crate::sources::Inputs;
use crate::sources::live::SessionClock;

/// Pulses that wait for a link that is busy; more would come too late to mean anything.
const PULSES: usize = 2;

/// All sensors together are closed within this time: the longest goodbye, and BlueZ's way of disconnecting.
const CLOSE: Duration = Duration::from_secs(15);

/// Something that goes on with a sensor and that the wearer should know. It is being dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whose.
    pub sensor: SensorId,
    /// What, and what to do if it lasts; `None` when all is well again.
    pub error: Option<BleError>,
}

/// Speaks to the sensors of a stream, and ends it. When the last one is dropped, the sensors are closed as well, but
/// nobody can wait for that.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

struct Shared {
    pulses: Vec<mpsc::Sender<Pulse>>,
    closing: watch::Sender<bool>,
    /// Ends when the last keeper has.
    ended: AsyncMutex<mpsc::Receiver<()>>,
    keepers: Vec<AbortHandle>,
    problems: Mutex<Option<mpsc::UnboundedReceiver<Problem>>>,
}

impl Handle {
    /// Gives the wearer a signal through a sensor that can. Never waits; without a link the signal is dropped.
    pub fn pulse(&self, sensor: SensorId, pulse: Pulse) {
        if let Some(pulses) = self.shared.pulses.get(usize::from(sensor.0)) {
            // Full or closed: too late.
            let _ = pulses.try_send(pulse);
        }
    }

    /// Lets every sensor rest and disconnects: the stream of inputs ends. Takes some seconds, a quarter of a minute at
    /// most, and does nothing the second time.
    pub async fn close(&self) {
        self.shared.closing.send_replace(true);
        let mut ended = self.shared.ended.lock().await;
        let all = async { while ended.recv().await.is_some() {} };
        if tokio::time::timeout(CLOSE, all).await.is_err() {
            self.shared.keepers.iter().for_each(AbortHandle::abort);
        }
    }

    /// What goes on, as it happens. Only the first caller gets it.
    pub fn problems(&self) -> Option<mpsc::UnboundedReceiver<Problem>> {
        let problems = self.shared.problems.lock();
        problems.unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// One keeper for each sensor.
pub(super) fn start(
    air: Arc<Air>,
    sensors: Vec<Found>,
    rate_hz: f64,
    clock: SessionClock,
) -> (Inputs<'static>, Handle) {
    let (out, inputs) = mpsc::unbounded_channel();
    let (closing, closed) = watch::channel(false);
    let (alive, ended) = mpsc::channel(1);
    let (problem, problems) = mpsc::unbounded_channel();
    let (mut pulses, mut keepers) = (Vec::new(), Vec::new());
    for (found, id) in sensors.into_iter().zip(0..) {
        let sensor = SensorId(id);
        let funnel = Arc::new(Funnel::new(sensor, clock, out.clone()));
        let (pulse, asked) = mpsc::channel(PULSES);
        pulses.push(pulse);
        let keeper = Keeper::new(air.clone(), found, sensor, rate_hz, funnel, asked);
        let (closed, problem, alive) = (closed.clone(), problem.clone(), alive.clone());
        let task = tokio::spawn(async move {
            keeper.run(closed, problem).await;
            drop(alive);
        });
        keepers.push(task.abort_handle());
    }
    let inputs = stream::unfold(inputs, |mut inputs| async move {
        Some((inputs.recv().await?, inputs))
    });
    let shared = Shared {
        pulses,
        closing,
        ended: AsyncMutex::new(ended),
        keepers,
        problems: Mutex::new(Some(problems)),
    };
    let shared = Arc::new(shared);
    (Box::pin(inputs), Handle { shared })
}

//! Keeps one sensor streaming: connects, opens, watches, and connects again.
//!
//! ```text
//!        ┌──────────────── back-off ◄─────────────┐
//!        ▼                                        │
//!   find if forgotten ─► connect ─► subscribe ─► opening ─► stay ─► lost
//!                                                  (Connected)   (Lost)
//! ```
//!
//! The stream of notifications never ends, whatever happens to the link, the adapter or the service: so a link counts
//! as lost when the system says so, and when nothing came for a while and the system, asked, does not know better.

use std::sync::Arc;
use std::time::Duration;

use btleplug::api::Peripheral as _;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};

use super::find::label;
use super::funnel::Funnel;
use super::link::{Link, Sign};
use super::radio::Air;
use super::scan::Scan;
use super::talk::{Failed, Gatt, talk};
use super::trouble::Trouble;
use super::{BleError, Found, Problem};
use crate::input::{LinkChange, SensorId};
use crate::sensors::{Dialogue, Pulse, Sensor};

/// The first wait before another attempt, and the longest.
const BACK_OFF: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(5)];

/// A sensor that never could be connected is given up after this time; one that could never is.
const FIRST_PATIENCE: Duration = Duration::from_secs(45);

/// One that is in use by another, or does not answer, is given up after so many tries: somebody has to do something.
const FIRST_TRIES: u32 = 3;

/// An opening takes no longer, all its questions together.
const OPENING: Duration = Duration::from_secs(40);

/// A goodbye takes no longer: the wearer waits for it.
const CLOSING: Duration = Duration::from_secs(4);

/// A scan for a sensor that the system forgot. Others may have to scan as well.
const SEARCH: Duration = Duration::from_secs(10);

/// After so long without a packet the system is asked about the link: more than the 2 s that a Verity Sense gathers
/// readings for.
const QUIET: Duration = Duration::from_secs(4);

/// After so long without a packet a link is of no use, whatever the system says.
const SILENT: Duration = Duration::from_secs(10);

/// Packets that came before the link was lost may still be on their way through the program.
const STRAGGLERS: Duration = Duration::from_millis(50);

/// How often the watchdog looks, and how often strength of signal and charge are asked for.
const LOOK: Duration = Duration::from_millis(500);
const ASK: Duration = Duration::from_secs(30);

/// Keeps one sensor.
pub(super) struct Keeper {
    air: Arc<Air>,
    found: Found,
    sensor: SensorId,
    rate_hz: f64,
    funnel: Arc<Funnel>,
    pulses: mpsc::Receiver<Pulse>,
    link: Option<Link>,
    generation: u64,
    /// What the system knows of the sensor is doubtful: it must be looked for.
    is_doubtful: bool,
    /// The sensor was asked to stream on this link, or is being asked.
    may_stream: bool,
}

impl Keeper {
    pub(super) fn new(
        air: Arc<Air>,
        found: Found,
        sensor: SensorId,
        rate_hz: f64,
        funnel: Arc<Funnel>,
        pulses: mpsc::Receiver<Pulse>,
    ) -> Keeper {
        Keeper {
            air,
            found,
            sensor,
            rate_hz,
            funnel,
            pulses,
            link: None,
            generation: 0,
            is_doubtful: false,
            may_stream: false,
        }
    }

    /// Runs until it is told to close, or until there is no hope.
    pub(super) async fn run(
        mut self,
        mut closing: watch::Receiver<bool>,
        problems: mpsc::UnboundedSender<Problem>,
    ) {
        let Some(family) = self.found.sensor else {
            let name = label(&self.found);
            return self.funnel.fail(BleError::Unreadable { name });
        };
        self.generation = self.air.generation().await;
        tokio::select! {
            () = closed(&mut closing) => {}
            () = self.keep(family, &problems) => {}
        }
        self.say_goodbye(family).await;
    }

    /// Connects again and again.
    async fn keep(
        &mut self,
        family: &'static dyn Sensor,
        problems: &mpsc::UnboundedSender<Problem>,
    ) {
        let began = Instant::now();
        let mut told = Told::new(self.sensor, problems);
        let mut was_connected = false;
        let mut tries = 0;
        let mut wait = BACK_OFF[0];
        loop {
            let error = match self.attempt(family).await {
                Ok(()) => {
                    (was_connected, wait) = (true, BACK_OFF[0]);
                    told.tell(None);
                    let error = self.stay(family, &mut told).await;
                    sleep(STRAGGLERS).await;
                    self.funnel.shut();
                    error
                }
                Err(error) => {
                    self.funnel.discard();
                    error
                }
            };
            // What was lost, or is hung up on now, has stopped.
            self.may_stream = false;
            // Also where no link is left: an attempt of BlueZ's may be under way.
            if let Some(link) = &self.link {
                link.disconnect().await;
            }
            tries += 1;
            let is_stuck = matches!(error, BleError::Busy { .. } | BleError::Opening { .. });
            let is_hopeless = error.is_lasting()
                || is_stuck && tries >= FIRST_TRIES
                || began.elapsed() > FIRST_PATIENCE;
            if !was_connected && is_hopeless {
                return self.funnel.fail(error);
            }
            told.tell(Some(error));
            sleep(wait).await;
            wait = (wait * 2).min(BACK_OFF[1]);
        }
    }

    /// One attempt, up to flowing readings.
    async fn attempt(&mut self, family: &'static dyn Sensor) -> Result<(), BleError> {
        let name = label(&self.found);
        if self.is_doubtful || self.generation != self.air.generation().await {
            self.search().await?;
            self.is_doubtful = false;
        }
        match self.connect(family).await {
            Ok(()) => {}
            Err(Failed::Link(trouble)) => {
                // Only a link that was not made, or broke, leaves no doubt about the rest.
                self.is_doubtful = !matches!(
                    trouble,
                    Trouble::NoLink | Trouble::Busy(_) | Trouble::Pairing(_) | Trouble::Missing(_)
                );
                return Err(trouble.explain(&name, "connecting"));
            }
            Err(Failed::Sensor(reason)) => return Err(BleError::Opening { name, reason }),
        }
        Ok(())
    }

    async fn connect(&mut self, family: &'static dyn Sensor) -> Result<(), Failed> {
        let (funnel, mut opening) = (self.funnel.clone(), family.opening(self.rate_hz));
        let link = self.link(family).await.map_err(Failed::Link)?;
        link.connect().await.map_err(Failed::Link)?;
        let (sender, mut ear) = mpsc::unbounded_channel();
        funnel.listen(sender);
        link.subscribe().await.map_err(Failed::Link)?;
        // Whoever ends the session while the sensor is being started has to stop it too.
        self.may_stream = true;
        let Some(link) = &mut self.link else {
            return Err(Failed::Link(Trouble::NoLink));
        };
        let mut reads = Vec::new();
        let mut keep = |channel, bytes: &[u8]| reads.push(funnel.packet(channel, bytes.to_vec()));
        let opened = talk(opening.as_mut(), link, &mut ear, &mut keep);
        match timeout(OPENING, opened).await {
            Ok(opened) => opened?,
            Err(_) => return Err(Failed::Link(Trouble::TimedOut)),
        }
        // What was asked for while there was no link is no longer meant.
        while self.pulses.try_recv().is_ok() {}
        funnel.open(reads);
        if let Some(dbm) = self.found.rssi.and_then(|rssi| i8::try_from(rssi).ok()) {
            self.funnel.tell(LinkChange::Rssi { dbm });
        }
        Ok(())
    }

    /// The line to the sensor: the one there is, or a new one.
    async fn link(&mut self, family: &'static dyn Sensor) -> Result<&mut Link, Trouble> {
        let link = match self.link.take() {
            Some(link) => link,
            None => {
                let adapters = self.air.adapters().await;
                let adapters = adapters.map_err(|error| Trouble::Other(error.to_string()))?;
                let adapter = adapters.get(self.found.adapter).ok_or(Trouble::Unknown)?;
                let peripheral = self.found.peripheral.clone();
                Link::listen(peripheral, adapter, family, self.funnel.clone()).await?
            }
        };
        Ok(self.link.insert(link))
    }

    /// Makes sure of the system, then scans until the sensor is heard.
    async fn search(&mut self) -> Result<(), BleError> {
        let adapters = match self.air.adapters().await {
            Ok(adapters) => adapters,
            Err(error @ (BleError::NoBus { .. } | BleError::Other { .. })) => {
                self.air.reopen(self.generation).await?;
                self.air.adapters().await.map_err(|_| error)?
            }
            Err(error) => return Err(error),
        };
        let generation = self.air.generation().await;
        let _only_one = self.air.scanning.lock().await;
        let mut scan = Scan::start(adapters).await?;
        let heard = timeout(SEARCH, async {
            while let Some(found) = scan.next().await {
                if found.id == self.found.id {
                    return Some(found);
                }
            }
            None
        });
        let heard = heard.await.ok().flatten();
        scan.stop().await;
        let Some(found) = heard else {
            let name = label(&self.found);
            return Err(BleError::OutOfRange { name });
        };
        let is_same = generation == self.generation
            && found.adapter == self.found.adapter
            && found.peripheral.id() == self.found.peripheral.id();
        if !is_same {
            self.link = None;
        }
        // The family is settled: a name or a service that is missing from one advertisement changes nothing.
        let sensor = found.sensor.or(self.found.sensor);
        self.found = Found { sensor, ..found };
        self.generation = generation;
        Ok(())
    }

    /// Watches a link until it is lost, and says why.
    async fn stay(&mut self, family: &'static dyn Sensor, told: &mut Told<'_>) -> BleError {
        let name = label(&self.found);
        let Some(link) = &mut self.link else {
            return BleError::OutOfRange { name };
        };
        let mut look = tokio::time::interval(LOOK);
        let mut ask = tokio::time::interval(ASK);
        let mut asked: Option<Instant> = None;
        let mut last_rssi = self.found.rssi;
        loop {
            tokio::select! {
                sign = link.sign() => match sign {
                    Sign::Disconnected => return BleError::OutOfRange { name },
                    Sign::AdapterOff => return BleError::AdapterOff,
                },
                Some(pulse) = self.pulses.recv() => send(link, family, pulse).await,
                _ = ask.tick() => inform(link, &self.funnel, &mut last_rssi).await,
                _ = look.tick() => {
                    let quiet = self.funnel.heard().elapsed();
                    if quiet < QUIET {
                        asked = None;
                        told.tell(None);
                    } else if quiet >= SILENT {
                        return BleError::Silent { name };
                    } else if asked.is_none() {
                        asked = Some(Instant::now());
                        match link.is_connected().await {
                            Ok(true) => told.tell(Some(BleError::Silent { name: name.clone() })),
                            Ok(false) => return BleError::OutOfRange { name },
                            Err(trouble) => {
                                self.is_doubtful = true;
                                return trouble.explain(&name, "asking about the link");
                            }
                        }
                    }
                }
            }
        }
    }

    /// Lets the sensor rest, so that a strap does not stay on, and disconnects.
    async fn say_goodbye(&mut self, family: &'static dyn Sensor) {
        let Some(link) = &self.link else { return };
        if self.may_stream {
            let (sender, mut ear) = mpsc::unbounded_channel();
            self.funnel.listen(sender);
            let mut closing: Box<dyn Dialogue> = family.closing();
            let goodbye = async {
                // A sensor that does not answer is disconnected all the same.
                let _ = talk(closing.as_mut(), link, &mut ear, &mut |_, _| {}).await;
                link.unsubscribe().await;
            };
            let _ = timeout(CLOSING, goodbye).await;
        }
        link.disconnect().await;
    }
}

/// Ends when somebody says so, or when nobody is left to say it.
async fn closed(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|is_closing| *is_closing).await;
}

/// A signal that cannot be sent is not worth a word.
async fn send(link: &Link, family: &'static dyn Sensor, pulse: Pulse) {
    if let Some(write) = family.pulse(pulse) {
        let _ = link.write(&write).await;
    }
}

async fn inform(link: &Link, funnel: &Funnel, last_rssi: &mut Option<i16>) {
    if let Some(dbm) = link.rssi().await
        && *last_rssi != Some(dbm.into())
    {
        *last_rssi = Some(dbm.into());
        funnel.tell(LinkChange::Rssi { dbm });
    }
    if let Some(percent) = link.battery().await {
        funnel.tell(LinkChange::Battery { percent });
    }
}

/// Tells what changes, once.
struct Told<'a> {
    sensor: SensorId,
    last: Option<BleError>,
    to: &'a mpsc::UnboundedSender<Problem>,
}

impl Told<'_> {
    fn new(sensor: SensorId, to: &mpsc::UnboundedSender<Problem>) -> Told<'_> {
        Told {
            sensor,
            last: None,
            to,
        }
    }

    fn tell(&mut self, error: Option<BleError>) {
        if self.last != error {
            self.last.clone_from(&error);
            let sensor = self.sensor;
            // Nobody may want to know.
            let _ = self.to.send(Problem { sensor, error });
        }
    }
}

//! A sensor that speaks the open protocol, played on a BlueZ of our own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use backcoach_protocol::control::{Answer, Command, Reply, Request};
use backcoach_protocol::data::{
    Flags, FrameBuilder, Header, Position, RawSample, Stream, TICKS_PER_SECOND,
};
use backcoach_protocol::info::{Actuators, Axes, Config, Info, Protocol, Rate, Settings, Streams};
use backcoach_protocol::list::List;
use backcoach_protocol::status::Status;
use backcoach_protocol::uuid;
use fake_bluez::{CharSpec, FakeBluez, Sensor, SensorHandle};
use tokio::task::JoinHandle;

pub const ADDRESS: &str = "F0:0D:BA:CC:0A:C4";

/// What is advertised, and what is there to be connected to.
pub fn advert(address: &str, name: &str) -> Sensor {
    let chars = [
        (uuid::INFO_TEXT, &["read"][..]),
        (uuid::CONTROL_TEXT, &["write", "indicate"]),
        (uuid::DATA_TEXT, &["notify"]),
        (uuid::STATUS_TEXT, &["read", "notify"]),
    ];
    Sensor {
        name: Some(name.to_owned()),
        advertised: vec![uuid::SERVICE_TEXT.to_owned()],
        service: uuid::SERVICE_TEXT.to_owned(),
        chars: chars
            .map(|(uuid, flags)| CharSpec {
                uuid: uuid.to_owned(),
                flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
            })
            .into(),
        ..Sensor::imu(address)
    }
}

/// A BlueZ with an adapter that is on, and a sensor that answers as it should.
pub async fn room() -> (FakeBluez, Player) {
    let bluez = FakeBluez::start().await;
    bluez.add_adapter("hci0", true).await;
    let player = Player::new(&bluez, advert(ADDRESS, "Back")).await;
    (bluez, player)
}

/// Answers what it is asked, and streams between Start and Stop.
pub struct Player {
    pub sensor: Arc<SensorHandle>,
    pub state: Arc<Played>,
    tasks: Vec<JoinHandle<()>>,
}

/// What the sensor did so far.
#[derive(Default)]
pub struct Played {
    is_streaming: AtomicBool,
    /// Set to keep it from sending any readings.
    pub is_mute: AtomicBool,
    /// Data packets taken off its hands.
    pub sent: AtomicU32,
    /// Requests to stop, and cues.
    pub stops: AtomicU32,
    pub cues: AtomicU32,
}

impl Drop for Player {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Player {
    pub async fn new(bluez: &FakeBluez, spec: Sensor) -> Player {
        Player::new_on(bluez, "hci0", spec).await
    }

    pub async fn new_on(bluez: &FakeBluez, adapter: &str, spec: Sensor) -> Player {
        Player::at(bluez, adapter, spec, Duration::from_millis(20)).await
    }

    /// Sends a packet of two readings so often.
    pub async fn at(bluez: &FakeBluez, adapter: &str, spec: Sensor, every: Duration) -> Player {
        let sensor = Arc::new(bluez.add_sensor(adapter, spec).await);
        sensor.set_value(uuid::INFO_TEXT, &info());
        let status = Status {
            generation: config().generation,
            ..Status::default()
        };
        sensor.set_value(uuid::STATUS_TEXT, &status.emit());
        let state = Arc::new(Played::default());
        let tasks = vec![
            tokio::spawn(answer(sensor.clone(), state.clone())),
            tokio::spawn(stream(sensor.clone(), state.clone(), every)),
        ];
        Player {
            sensor,
            state,
            tasks,
        }
    }

    pub fn sent(&self) -> u32 {
        self.state.sent.load(Ordering::SeqCst)
    }

    pub async fn wait_sent(&self, count: u32) {
        let enough = async {
            while self.sent() < count {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let limit = Duration::from_secs(60);
        tokio::time::timeout(limit, enough).await.unwrap();
    }
}

fn config() -> Config {
    Config {
        generation: 1,
        settings: Settings {
            stream: Stream::Accel,
            rate: Rate::from_hz(100),
            accel_range_g: 4,
            gyro_range_dps: 0,
        },
        accel_scale: 0.001_2,
        gyro_scale: 0.0,
    }
}

fn info() -> Vec<u8> {
    let info = Info {
        protocol: Protocol::CURRENT,
        device_id: [7; 8],
        streams: Streams::Accel,
        rates: List::from_slice(&[Rate::from_hz(100)]).unwrap(),
        accel_ranges_g: List::from_slice(&[4]).unwrap(),
        gyro_ranges_dps: List::from_slice(&[]).unwrap(),
        config: config(),
        actuators: Actuators::default(),
        buffer_depth: 0,
        axes: Axes::default(),
    };
    let mut buffer = vec![0; Info::MAX_LEN];
    let length = info.emit(&mut buffer).unwrap();
    buffer.truncate(length);
    buffer
}

async fn answer(sensor: Arc<SensorHandle>, state: Arc<Played>) {
    loop {
        let write = sensor.next_write().await;
        let request = Request::parse(&write.value).unwrap();
        let answer = match request.command {
            Command::Start => Answer::Started,
            Command::Stop => Answer::Stopped,
            Command::GetConfig => Answer::Config(config()),
            Command::Configure(_) => Answer::Configured(config()),
            Command::SetLatency { millis } => Answer::Latency { millis },
            Command::Cue(_) => Answer::Cueing,
            other => panic!("nobody should ask for {other:?}"),
        };
        let reply = Reply {
            reference: request.reference,
            answer,
        };
        let mut buffer = [0; Reply::MAX_LEN];
        let length = reply.emit(&mut buffer).unwrap();
        sensor.notify(uuid::CONTROL_TEXT, &buffer[..length]).await;
        match request.command {
            Command::Start => state.is_streaming.store(true, Ordering::SeqCst),
            Command::Stop => {
                state.is_streaming.store(false, Ordering::SeqCst);
                state.stops.fetch_add(1, Ordering::SeqCst);
            }
            Command::Cue(_) => {
                state.cues.fetch_add(1, Ordering::SeqCst);
            }
            _ => {}
        }
    }
}

/// A packet's index is twice its number, so that a test sees which ones arrived.
async fn stream(sensor: Arc<SensorHandle>, state: Arc<Played>, every: Duration) {
    let mut ticks = tokio::time::interval(every);
    loop {
        ticks.tick().await;
        let flows = state.is_streaming.load(Ordering::SeqCst);
        if !flows || state.is_mute.load(Ordering::SeqCst) {
            continue;
        }
        let number = state.sent.load(Ordering::SeqCst);
        if sensor.notify(uuid::DATA_TEXT, &data(number)).await {
            state.sent.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn data(number: u32) -> Vec<u8> {
    let index = number * 2;
    let header = Header {
        stream: Stream::Accel,
        flags: Flags::default(),
        run: 0,
        generation: config().generation,
        position: Position::Full {
            index,
            timestamp: (u64::from(index) * u64::from(TICKS_PER_SECOND) / 100) as u32,
        },
    };
    let mut buffer = vec![0; 64];
    let mut builder = FrameBuilder::new(&mut buffer, header).unwrap();
    for _ in 0..2 {
        let sample = RawSample {
            accel: [0, 0, 8000],
            gyro: None,
        };
        builder.push(sample).unwrap();
    }
    let length = builder.finish();
    buffer.truncate(length);
    buffer
}

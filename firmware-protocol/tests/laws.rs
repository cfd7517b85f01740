//! What must hold for every packet: any bytes are answered, and what was written reads back the same.
#![allow(clippy::unwrap_used)]

use backcoach_protocol::{
    control::{
        Answer, Calibration, Command, Cue, CueActuators, Pattern, Refusal, Reply, Request, TimeSync,
    },
    data::{Expander, Flags, Frame, FrameBuilder, Header, Place, Position, RawSample, Stream},
    info::{Actuators, Axes, Config, Info, Protocol, Rate, Settings, Streams, Tlvs},
    list::List,
    status::{ErrorCode, Status},
};
use proptest::{collection::vec, prelude::*, sample::select};

fn stream() -> impl Strategy<Value = Stream> {
    select(vec![Stream::Accel, Stream::AccelGyro])
}

fn flags() -> impl Strategy<Value = Flags> {
    any::<[bool; 3]>().prop_map(|[clipped, overrun, time_reset]| Flags {
        clipped,
        overrun,
        time_reset,
    })
}

fn position() -> impl Strategy<Value = Position> {
    (any::<bool>(), any::<u32>(), any::<u32>()).prop_map(|(full, index, timestamp)| match full {
        true => Position::Full { index, timestamp },
        false => Position::compact(index, timestamp),
    })
}

fn header() -> impl Strategy<Value = Header> {
    (stream(), flags(), 0u8..16, any::<u8>(), position()).prop_map(
        |(stream, flags, run, generation, position)| Header {
            stream,
            flags,
            run,
            generation,
            position,
        },
    )
}

fn samples(stream: Stream, raw: &[[i16; 6]]) -> Vec<RawSample> {
    let gyro = |axes: [i16; 3]| (stream == Stream::AccelGyro).then_some(axes);
    raw.iter()
        .map(|&[x, y, z, p, q, r]| RawSample {
            accel: [x, y, z],
            gyro: gyro([p, q, r]),
        })
        .collect()
}

fn settings() -> impl Strategy<Value = Settings> {
    (stream(), 1u16.., 1u16.., 1u16..).prop_map(|(stream, rate, accel_range_g, gyro_range_dps)| {
        Settings {
            stream,
            rate: Rate::from_sixteenths_hz(rate),
            accel_range_g,
            gyro_range_dps,
        }
    })
}

fn config() -> impl Strategy<Value = Config> {
    let scale = || f32::MIN_POSITIVE..1e6;
    (any::<u8>(), settings(), scale(), scale()).prop_map(
        |(generation, settings, accel_scale, gyro_scale)| Config {
            generation,
            settings,
            accel_scale,
            gyro_scale,
        },
    )
}

fn actuators() -> impl Strategy<Value = CueActuators> {
    any::<[bool; 2]>().prop_map(|[haptic, led]| CueActuators { haptic, led })
}

fn axes() -> impl Strategy<Value = Axes> {
    let code = || -3i8..=3;
    (code(), code(), code()).prop_filter_map("no turn", |(x, y, z)| {
        Axes::parse(&[x, y, z].map(i8::cast_unsigned)).ok()
    })
}

/// Lists of up to 15 values, and room for the one that is set.
fn list_with(set: u16) -> impl Strategy<Value = Vec<u16>> {
    (
        vec(any::<u16>(), 0..List::CAPACITY),
        any::<prop::sample::Index>(),
    )
        .prop_map(move |(mut values, index)| {
            values.insert(index.index(values.len() + 1), set);
            values
        })
}

prop_compose! {
    fn info()(config in config(), both in any::<bool>())(
        rates in list_with(config.settings.rate.sixteenths_hz),
        accel_ranges in list_with(config.settings.accel_range_g),
        gyro_ranges in list_with(config.settings.gyro_range_dps),
        which in actuators(),
        axes in axes(),
        (minor, device_id, max_on_millis, buffer_depth) in any::<(u8, [u8; 8], u16, u32)>(),
        config in Just(config),
        both in Just(both),
    ) -> Info {
        let rates: Vec<_> = rates.into_iter().map(Rate::from_sixteenths_hz).collect();
        Info {
            protocol: Protocol { major: Protocol::MAJOR, minor },
            device_id,
            streams: match (both, config.settings.stream) {
                (true, _) => Streams::Both,
                (false, Stream::Accel) => Streams::Accel,
                (false, Stream::AccelGyro) => Streams::AccelGyro,
            },
            rates: List::from_slice(&rates).unwrap(),
            accel_ranges_g: List::from_slice(&accel_ranges).unwrap(),
            gyro_ranges_dps: List::from_slice(&gyro_ranges).unwrap(),
            config,
            actuators: Actuators { which, max_on_millis },
            buffer_depth,
            axes,
        }
    }
}

fn cue() -> impl Strategy<Value = Cue> {
    use Pattern::{Double, Falling, Long, Off, Rising, Short, Triple};
    let pattern = select(vec![Off, Short, Long, Double, Triple, Rising, Falling]);
    (actuators(), pattern, any::<u8>(), 1u8.., 1u16..).prop_map(
        |(actuators, pattern, intensity, repeat, max_on)| Cue {
            actuators,
            pattern,
            intensity,
            repeat,
            max_on_millis: max_on,
        },
    )
}

fn request() -> impl Strategy<Value = Request> {
    let command = prop_oneof![
        Just(Command::GetConfig),
        Just(Command::Start),
        Just(Command::Stop),
        settings().prop_map(Command::Configure),
        any::<u16>().prop_map(|millis| Command::SetLatency { millis }),
        Just(Command::Calibrate(Calibration::Forget)),
        Just(Command::Calibrate(Calibration::GyroBias)),
        any::<u8>().prop_map(|secs| Command::Identify { secs }),
        cue().prop_map(Command::Cue),
        any::<u64>().prop_map(|host_micros| Command::TimeSync { host_micros }),
    ];
    (any::<u8>(), command).prop_map(|(reference, command)| Request { reference, command })
}

fn reply() -> impl Strategy<Value = Reply> {
    let times = any::<(u64, u32, u32)>();
    let sync = times.prop_map(|(host_micros, received, sent)| TimeSync {
        host_micros,
        received,
        sent,
    });
    let refusal = (1u8..).prop_map(|code| Refusal::new(code).unwrap());
    let answer = prop_oneof![
        config().prop_map(Answer::Config),
        select(vec![
            Answer::Started,
            Answer::Stopped,
            Answer::Calibrating,
            Answer::Identifying,
            Answer::Cueing
        ]),
        config().prop_map(Answer::Configured),
        any::<u16>().prop_map(|millis| Answer::Latency { millis }),
        sync.prop_map(Answer::TimeSync),
        (any::<u8>(), refusal).prop_map(|(opcode, refusal)| Answer::Refused { opcode, refusal }),
    ];
    (any::<u8>(), answer).prop_map(|(reference, answer)| Reply { reference, answer })
}

prop_compose! {
    fn status()(
        [streaming, calibrating, charging, battery_low] in any::<[bool; 4]>(),
        worn in any::<Option<bool>>(),
        [generation, error, buttons, presses, taps, double_taps] in any::<[u8; 6]>(),
        (battery_millivolts, latency_millis, clipped, lost) in any::<(u16, u16, u32, u32)>(),
    ) -> Status {
        Status {
            streaming, calibrating, charging, worn, battery_low, generation, error: ErrorCode(error), buttons,
            presses, taps, double_taps, battery_millivolts, latency_millis, clipped, lost,
        }
    }
}

/// Reads bytes as every packet there is.
fn read_as_all(bytes: &[u8]) {
    if let Ok(frame) = Frame::parse(bytes) {
        assert_eq!(frame.samples().count(), frame.len());
        let _ = Expander::new().expand(&frame);
    }
    let _ = Info::parse(bytes);
    assert!(Tlvs::new(bytes).count() <= bytes.len());
    if let Err(error) = Request::parse(bytes) {
        assert!(!error.to_string().is_empty());
        assert_eq!(
            Reply::to_bad_request(bytes, &error).is_some(),
            bytes.len() >= 2
        );
    }
    let _ = Reply::parse(bytes);
    let _ = Status::parse(bytes);
    let _ = (
        Config::parse(bytes),
        Settings::parse(bytes),
        Cue::parse(bytes),
        Axes::parse(bytes),
    );
}

/// Bytes that begin like a packet get further in than noise.
fn nearly_a_packet() -> impl Strategy<Value = Vec<u8>> {
    let whole = prop_oneof![
        info().prop_map(|info| {
            let mut buffer = [0; Info::MAX_LEN];
            let len = info.emit(&mut buffer).unwrap();
            buffer[..len].to_vec()
        }),
        reply().prop_map(|reply| {
            let mut buffer = [0; Reply::MAX_LEN];
            let len = reply.emit(&mut buffer).unwrap();
            buffer[..len].to_vec()
        }),
        request().prop_map(|request| {
            let mut buffer = [0; Request::MAX_LEN];
            let len = request.emit(&mut buffer).unwrap();
            buffer[..len].to_vec()
        }),
        status().prop_map(|status| status.emit().to_vec()),
        (select(vec![1u8, 2, 0x11, 0x12]), vec(any::<u8>(), 0..60)).prop_map(
            |(kind, mut bytes)| {
                bytes.insert(0, kind);
                bytes
            }
        ),
    ];
    (
        whole,
        vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        any::<prop::sample::Index>(),
    )
        .prop_map(|(mut bytes, changes, end)| {
            for (index, value) in changes {
                let at = index.index(bytes.len());
                bytes[at] = value;
            }
            bytes.truncate(end.index(bytes.len() + 1));
            bytes
        })
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in vec(any::<u8>(), 0..520)) {
        read_as_all(&bytes);
    }

    #[test]
    fn damaged_packets_are_answered(bytes in nearly_a_packet()) {
        read_as_all(&bytes);
    }

    #[test]
    fn frames_read_back(header in header(), raw in vec(any::<[i16; 6]>(), 0..40)) {
        let written = samples(header.stream, &raw);
        let mut buffer = [0; 512];
        let mut builder = FrameBuilder::new(&mut buffer, header).unwrap();
        for &sample in &written {
            builder.push(sample).unwrap();
        }
        let len = builder.finish();
        if len > 0 {
            let frame = Frame::parse(&buffer[..len]).unwrap();
            prop_assert_eq!(frame.header, header);
            prop_assert!(frame.samples().eq(written));
        }
    }

    #[test]
    fn a_frame_never_outgrows_its_buffer(header in header(), len in 0usize..300) {
        let mut buffer = vec![0; len];
        if let Ok(mut builder) = FrameBuilder::new(&mut buffer, header) {
            let room = builder.room();
            let gyro = (header.stream == Stream::AccelGyro).then_some([0; 3]);
            let mut pushed = 0;
            while builder.push(RawSample { accel: [0; 3], gyro }).is_ok() {
                pushed += 1;
            }
            prop_assert_eq!(pushed, room);
            prop_assert!(builder.finish() <= len);
        }
    }

    /// Whatever is lost, a place that is given is the right one, as long as the link lives.
    #[test]
    fn loss_never_moves_a_frame(
        first in any::<(u32, u32)>(),
        steps in vec((1u32..20_000, 1u32..1_048_576, any::<bool>(), any::<bool>()), 1..40),
    ) {
        let (mut index, mut timestamp) = first;
        let mut expander = Expander::new();
        let mut silent = (0u32, 0u32);
        let mut anchored = false;
        for (samples, ticks, full, lost) in steps {
            index = index.wrapping_add(samples);
            timestamp = timestamp.wrapping_add(ticks);
            silent = (silent.0 + samples, silent.1 + ticks);
            if lost && silent.0 < 12_000 && silent.1 < 7_000_000 {
                continue;
            }
            silent = (0, 0);
            let position = match full {
                true => Position::Full { index, timestamp },
                false => Position::compact(index, timestamp),
            };
            let header = Header { stream: Stream::Accel, flags: Flags::default(), run: 3, generation: 0, position };
            let mut buffer = [0; 20];
            let mut builder = FrameBuilder::new(&mut buffer, header).unwrap();
            builder.push(RawSample::default()).unwrap();
            let len = builder.finish();
            anchored |= full;
            let place = expander.expand(&Frame::parse(&buffer[..len]).unwrap()).ok();
            prop_assert_eq!(place, anchored.then_some(Place { index, timestamp }));
        }
    }

    #[test]
    fn info_reads_back(info in info()) {
        let mut buffer = [0; Info::MAX_LEN];
        let len = info.emit(&mut buffer).unwrap();
        prop_assert_eq!(Info::parse(&buffer[..len]), Ok(info));
        prop_assert!(info.emit(&mut buffer[..len - 1]).is_err());
    }

    #[test]
    fn unknown_pieces_change_nothing(info in info(), kind in 0x0bu8.., value in vec(any::<u8>(), 0..100)) {
        let mut buffer = [0; Info::MAX_LEN];
        let len = info.emit(&mut buffer).unwrap();
        let piece = [&[kind, value.len() as u8], &value[..]].concat();
        let bytes = [&buffer[..4], &piece, &buffer[4..len], &piece].concat();
        prop_assert_eq!(Info::parse(&bytes), Ok(info));
    }

    #[test]
    fn requests_read_back(request in request()) {
        let mut buffer = [0; Request::MAX_LEN];
        let len = request.emit(&mut buffer).unwrap();
        prop_assert_eq!(Request::parse(&buffer[..len]), Ok(request));
        prop_assert!(request.emit(&mut buffer[..len - 1]).is_err());
    }

    #[test]
    fn replies_read_back(reply in reply(), more in vec(any::<u8>(), 0..9)) {
        let mut buffer = [0; Reply::MAX_LEN];
        let len = reply.emit(&mut buffer).unwrap();
        prop_assert_eq!(Reply::parse(&buffer[..len]), Ok(reply));
        prop_assert_eq!(Reply::parse(&[&buffer[..len], &more].concat()), Ok(reply));
        prop_assert!(reply.emit(&mut buffer[..len - 1]).is_err());
    }

    #[test]
    fn statuses_read_back(status in status()) {
        prop_assert_eq!(Status::parse(&status.emit()), Ok(status));
    }
}

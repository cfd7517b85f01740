//! Reads `vectors.txt`: every packet there means what it says beside it, and is written as the same bytes.
#![allow(clippy::unwrap_used, clippy::panic)]

use backcoach_protocol::{
    ParseError,
    control::{Answer, Calibration, Command, Cue, Pattern, Reply, Request},
    data::{Expander, Frame, FrameBuilder, Position, RawSample, Stream},
    info::{Config, Info, Rate, Settings, Streams},
    status::Status,
};

const VECTORS: &str = include_str!("../vectors.txt");

/// A packet's fields as text, and its bytes when it is written again.
type Described = Result<(String, Vec<u8>), ParseError>;

struct Vector {
    name: &'static str,
    hex: &'static str,
    one_way: bool,
    fields: String,
}

fn vectors() -> impl Iterator<Item = Vector> {
    VECTORS
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut parts = line.split(' ').peekable();
            let (name, hex) = (parts.next().unwrap(), parts.next().unwrap());
            let one_way = parts.next_if_eq(&"oneway").is_some();
            Vector {
                name,
                hex,
                one_way,
                fields: parts.collect::<Vec<_>>().join(" "),
            }
        })
}

fn bytes(hex: &str) -> Vec<u8> {
    let hex = hex.trim_start_matches('-');
    let digits: Vec<_> = hex
        .chars()
        .map(|digit| digit.to_digit(16).unwrap() as u8)
        .collect();
    assert!(digits.len().is_multiple_of(2), "{hex}");
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

#[test]
fn every_vector_reads_and_writes_as_it_says() {
    for Vector {
        name,
        hex,
        one_way,
        fields,
    } in vectors()
    {
        let packet = name.split('.').next().unwrap();
        if packet == "expand" {
            assert_eq!(places(hex), fields, "{name}");
            continue;
        }
        let bytes = bytes(hex);
        let described = match packet {
            "data" => data(&bytes),
            "info" => info(&bytes),
            "request" => request(&bytes),
            "reply" => reply(&bytes),
            "status" => status(&bytes),
            _ => panic!("{name}: no such packet"),
        };
        match described {
            Ok((found, written)) => {
                assert_eq!(found, fields, "{name}");
                assert_eq!(
                    written != bytes,
                    one_way,
                    "{name} is written as {written:02x?}"
                );
            }
            Err(error) => assert_eq!(format!("error={}", kind(&error)), fields, "{name}: {error}"),
        }
    }
}

#[test]
fn names_are_unique_and_every_kind_of_error_occurs() {
    let mut names: Vec<_> = vectors().map(|vector| vector.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    let kinds = [
        "too_short",
        "wrong_length",
        "unknown_type",
        "bad_value",
        "missing",
        "duplicate",
        "unsupported_major",
    ];
    for kind in kinds {
        assert!(
            vectors().any(|vector| vector.fields == format!("error={kind}")),
            "{kind}"
        );
    }
}

/// The example of each packet in the specification is one of the vectors.
#[test]
fn the_examples_in_the_readme_are_vectors() {
    let readme = include_str!("../README.md");
    let examples: Vec<_> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("example "))
        .collect();
    for packet in ["data", "info", "request", "reply", "status"] {
        assert!(
            examples.iter().any(|example| example.starts_with(packet)),
            "no example of {packet}"
        );
    }
    for example in examples {
        let (name, hex) = example.split_once(' ').unwrap();
        let hex = hex.replace(' ', "");
        assert!(
            vectors().any(|vector| vector.name == name && vector.hex == hex),
            "{name} is no vector"
        );
    }
}

fn kind(error: &ParseError) -> &'static str {
    match error {
        ParseError::TooShort { .. } => "too_short",
        ParseError::WrongLength { .. } => "wrong_length",
        ParseError::UnknownType { .. } => "unknown_type",
        ParseError::BadValue { .. } => "bad_value",
        ParseError::Missing { .. } => "missing",
        ParseError::Duplicate { .. } => "duplicate",
        ParseError::UnsupportedMajor { .. } => "unsupported_major",
    }
}

fn stream(stream: Stream) -> &'static str {
    match stream {
        Stream::Accel => "accel",
        Stream::AccelGyro => "accel+gyro",
    }
}

fn join<T: ToString>(values: impl IntoIterator<Item = T>, between: &str) -> String {
    values
        .into_iter()
        .map(|value| value.to_string())
        .collect::<Vec<_>>()
        .join(between)
}

fn data(bytes: &[u8]) -> Described {
    let frame = Frame::parse(bytes)?;
    let header = frame.header;
    let (form, position) = match header.position {
        Position::Full { index, timestamp } => {
            ("full", format!("index={index} timestamp={timestamp}"))
        }
        Position::Compact {
            index_low,
            timestamp_low,
        } => (
            "compact",
            format!("index_low={index_low} timestamp_low={timestamp_low}"),
        ),
    };
    let mut text = format!(
        "form={form} stream={} clipped={:b} overrun={:b} time_reset={:b} run={} generation={} {position} count={}",
        stream(header.stream),
        u8::from(header.flags.clipped),
        u8::from(header.flags.overrun),
        u8::from(header.flags.time_reset),
        header.run,
        header.generation,
        frame.len(),
    );
    if !frame.is_empty() {
        text += &format!(
            " accel={}",
            join(frame.samples().map(|sample| join(sample.accel, ",")), ";")
        );
        if header.stream == Stream::AccelGyro {
            text += &format!(
                " gyro={}",
                join(
                    frame.samples().filter_map(|s| s.gyro).map(|g| join(g, ",")),
                    ";"
                )
            );
        }
    }
    let mut buffer = [0; 512];
    let mut builder = FrameBuilder::new(&mut buffer, header).unwrap();
    frame
        .samples()
        .for_each(|sample: RawSample| builder.push(sample).unwrap());
    let len = builder.finish();
    Ok((text, buffer[..len].to_vec()))
}

fn places(frames: &str) -> String {
    let mut expander = Expander::new();
    let places = frames.split(',').map(|hex| {
        let bytes = bytes(hex);
        match expander.expand(&Frame::parse(&bytes).unwrap()) {
            Ok(place) => format!("{}@{}", place.index, place.timestamp),
            Err(_) => "?".to_owned(),
        }
    });
    format!("places={}", join(places, ","))
}

fn config(config: &Config) -> String {
    let (accel, gyro) = (config.accel_scale.to_bits(), config.gyro_scale.to_bits());
    let settings = settings(&config.settings);
    format!(
        "generation={} {settings} accel_scale=0x{accel:08x} gyro_scale=0x{gyro:08x}",
        config.generation
    )
}

fn settings(settings: &Settings) -> String {
    let Settings {
        stream: which,
        rate: Rate { sixteenths_hz },
        accel_range_g,
        gyro_range_dps,
    } = settings;
    let stream = stream(*which);
    format!(
        "stream={stream} rate={sixteenths_hz} accel_range={accel_range_g} gyro_range={gyro_range_dps}"
    )
}

fn info(bytes: &[u8]) -> Described {
    let info = Info::parse(bytes)?;
    let streams = match info.streams {
        Streams::Accel => "accel",
        Streams::AccelGyro => "accel+gyro",
        Streams::Both => "accel,accel+gyro",
    };
    let gyro_ranges = match info.gyro_ranges_dps.is_empty() {
        true => "-".to_owned(),
        false => join(info.gyro_ranges_dps.iter(), ","),
    };
    let text = format!(
        "protocol={}.{} device_id={} streams={streams} rates={} accel_ranges={} gyro_ranges={gyro_ranges} {} \
         haptic={} led={} max_on={} buffer_depth={} axes={}",
        info.protocol.major,
        info.protocol.minor,
        join(info.device_id.map(|byte| format!("{byte:02x}")), ""),
        join(info.rates.iter().map(|rate| rate.sixteenths_hz), ","),
        join(info.accel_ranges_g.iter(), ","),
        config(&info.config),
        u8::from(info.actuators.which.haptic),
        u8::from(info.actuators.which.led),
        info.actuators.max_on_millis,
        info.buffer_depth,
        join(info.axes.emit().map(u8::cast_signed), ","),
    );
    let mut buffer = [0; Info::MAX_LEN];
    let len = info.emit(&mut buffer).unwrap();
    Ok((text, buffer[..len].to_vec()))
}

fn cue(cue: &Cue) -> String {
    let pattern = match cue.pattern {
        Pattern::Off => "off",
        Pattern::Short => "short",
        Pattern::Long => "long",
        Pattern::Double => "double",
        Pattern::Triple => "triple",
        Pattern::Rising => "rising",
        Pattern::Falling => "falling",
    };
    let (haptic, led) = (u8::from(cue.actuators.haptic), u8::from(cue.actuators.led));
    let Cue {
        intensity,
        repeat,
        max_on_millis,
        ..
    } = cue;
    format!(
        " haptic={haptic} led={led} pattern={pattern} intensity={intensity} repeat={repeat} max_on={max_on_millis}"
    )
}

fn request(bytes: &[u8]) -> Described {
    let request = Request::parse(bytes)?;
    let (name, rest) = match request.command {
        Command::GetConfig => ("get_config", String::new()),
        Command::Start => ("start", String::new()),
        Command::Stop => ("stop", String::new()),
        Command::Configure(wanted) => ("configure", format!(" {}", settings(&wanted))),
        Command::SetLatency { millis } => ("set_latency", format!(" ms={millis}")),
        Command::Calibrate(Calibration::Forget) => ("calibrate", " kind=forget".to_owned()),
        Command::Calibrate(Calibration::GyroBias) => ("calibrate", " kind=gyro_bias".to_owned()),
        Command::Identify { secs } => ("identify", format!(" s={secs}")),
        Command::Cue(wanted) => ("cue", cue(&wanted)),
        Command::TimeSync { host_micros } => ("time_sync", format!(" host_us={host_micros}")),
    };
    let mut buffer = [0; Request::MAX_LEN];
    let len = request.emit(&mut buffer).unwrap();
    Ok((
        format!("reference={} command={name}{rest}", request.reference),
        buffer[..len].to_vec(),
    ))
}

fn reply(bytes: &[u8]) -> Described {
    let reply = Reply::parse(bytes)?;
    let (name, rest) = match reply.answer {
        Answer::Config(found) => ("config", format!(" {}", config(&found))),
        Answer::Started => ("started", String::new()),
        Answer::Stopped => ("stopped", String::new()),
        Answer::Configured(found) => ("configured", format!(" {}", config(&found))),
        Answer::Latency { millis } => ("latency", format!(" ms={millis}")),
        Answer::Calibrating => ("calibrating", String::new()),
        Answer::Identifying => ("identifying", String::new()),
        Answer::Cueing => ("cueing", String::new()),
        Answer::TimeSync(sync) => (
            "time_sync",
            format!(
                " host_us={} received={} sent={}",
                sync.host_micros, sync.received, sync.sent
            ),
        ),
        Answer::Refused { refusal, .. } => ("refused", format!(" code={}", refusal.code())),
    };
    let text = format!(
        "opcode={} reference={} answer={name}{rest}",
        reply.answer.opcode(),
        reply.reference
    );
    let mut buffer = [0; Reply::MAX_LEN];
    let len = reply.emit(&mut buffer).unwrap();
    Ok((text, buffer[..len].to_vec()))
}

fn status(bytes: &[u8]) -> Described {
    let status = Status::parse(bytes)?;
    let worn = status
        .worn
        .map_or("-".to_owned(), |worn| u8::from(worn).to_string());
    let text = format!(
        "streaming={} calibrating={} charging={} worn={worn} battery_low={} generation={} error_code={} buttons={} \
         presses={} taps={} double_taps={} battery_mv={} latency_ms={} clipped={} lost={}",
        u8::from(status.streaming),
        u8::from(status.calibrating),
        u8::from(status.charging),
        u8::from(status.battery_low),
        status.generation,
        status.error.0,
        status.buttons,
        status.presses,
        status.taps,
        status.double_taps,
        status.battery_millivolts,
        status.latency_millis,
        status.clipped,
        status.lost,
    );
    Ok((text, status.emit().to_vec()))
}

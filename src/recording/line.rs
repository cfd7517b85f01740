//! One line of a recording: its check sum, its number and its JSON.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use nalgebra::Vector3;
use serde::{Deserialize, Serialize};

use super::{End, Header, RecordingError};
use crate::coach::Event;
use crate::input::{Channel, Command, Input, LinkChange, Sample, SensorId};
pub(super) use crate::sealed::{MARK, body_text, is_intact, seal};
use crate::units::{Acceleration, AngularRate, HostTime, SessionTime};

/// What a whole line says.
#[derive(Debug)]
pub(super) struct Line {
    /// Its number in the file.
    pub n: u64,
    /// Its content.
    pub body: Body,
}

/// The kinds of lines.
#[derive(Debug)]
pub(super) enum Body {
    Header(Box<Header>),
    Input(Input),
    Event(Box<Event>),
    End(End),
    /// A kind that a newer program writes.
    Unknown,
}

/// The body of a line that holds an input: everything after the line's number.
pub(super) fn input_body(input: &Input) -> Result<String, RecordingError> {
    match input {
        Input::Packet {
            sensor,
            at,
            channel,
            bytes,
        } => body(
            "packet",
            &PacketLine {
                sensor: *sensor,
                at: *at,
                channel: *channel,
                bytes: BASE64_STANDARD.encode(bytes),
            },
        ),
        Input::Sample { sensor, sample } => {
            let finite = sample.accel.is_finite() && sample.gyro.is_none_or(AngularRate::is_finite);
            if !finite {
                return Err(RecordingError::NotANumber { at: sample.at });
            }
            body("sample", &SampleLine::new(*sensor, sample))
        }
        Input::Link { sensor, at, change } => body(
            "link",
            &LinkLine {
                sensor: *sensor,
                at: *at,
                change: *change,
            },
        ),
        Input::Command { at, command } => body(
            "command",
            &CommandLine {
                at: *at,
                command: *command,
            },
        ),
        Input::Tick { at } => body("tick", &TickLine { at: *at }),
    }
}

/// The body of a line of one kind.
pub(super) fn body(kind: &str, content: &impl Serialize) -> Result<String, RecordingError> {
    let json = serde_json::to_string(content).map_err(RecordingError::Json)?;
    Ok(format!("\"{kind}\":{json}}}"))
}

/// Reads an intact line.
///
/// # Errors
/// Why its content cannot be understood.
pub(super) fn parse(line: &[u8]) -> Result<Line, String> {
    let fields: Fields =
        serde_json::from_slice(line).map_err(|error| match newer_schema(line) {
            Some(found) => RecordingError::Newer { found }.to_string(),
            None => error.to_string(),
        })?;
    Ok(Line {
        n: fields.n,
        body: fields.into_body()?,
    })
}

/// The schema of a header that is newer than this program, read without the rest of it.
pub(super) fn newer_schema(line: &[u8]) -> Option<u32> {
    #[derive(Deserialize)]
    struct Outer {
        header: Inner,
    }
    #[derive(Deserialize)]
    struct Inner {
        schema: u32,
    }
    let outer: Outer = serde_json::from_slice(line).ok()?;
    (outer.header.schema > super::SCHEMA).then_some(outer.header.schema)
}

#[derive(Deserialize)]
struct Fields {
    n: u64,
    header: Option<Box<Header>>,
    packet: Option<PacketLine>,
    sample: Option<SampleLine>,
    link: Option<LinkLine>,
    command: Option<CommandLine>,
    tick: Option<TickLine>,
    event: Option<Box<Event>>,
    end: Option<End>,
}

impl Fields {
    fn into_body(self) -> Result<Body, String> {
        if let Some(packet) = self.packet {
            return packet.into_input().map(Body::Input);
        }
        if let Some(sample) = self.sample {
            return Ok(Body::Input(sample.into_input()));
        }
        if let Some(event) = self.event {
            return Ok(Body::Event(event));
        }
        if let Some(LinkLine { sensor, at, change }) = self.link {
            return Ok(Body::Input(Input::Link { sensor, at, change }));
        }
        if let Some(CommandLine { at, command }) = self.command {
            return Ok(Body::Input(Input::Command { at, command }));
        }
        if let Some(TickLine { at }) = self.tick {
            return Ok(Body::Input(Input::Tick { at }));
        }
        if let Some(header) = self.header {
            if header.schema > super::SCHEMA {
                let found = header.schema;
                return Err(RecordingError::Newer { found }.to_string());
            }
            return Ok(Body::Header(header));
        }
        Ok(self.end.map_or(Body::Unknown, Body::End))
    }
}

#[derive(Serialize, Deserialize)]
struct PacketLine {
    sensor: SensorId,
    at: HostTime,
    channel: Channel,
    bytes: String,
}

impl PacketLine {
    fn into_input(self) -> Result<Input, String> {
        let bytes = BASE64_STANDARD
            .decode(&self.bytes)
            .map_err(|error| format!("the packet's bytes are not base64: {error}"))?;
        Ok(Input::Packet {
            sensor: self.sensor,
            at: self.at,
            channel: self.channel,
            bytes,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct SampleLine {
    sensor: SensorId,
    at: SessionTime,
    accel: [f64; 3],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gyro: Option<[f64; 3]>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    clipped: bool,
}

impl SampleLine {
    fn new(sensor: SensorId, sample: &Sample) -> SampleLine {
        SampleLine {
            sensor,
            at: sample.at,
            accel: sample.accel.meters_per_second_squared().into(),
            gyro: sample.gyro.map(|gyro| gyro.radians_per_second().into()),
            clipped: sample.clipped,
        }
    }

    fn into_input(self) -> Input {
        let accel = Acceleration::from_meters_per_second_squared(Vector3::from(self.accel));
        let gyro = self
            .gyro
            .map(|gyro| AngularRate::from_radians_per_second(Vector3::from(gyro)));
        Input::Sample {
            sensor: self.sensor,
            sample: Sample {
                at: self.at,
                accel,
                gyro,
                clipped: self.clipped,
            },
        }
    }
}

#[derive(Serialize, Deserialize)]
struct LinkLine {
    sensor: SensorId,
    at: HostTime,
    change: LinkChange,
}

#[derive(Serialize, Deserialize)]
struct CommandLine {
    at: HostTime,
    command: Command,
}

#[derive(Serialize, Deserialize)]
struct TickLine {
    at: HostTime,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn sealed(n: u64, body: &str) -> Vec<u8> {
        let mut line = Vec::new();
        seal(n, body, &mut line);
        line.pop();
        line
    }

    #[test]
    fn a_line_looks_as_the_documentation_says() {
        let tick = input_body(&Input::Tick {
            at: HostTime::from_micros(50_000),
        });
        let line = sealed(6, &tick.unwrap());
        let text = std::str::from_utf8(&line).unwrap();
        assert_eq!(&text[16..], "\",\"n\":6,\"tick\":{\"at\":0.05}}");
        assert_eq!(
            u32::from_str_radix(&text[8..16], 16).unwrap(),
            crc32fast::hash(&line[18..])
        );
        assert!(is_intact(&line));
        assert_eq!(body_text(&line), Some("\"tick\":{\"at\":0.05}}"));
    }

    #[test]
    fn every_single_flipped_bit_is_noticed() {
        let line = sealed(6, "\"tick\":{\"at\":0.05}}");
        for bit in 0..line.len() * 8 {
            let mut damaged = line.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_intact(&damaged), "bit {bit}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused_both_ways() {
        let sample = Sample {
            at: SessionTime::ZERO,
            accel: Acceleration::from_g(Vector3::new(f64::NAN, 0.0, 0.0)),
            gyro: None,
            clipped: false,
        };
        let refused = input_body(&Input::Sample {
            sensor: SensorId(0),
            sample,
        });
        assert!(matches!(refused, Err(RecordingError::NotANumber { .. })));
        for number in ["null", "NaN", "1e999", "-1e999"] {
            let body = format!("\"sample\":{{\"sensor\":0,\"at\":0.0,\"accel\":[{number},0,0]}}}}");
            assert!(parse(&sealed(1, &body)).is_err(), "{number}");
        }
    }

    #[test]
    fn a_header_of_a_newer_format_says_so() {
        let problem = parse(&sealed(0, "\"header\":{\"schema\":7,\"new\":1}}")).unwrap_err();
        assert_eq!(
            problem,
            "was written in version 7 of the format, this program reads up to 1; update backcoach"
        );
    }

    #[test]
    fn a_newer_header_is_refused_although_it_can_be_read() {
        let newer = super::super::Header {
            schema: 9,
            ..super::super::tests::header()
        };
        let line = sealed(0, &body("header", &newer).unwrap());
        assert!(parse(&line).unwrap_err().contains("version 9"));
    }

    #[test]
    fn a_kind_of_line_from_the_future_is_passed_over() {
        assert!(matches!(
            parse(&sealed(3, "\"weather\":{}}")).unwrap().body,
            Body::Unknown
        ));
    }
}

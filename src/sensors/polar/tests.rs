use serde::Deserialize;

use super::*;

// What the decoder makes of whole conversations.
mod decoder;

const VECTORS: &str = include_str!("../../../tests/vectors/polar.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    request: Vec<RequestVector>,
    answer: Vec<AnswerVector>,
    stopped: Vec<StoppedVector>,
    frame: Vec<FrameVector>,
    times: Vec<TimesVector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestVector {
    name: String,
    #[serde(rename = "source")]
    _source: String,
    ask: String,
    measurement: u8,
    #[serde(default)]
    values: Vec<(u8, u32)>,
    hex: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerVector {
    name: String,
    #[serde(rename = "source")]
    _source: String,
    hex: String,
    opcode: u8,
    measurement: u8,
    status: u8,
    offers: Vec<Vec<u32>>,
    factor: Option<f64>,
    start: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoppedVector {
    name: String,
    #[serde(rename = "source")]
    _source: String,
    hex: String,
    kinds: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameVector {
    name: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(default)]
    head: String,
    hex: String,
    error: Option<String>,
    stamp: Option<u64>,
    count: Option<usize>,
    #[serde(default)]
    samples: Vec<Vec<i64>>,
    sums: Option<[i64; 3]>,
    factor: Option<f64>,
    in_units: Option<Vec<[f64; 3]>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TimesVector {
    name: String,
    #[serde(rename = "source")]
    _source: String,
    before: u64,
    stamp: u64,
    count: usize,
    rate: f64,
    at: Option<Vec<u64>>,
    first: Option<u64>,
}

fn vectors() -> Vectors {
    toml::from_str(VECTORS).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.split_whitespace().collect();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

#[test]
fn requests_are_written_as_the_vectors_say() {
    for vector in vectors().request {
        let measurement = Measurement(vector.measurement);
        let written = match vector.ask.as_str() {
            "settings" => vec![opcode::SETTINGS, measurement.0],
            "stop" => vec![opcode::STOP, measurement.0],
            "start" => Choice::from_values(vector.values).start(measurement),
            other => panic!("{}: no request {other}", vector.name),
        };
        assert_eq!(written, bytes(&vector.hex), "{}", vector.name);
    }
}

#[test]
fn answers_are_read_as_the_vectors_say() {
    for vector in vectors().answer {
        let name = &vector.name;
        let bytes_of = bytes(&vector.hex);
        let Ok(Said::Part(part)) = Said::parse(&bytes_of) else {
            panic!("{name}: no answer");
        };
        let answer = Assembler::default().push(part).unwrap();
        let head = (answer.opcode, answer.kind, answer.status);
        assert_eq!(
            head,
            (vector.opcode, vector.measurement, vector.status),
            "{name}"
        );
        let offered = settings(&answer.parameters);
        let offers: Vec<Vec<u32>> = offered
            .iter()
            .map(|one| [&[u32::from(one.kind)], one.values.as_slice()].concat())
            .collect();
        assert_eq!(offers, vector.offers, "{name}");
        let factor = control::factor(&answer.parameters);
        assert_eq!(factor.is_some(), vector.factor.is_some(), "{name}");
        if let (Some(factor), Some(expected)) = (factor, vector.factor) {
            assert!((factor / expected - 1.0).abs() < 1e-6, "{name}: {factor}");
        }
        if let Some(start) = &vector.start {
            let measurement = Measurement(vector.measurement);
            let choice = Choice::of(measurement, &offered);
            assert_eq!(choice.start(measurement), bytes(start), "{name}");
        }
    }
}

#[test]
fn a_stop_of_its_own_is_not_taken_for_an_answer() {
    for vector in vectors().stopped {
        let name = &vector.name;
        let bytes_of = bytes(&vector.hex);
        let said = Said::parse(&bytes_of);
        assert_eq!(said, Ok(Said::Stopped(&vector.kinds)), "{name}");
        let error = Decoder::default().decode(CONTROL, &bytes_of).unwrap_err();
        assert_eq!(error, DecodeError::Stopped { family: FAMILY }, "{name}");
    }
}

/// The decoder of a device whose start was answered, with or without a factor.
fn started(factor: Option<f64>) -> Decoder {
    let mut decoder = Decoder::default();
    (decoder.acc.factor, decoder.gyro.factor) = (factor, factor);
    decoder
}

fn check_units(vector: &FrameVector, raw: &RawFrame, expected: &[[f64; 3]]) {
    let decoder = started(vector.factor);
    let (stream, scale) = match raw.measurement {
        Measurement::ACC => (&decoder.acc, 1000.0),
        _ => (&decoder.gyro, 1.0),
    };
    let values: Vec<_> = stream.values(raw).unwrap().collect();
    assert_eq!(values.len(), expected.len(), "{}", vector.name);
    for ((value, clipped), expected) in values.iter().zip(expected) {
        for (got, expected) in value.iter().zip(expected) {
            let off = (got * scale - expected).abs();
            assert!(
                off <= 1e-6 * expected.abs().max(0.1),
                "{}: {value}",
                vector.name
            );
        }
        assert!(!clipped, "{}", vector.name);
    }
}

#[test]
fn frames_are_read_as_the_vectors_say() {
    for vector in vectors().frame {
        let name = &vector.name;
        let bytes_of = [bytes(&vector.head), bytes(&vector.hex)].concat();
        let raw = match (RawFrame::parse(&bytes_of), &vector.error) {
            (Ok(Some(raw)), None) => raw,
            (Err(error), Some(part)) => {
                assert!(error.contains(part), "{name}: {error}");
                continue;
            }
            (result, _) => panic!("{name}: {result:?}"),
        };
        assert_eq!(Some(raw.stamp), vector.stamp, "{name}");
        assert_eq!(Some(raw.len()), vector.count, "{name}");
        let samples: Vec<&[i64]> = raw.samples().collect();
        for expected in &vector.samples {
            let number = usize::try_from(expected[0]).unwrap();
            assert_eq!(samples[number], &expected[1..], "{name}, sample {number}");
        }
        if let Some(sums) = vector.sums {
            let sum = |axis: usize| samples.iter().map(|sample| sample[axis]).sum::<i64>();
            assert_eq!([sum(0), sum(1), sum(2)], sums, "{name}");
        }
        if let Some(expected) = &vector.in_units {
            check_units(&vector, &raw, expected);
        }
    }
}

#[test]
fn samples_lie_where_the_vectors_say() {
    for vector in vectors().times {
        let name = &vector.name;
        let mut stamps = Stamps::default();
        stamps.place(vector.before, 1, vector.rate).unwrap();
        let place = stamps
            .place(vector.stamp, vector.count, vector.rate)
            .unwrap();
        let first = vector
            .first
            .or_else(|| vector.at.as_ref()?.first().copied());
        assert_eq!(Some(place.first), first, "{name}");
        for (number, at) in (0_u32..).zip(vector.at.unwrap_or_default()) {
            let got = place.first as f64 + f64::from(number) * place.period;
            assert!(
                (got - at as f64).abs() < 1.0,
                "{name}, sample {number}: {got}"
            );
        }
        let last = place.first as f64 + place.period * (vector.count - 1) as f64;
        assert!((last - vector.stamp as f64).abs() <= 64.0, "{name}: {last}");
    }
}

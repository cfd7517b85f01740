//! What the decoder makes of whole conversations, good and bad.

use proptest::prelude::*;

use super::*;
use crate::sensors::{Reading, SensorNote};

/// An H10 that was asked and started, as P2 and P5 say.
fn h10() -> Decoder {
    let mut decoder = Decoder::default();
    for hex in [
        "0F 05 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
        "F0 01 02 00 00 00 04 19 00 32 00 64 00 C8 00 01 01 10 00 02 03 02 00 04 00 08 00",
        "F0 02 02 00 00 01",
    ] {
        let decoded = decoder.decode(CONTROL, &bytes(hex)).unwrap();
        assert_eq!(decoded, Decoded::default());
    }
    decoder
}

fn acc(stamp: u64, samples: &[[i16; 3]]) -> Vec<u8> {
    let mut packet = vec![2];
    packet.extend(stamp.to_le_bytes());
    packet.push(1);
    packet.extend(
        samples
            .iter()
            .flatten()
            .flat_map(|value| value.to_le_bytes()),
    );
    packet
}

/// Compressed angular rates that do not change, in mode 80.
fn gyro(stamp: u64, count: u8, [x, y, z]: [i16; 3]) -> Vec<u8> {
    let mut packet = vec![5];
    packet.extend(stamp.to_le_bytes());
    packet.push(0x80);
    packet.extend([x, y, z].iter().flat_map(|value| value.to_le_bytes()));
    packet.extend([0, count - 1]);
    packet
}

fn feed(decoder: &mut Decoder, packet: &[u8]) -> Vec<Frame> {
    decoder.decode(DATA, packet).unwrap().frames
}

const MS: u64 = 1_000_000;
const REST: [i16; 3] = [0, 0, 1000];

#[test]
fn an_h10_gives_its_readings_with_the_time_of_the_first() {
    let mut decoder = h10();
    let frames = feed(&mut decoder, &acc(1_000 * MS, &[REST; 36]));
    let [frame] = frames.as_slice() else {
        panic!("{frames:?}")
    };
    assert_eq!(frame.time, Some(825 * MS));
    assert_eq!((frame.index, frame.restarted), (None, false));
    assert_eq!(frame.nominal_rate, 200.0);
    assert_eq!(
        frame.readings[35],
        Reading {
            accel: Acceleration::from_g(Vector3::new(0.0, 0.0, 1.0)),
            gyro: None,
            clipped: false
        }
    );
    // One percent fast: the samples lie between the stamps, not at the nominal distance.
    let frames = feed(&mut decoder, &acc(1_000 * MS + 178_200_000, &[REST; 36]));
    assert_eq!(frames[0].time, Some(1_000 * MS + 4_950_000));
}

#[test]
fn after_a_loss_samples_keep_the_distance_that_was_measured() {
    let mut decoder = h10();
    let period = 5_050_000;
    for number in 1..100 {
        feed(&mut decoder, &acc(number * 36 * period, &[REST; 36]));
    }
    let stamp = 103 * 36 * period;
    let frames = feed(&mut decoder, &acc(stamp, &[REST; 36]));
    let back = stamp - frames[0].time.unwrap();
    assert!(back.abs_diff(35 * period) < 1_000, "{back}");
}

#[test]
fn a_stamp_that_is_not_later_is_dropped() {
    let mut decoder = h10();
    for (stamp, is_read) in [(1_000, true), (1_000, false), (900, false), (1_180, true)] {
        let frames = feed(&mut decoder, &acc(stamp * MS, &[REST; 36]));
        assert_eq!(!frames.is_empty(), is_read, "{stamp}");
        assert!(frames.iter().all(|frame| !frame.restarted));
    }
}

#[test]
fn a_clock_that_began_anew_is_believed_at_once_after_a_lost_link() {
    let mut decoder = h10();
    feed(&mut decoder, &acc(9_000 * MS, &[REST; 36]));
    decoder.reconnected();
    assert!(feed(&mut decoder, &acc(9_000 * MS, &[REST; 36])).is_empty());
    let frames = feed(&mut decoder, &acc(500 * MS, &[REST; 36]));
    assert!(frames[0].restarted);
    let frames = feed(&mut decoder, &acc(680 * MS, &[REST; 36]));
    assert!(!frames[0].restarted);
    assert_eq!(frames[0].time, Some(505 * MS));
}

#[test]
fn a_wild_stamp_silences_a_device_for_two_seconds_at_most() {
    let mut decoder = h10();
    feed(&mut decoder, &acc(1_000 * MS, &[REST; 36]));
    feed(&mut decoder, &acc(1 << 62, &[REST; 36]));
    let back: Vec<Frame> = (1..=14)
        .flat_map(|number| feed(&mut decoder, &acc((1_000 + 180 * number) * MS, &[REST; 36])))
        .collect();
    assert_eq!(back.len(), 2);
    assert!(back[0].restarted && !back[1].restarted);
}

#[test]
fn a_wrong_nominal_rate_is_found_out() {
    let mut decoder = h10();
    let frames: Vec<Frame> = (1..10)
        .flat_map(|number| feed(&mut decoder, &acc(number * 720 * MS, &[REST; 36])))
        .collect();
    // 50 Hz where 200 Hz were declared: from the fourth frame on the samples fill the time.
    let spread = |frame: &Frame, number: u64| number * 720 * MS - frame.time.unwrap();
    assert_eq!(spread(&frames[0], 1), 175 * MS);
    assert_eq!(spread(&frames[3], 4), 700 * MS);
    assert_eq!(spread(&frames[8], 9), 700 * MS);
}

#[test]
fn the_end_of_the_range_is_clipped() {
    let mut decoder = h10();
    let packet = acc(1_000 * MS, &[[7_999, 0, 0], [0, -8_000, 0], [0, 0, 32_767]]);
    let clipped: Vec<bool> = feed(&mut decoder, &packet)[0]
        .readings
        .iter()
        .map(|reading| reading.clipped)
        .collect();
    assert_eq!(clipped, [false, true, true]);
}

#[test]
fn values_that_need_a_factor_wait_for_it() {
    let mut decoder = Decoder::default();
    let frame = bytes("02 64 6C 76 C4 3C C6 7F 07 80 D0 FF 65 01 E4 0F");
    let error = decoder.decode(DATA, &frame).unwrap_err();
    assert_eq!(error, DecodeError::NoDescription { family: FAMILY });
    decoder
        .decode(CONTROL, &bytes("F0 02 02 00 00 05 01 40 DA 7F 39"))
        .unwrap();
    let frames = feed(&mut decoder, &frame);
    let z = frames[0].readings[0].accel.meters_per_second_squared().z;
    assert!((z / 9.80665 - 0.992_592).abs() < 1e-6);
}

#[test]
fn an_answer_in_two_indications_is_one() {
    let mut decoder = Decoder::default();
    for hex in [
        "F0 01 02 00 01 00 04 19 00 32",
        "F0 01 02 00 00 00 64 00 C8 00 02 01 04 00",
    ] {
        decoder.decode(CONTROL, &bytes(hex)).unwrap();
    }
    assert_eq!((decoder.acc.rate, decoder.acc.range), (200.0, Some(4.0)));
}

#[test]
fn an_answer_without_end_is_given_up() {
    let mut assembler = Assembler::default();
    let part = [&bytes("F0 01 02 00 01"), [0_u8; 200].as_slice()].concat();
    for _ in 0..1000 {
        let Ok(Said::Part(part)) = Said::parse(&part) else {
            panic!("no part");
        };
        assert_eq!(assembler.push(part), None);
        assert!(format!("{assembler:?}").len() < 10_000);
    }
}

/// A device with both, started: factors 0.000244 g and 0.07 °/s.
fn verity_sense() -> Decoder {
    let mut decoder = Decoder::default();
    for hex in [
        "F0 01 05 00 00 00 01 D0 00 02 01 D0 07",
        "F0 02 05 00 00 05 01 29 5C 8F 3D",
        "F0 01 02 00 00 00 01 D0 00 02 01 08 00",
        "F0 02 02 00 00",
    ] {
        decoder.decode(CONTROL, &bytes(hex)).unwrap();
    }
    decoder
}

fn turn_of(reading: &Reading) -> Option<f64> {
    reading
        .gyro
        .map(|rate| rate.radians_per_second().x.to_degrees())
}

#[test]
fn acceleration_waits_for_its_angular_rate() {
    let mut decoder = verity_sense();
    assert!(feed(&mut decoder, &acc(1_000 * MS, &[REST; 20])).is_empty());
    let frames = feed(&mut decoder, &gyro(1_010 * MS, 30, [100, 0, 0]));
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0].readings.len(), 20);
    for reading in &frames[0].readings {
        assert!((turn_of(reading).unwrap() - 7.0).abs() < 1e-5);
    }
    // Rates that are there already are not waited for.
    feed(&mut decoder, &gyro(1_154 * MS, 30, [200, 0, 0]));
    let frames = feed(&mut decoder, &acc(1_096 * MS, &[REST; 20]));
    assert!((turn_of(&frames[0].readings[19]).unwrap() - 14.0).abs() < 1e-5);
}

#[test]
fn without_angular_rates_acceleration_goes_on_alone() {
    let mut decoder = verity_sense();
    let frames: Vec<Frame> = (1..=10)
        .flat_map(|number| feed(&mut decoder, &acc(number * 96 * MS, &[REST; 20])))
        .collect();
    assert_eq!(frames.len(), 10);
    assert!(
        frames
            .iter()
            .flat_map(|frame| &frame.readings)
            .all(|reading| reading.gyro.is_none())
    );
    let times: Vec<_> = frames.iter().map(|frame| frame.time.unwrap()).collect();
    assert!(times.is_sorted());
}

#[test]
fn a_lost_packet_of_angular_rates_costs_no_acceleration() {
    let mut decoder = verity_sense();
    let mut readings = Vec::new();
    for number in 1..=10_u64 {
        let stamp = number * 96 * MS + 3 * MS;
        let mut frames = feed(&mut decoder, &acc(number * 96 * MS, &[REST; 20]));
        if number != 5 {
            frames.extend(feed(&mut decoder, &gyro(stamp, 20, [100, 0, 0])));
        }
        readings.extend(frames.into_iter().flat_map(|frame| frame.readings));
    }
    assert_eq!(readings.len(), 200);
    let alone = readings.iter().filter(|reading| reading.gyro.is_none());
    assert!((15..=21).contains(&alone.count()));
}

#[test]
fn stopped_angular_rates_let_go_what_waits() {
    let mut decoder = verity_sense();
    assert!(feed(&mut decoder, &acc(1_000 * MS, &[REST; 20])).is_empty());
    let decoded = decoder.decode(CONTROL, &bytes("F0 03 05 00 00")).unwrap();
    assert_eq!(decoded.frames.len(), 1);
}

#[test]
fn a_width_of_zero_does_not_fill_the_memory() {
    let mut packet = bytes("02 01 00 00 00 00 00 00 00 81 01 00 02 00 03 00");
    packet.extend(std::iter::repeat_n([0, 255], 100_000).flatten());
    let error = Decoder::default().decode(DATA, &packet).unwrap_err();
    assert!(error.to_string().contains("more than 4096 samples"));
}

#[test]
fn an_angular_rate_that_is_no_number_is_refused() {
    let packet = bytes("05 01 00 00 00 00 00 00 00 81 00 00 C0 7F 00 00 20 41 00 00 A0 41");
    let error = Decoder::default().decode(DATA, &packet).unwrap_err();
    assert!(error.to_string().contains("not a number"));
}

#[test]
fn the_charge_is_told() {
    let decoded = Decoder::default().decode(BATTERY, &[83]).unwrap();
    assert_eq!(decoded.notes, [SensorNote::Battery(83)]);
}

/// Any packet, most of them near good ones.
fn any_packet() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let noise = prop::collection::vec(any::<u8>(), 0..300);
    let kinds = prop_oneof![Just(2_u8), Just(5), Just(6)];
    let types = prop_oneof![Just(0x80_u8), Just(0x81), 0..3_u8];
    let data = (kinds, 0..20_u64, types, noise.clone()).prop_map(|(kind, step, of, content)| {
        let mut packet = vec![kind];
        packet.extend((step * 100 * MS).to_le_bytes());
        packet.push(of);
        packet.extend(content);
        packet
    });
    let answer = (1..7_u8, any::<bool>(), noise.clone()).prop_map(|(opcode, more, parameters)| {
        [&[0xf0, opcode, 2, 0, u8::from(more)], parameters.as_slice()].concat()
    });
    prop_oneof![
        (0..=3_u8, noise),
        data.prop_map(|data| (DATA.0, data)),
        answer.prop_map(|answer| (CONTROL.0, answer)),
    ]
}

proptest! {
    #[test]
    fn any_packets_are_answered_and_bad_ones_change_nothing(
        packets in prop::collection::vec((any_packet(), prop::bool::weighted(0.05)), 1..60),
        has_gyro in any::<bool>(),
    ) {
        let mut decoder = if has_gyro { verity_sense() } else { h10() };
        for ((channel, bytes), relinked) in packets {
            if relinked {
                decoder.reconnected();
            }
            let before = format!("{decoder:?}");
            let Ok(decoded) = decoder.decode(Channel(channel), &bytes) else {
                prop_assert_eq!(format!("{:?}", decoder), before);
                continue;
            };
            for frame in decoded.frames {
                prop_assert!(!frame.readings.is_empty());
                prop_assert!(frame.readings.iter().all(|reading| reading.accel.is_finite()));
                prop_assert!(frame.nominal_rate > 0.0);
            }
        }
    }

    /// What was packed by the rule comes out again, whatever the widths.
    #[test]
    fn packed_differences_come_out_as_they_went_in(
        first in prop::array::uniform3(any::<i16>()),
        blocks in prop::collection::vec(
            (1..=32_u32, prop::collection::vec(prop::array::uniform3(any::<i32>()), 0..12)), 0..6),
    ) {
        let mut packet = bytes("02 01 00 00 00 00 00 00 00 81");
        packet.extend(first.iter().flat_map(|value| value.to_le_bytes()));
        let mut truth = vec![first.map(i64::from)];
        for (width, differences) in &blocks {
            packet.extend([*width as u8, differences.len() as u8]);
            let mut bits = Vec::new();
            for sample in differences {
                let kept = sample.map(|value| i64::from(value >> (32 - width)));
                let last = truth[truth.len() - 1];
                truth.push(std::array::from_fn(|axis| last[axis] + kept[axis]));
                bits.extend(kept.iter().flat_map(|value| (0..*width).map(move |bit| value >> bit & 1)));
            }
            packet.extend(bits.chunks(8).map(|byte| {
                (0..).zip(byte).fold(0_u8, |sum, (bit, value)| sum | (*value as u8) << bit)
            }));
        }
        let raw = RawFrame::parse(&packet).unwrap().unwrap();
        let samples: Vec<[i64; 3]> = raw.samples().map(|sample| sample.try_into().unwrap()).collect();
        prop_assert_eq!(samples, truth);
    }
}

//! What arrives over a radio.

use super::*;

/// What a host makes of the packets: every reading with its run, number and time.
fn decoded(inputs: &[Input], sensor: u8) -> Vec<(u8, u32, u32, [i16; 3])> {
    use backcoach_protocol::data::{Expander, Frame};
    let mut expander = Expander::new();
    let mut readings = Vec::new();
    for input in inputs {
        let Input::Packet {
            sensor: from,
            channel,
            bytes,
            ..
        } = input
        else {
            continue;
        };
        if *channel != DATA || from.0 != sensor {
            continue;
        }
        let frame = Frame::parse(bytes).unwrap();
        let Ok(place) = expander.expand(&frame) else {
            continue;
        };
        for (number, sample) in frame.samples().enumerate() {
            let index = place.index.wrapping_add(number as u32);
            readings.push((frame.header.run, index, place.timestamp, sample.accel));
        }
    }
    readings
}

pub(super) fn over(radio: Radio) -> Scenario {
    let mut scenario = Scenario::of(Exercise::Hyperext45);
    (scenario.reps, scenario.link) = (3, LinkModel::Radio(radio));
    scenario
}

#[test]
fn packets_give_back_every_reading() {
    let mut direct = over(Radio::good());
    direct.link = LinkModel::Direct;
    let readings = samples(&direct.perform());
    for compact in [false, true] {
        let performance = over(Radio {
            compact,
            ..Radio::good()
        })
        .perform();
        let decoded = decoded(&performance.inputs, 0);
        assert_eq!(decoded.len(), readings.len());
        assert!(performance.truth.gaps.is_empty());
        let scale = 8.0 * STANDARD_GRAVITY / 32_768.0;
        for (number, (got, sent)) in decoded.iter().zip(&readings).enumerate() {
            assert_eq!(got.1, number as u32);
            let got = Vector3::from(got.3.map(f64::from)) * scale;
            assert!((got - sent.accel.meters_per_second_squared()).norm() < 1e-4);
        }
    }
}

#[test]
fn every_packet_arrives_after_its_readings_and_in_order() {
    let performance = over(Radio::crowded()).perform();
    let times: Vec<SessionTime> = performance.inputs.iter().map(Input::at).collect();
    assert!(times.is_sorted());
    let lost: usize = performance.true_attitude[0].len() - decoded(&performance.inputs, 0).len();
    let share = lost as f64 / performance.true_attitude[0].len() as f64;
    assert!((0.005..0.05).contains(&share), "{share}");
}

#[test]
fn a_lost_connection_comes_back_with_a_new_run_and_its_info() {
    for kind in [
        GapKind::OutOfRange,
        GapKind::Reboot,
        GapKind::Overrun,
        GapKind::Silent,
    ] {
        let performance = over(Radio::good().with_gap(kind, Some(26.0), 5.0)).perform();
        let gaps = &performance.truth.gaps;
        assert_eq!(gaps.len(), 1, "{kind:?} {gaps:?}");
        assert!((gaps[0].from - 26.0).abs() < 0.1 && (gaps[0].to - 31.0).abs() < 0.1);
        let decoded = decoded(&performance.inputs, 0);
        let runs: std::collections::BTreeSet<u8> =
            decoded.iter().map(|reading| reading.0).collect();
        let breaks = matches!(kind, GapKind::OutOfRange | GapKind::Reboot);
        assert_eq!(runs.len(), if breaks { 2 } else { 1 });
        let infos = performance
            .inputs
            .iter()
            .filter(|input| matches!(input, Input::Packet { channel, .. } if *channel == INFO));
        let mut count = 0;
        for info in infos {
            let Input::Packet { bytes, .. } = info else {
                continue;
            };
            let info = backcoach_protocol::info::Info::parse(bytes).unwrap();
            assert!(info.can(&info.config.settings).is_ok());
            count += 1;
        }
        assert_eq!(count, if breaks { 2 } else { 1 });
        if kind == GapKind::Reboot {
            assert!(decoded.last().unwrap().2 < 40 * 32_768);
        }
    }
}

#[test]
fn two_sensors_come_interleaved() {
    let mut scenario = over(Radio::good());
    scenario.sensors.push(WornSensor::new(Placement::Sacrum));
    let performance = scenario.perform();
    assert_eq!(
        decoded(&performance.inputs, 0).len(),
        performance.true_attitude[0].len()
    );
    assert_eq!(
        decoded(&performance.inputs, 1).len(),
        performance.true_attitude[1].len()
    );
    let times: Vec<SessionTime> = performance.inputs.iter().map(Input::at).collect();
    assert!(times.is_sorted());
}

#[test]
fn a_sensor_without_gyroscope_sends_accelerations_alone() {
    for compact in [false, true] {
        let radio = Radio {
            compact,
            ..Radio::good()
        };
        let mut scenario = over(radio);
        scenario.sensors[0].gyro = false;
        let performance = scenario.perform();
        let taken = performance.true_attitude[0].len();
        assert_eq!(decoded(&performance.inputs, 0).len(), taken);
        let longest = performance.inputs.iter().filter_map(|input| match input {
            Input::Packet { channel, bytes, .. } if *channel == DATA => Some(bytes.len()),
            _ => None,
        });
        assert_eq!(longest.max(), Some(if compact { 20 } else { 36 }));
    }
}

#[test]
fn a_reading_past_the_range_is_clipped_and_says_so() {
    use backcoach_protocol::data::Frame;
    let mut scenario = over(Radio::good()).with_fault(Fault::Dropped, 1.5);
    scenario.sensors[0].model.gyro_range_dps = 250;
    let clipped = scenario.perform().inputs.iter().any(|input| match input {
        Input::Packet { channel, bytes, .. } if *channel == DATA => {
            let frame = Frame::parse(bytes).unwrap();
            let full = |sample: backcoach_protocol::data::RawSample| {
                sample
                    .gyro
                    .unwrap()
                    .iter()
                    .any(|count| count.abs_diff(0) >= 32_767)
            };
            frame.header.flags.clipped && frame.samples().any(full)
        }
        _ => false,
    });
    assert!(clipped);
}

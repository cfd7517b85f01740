//! Tables as they come from elsewhere.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

fn read(text: &str, layout: &Layout) -> Result<(Vec<Sample>, Tally), CsvError> {
    let mut table = Table::open("a.csv", text.as_bytes(), layout)?;
    let samples = table.by_ref().collect::<Result<_, _>>()?;
    Ok((samples, table.tally().clone()))
}

fn usual(text: &str) -> (Vec<Sample>, Tally) {
    read(text, &Layout::default()).unwrap()
}

fn problem(text: &str) -> String {
    read(text, &Layout::default()).unwrap_err().to_string()
}

/// Rows of someone who nods: gravity turns in the sensor, and the gyroscope says how fast.
fn nodding(rows: u32, step: f64, accel: f64, gyro: f64) -> String {
    let mut text = "t,ax,ay,az,gx,gy,gz\n".to_owned();
    for row in 0..rows {
        let seconds = f64::from(row) * 0.01;
        let (angle, rate) = (seconds.sin(), seconds.cos());
        let _ = writeln!(
            text,
            "{},{},{},0.0,0.0,0.0,{}",
            f64::from(row) * step,
            angle.sin() * accel,
            angle.cos() * accel,
            rate * gyro
        );
    }
    text
}

#[test]
fn a_plain_table_is_read() {
    let (samples, tally) = usual("t,ax,ay,az\n5.00,0.1,9.8,-0.2\n5.01,0.2,9.7,0.0\n");
    assert_eq!(samples.len(), 2);
    assert_eq!(samples[1].at, SessionTime::from_micros(10_000));
    assert_eq!(
        samples[0].accel.meters_per_second_squared().as_slice(),
        [0.1, 9.8, -0.2]
    );
    assert_eq!(samples[0].gyro, None);
    assert_eq!((tally.summary(), tally.samples), (None, 2));
}

#[test]
fn the_habits_of_other_programs_are_known() {
    let expected = usual("t,ax,ay,az\n0,0.5,9.5,0\n0.01,0.25,9.5,0\n").0;
    let spelled = [
        "\u{feff}t,ax,ay,az\r\n0,0.5,9.5,0\r\n0.01,0.25,9.5,0\r\n",
        "# made by X\n\nt;ax;ay;az\n0;0,5;9,5;0\n0,01;0,25;9,5;0\n",
        "Time (s)\tAcceleration x (m/s^2)\tAcceleration y (m/s^2)\tAcceleration z (m/s^2)\n0\t0.5\t9.5\t0\n1E-2\t0.25\t9.5\t0\n",
        "\"az\",\"ay\",\"note, long\",\"ax\",\"time_ms\"\n0,9.5,\"a \"\"b\"\", c\",0.5,0\n0,9.5,,0.25,10\n",
        "time [ns],acc_x,acc_y,acc_z\n1681234567890123456,0.5,9.5,0\n1681234567900123456,0.25,9.5,0",
    ];
    for text in spelled {
        assert_eq!(usual(text).0, expected, "{text}");
    }
}

#[test]
fn columns_and_units_can_be_named() {
    let layout = Layout {
        time: Some("When".to_owned()),
        accel: Some(["P", "Q", "R"].map(str::to_owned)),
        gyro: Some(["u", "v", "w"].map(str::to_owned)),
        time_unit: Some(TimeUnit::Milliseconds),
        accel_unit: Some(AccelUnit::G),
        gyro_unit: Some(GyroUnit::DegreesPerSecond),
    };
    let (samples, _) = read("When,P,Q,R,u,v,w\n0,0,1,0,180,0,0\n10,0,1,0,,,\n", &layout).unwrap();
    assert_eq!(
        samples[0].accel.meters_per_second_squared().y,
        crate::units::STANDARD_GRAVITY
    );
    let rate = samples[0].gyro.unwrap().radians_per_second().x;
    assert!((rate - std::f64::consts::PI).abs() < 1e-12);
    assert_eq!(samples[1].gyro, None);
}

#[test]
fn rows_that_cannot_be_used_are_counted_and_named() {
    let text = "t,ax,ay,az\n0,0,9.8,0\n0.01,NaN,9.8,0\n0.02,0,9.8\n0.03,0,9.8,x\n0.04,0,inf,0\n,0,9.8,0\n0.05,0,9.8,0\n0.05,1,9.8,0\n";
    let (samples, tally) = usual(text);
    assert_eq!(samples.len(), 2);
    assert_eq!(
        (tally.incomplete, tally.unreadable, tally.duplicates),
        (3, 2, 1)
    );
    assert_eq!(
        tally.summary().unwrap(),
        "rows left out: 3 without numbers; 2 unreadable; 1 with the time of another row; line 3: `ax` is empty"
    );
    assert_eq!(
        problem("t,ax,ay,az\n0,0,9.8,x\n"),
        "a.csv: no row could be read; line 2: `az` is `x`, which is not a number"
    );
}

#[test]
fn late_rows_find_their_place() {
    let (samples, tally) =
        usual("t,ax,ay,az\n0,0,9.8,0\n0.02,0,9.8,0\n0.01,0,9.8,0\n0.03,0,9.8,0\n");
    let times: Vec<i64> = samples.iter().map(|sample| sample.at.micros()).collect();
    assert_eq!(times, [0, 10_000, 20_000, 30_000]);
    assert_eq!((tally.reordered, tally.is_loss()), (1, false));
}

#[test]
fn a_time_that_starts_again_is_left_out_and_counted() {
    let rows = WINDOW as u32 + 500;
    let text = nodding(rows, 0.01, 9.8, 1.0);
    let again: String = text
        .lines()
        .skip(1)
        .take(10)
        .fold(String::new(), |all, row| all + row + "\n");
    let (samples, tally) = usual(&(text + &again));
    assert_eq!(samples.len(), rows as usize);
    assert_eq!(
        (tally.too_late, tally.reordered, tally.is_loss()),
        (10, 0, true)
    );
}

#[test]
fn a_wrong_unit_is_named_with_its_remedy() {
    assert_eq!(
        problem(&nodding(500, 10.0, 9.8, 1.0)),
        "a.csv: from row to row 1.000e1 s pass, but sensors of movement take 1 to 10000 readings a second; \
         the times are probably in ms: give `--time-unit ms`"
    );
    assert_eq!(
        problem(&nodding(500, 0.01, 1.0, 1.0)),
        "a.csv: accelerations are 0.102 g on the median, but gravity alone is 1 g; \
         they are probably in g: give `--accel-unit g`"
    );
    assert!(problem(&nodding(500, 0.01, 9.8, 57.3)).ends_with("give `--gyro-unit deg/s`"));
    let layout = Layout {
        gyro_unit: Some(GyroUnit::DegreesPerSecond),
        ..Layout::default()
    };
    let swapped = read(&nodding(500, 0.01, 9.8, 1.0), &layout)
        .unwrap_err()
        .to_string();
    assert!(
        swapped.ends_with("probably in rad/s: give `--gyro-unit rad/s`"),
        "{swapped}"
    );
    usual(&nodding(500, 0.01, 9.8, 1.0));
}

#[test]
fn data_without_gravity_is_refused() {
    let mut text = "t,ax,ay,az\n".to_owned();
    for row in 0..500 {
        let at = f64::from(row) * 0.01;
        let _ = writeln!(text, "{at},{},0.01,0.02", (3.0 * at).sin());
    }
    let problem = problem(&text);
    assert!(problem.contains("gravity was taken out"), "{problem}");
    assert!(problem.contains("`acceleration with gravity`"), "{problem}");
}

#[test]
fn a_missing_column_is_named_beside_those_that_are_there() {
    assert_eq!(
        problem("time,foo,bar\n1,2,3\n"),
        "a.csv:1: there is no column `ax`; the columns are: time, foo, bar. Name yours with `--accel X,Y,Z`"
    );
    assert!(problem("0,1,2,3\n").contains("has no header line"));
    assert!(problem("").contains("has no header line"));
    assert!(problem("t,ax,ay,az\n").contains("there is nothing behind the header"));
    assert!(problem("\u{0}t\n").contains("CSV UTF-8"));
}

/// A source that never ends and never breaks its line.
struct Endless(u64);

impl io::Read for Endless {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        bytes.fill(b'1');
        let length = bytes
            .len()
            .min(usize::try_from(self.0).unwrap_or(usize::MAX));
        self.0 -= length as u64;
        Ok(length)
    }
}

#[test]
fn a_gigantic_row_costs_that_row() {
    use std::io::Read as _;
    let start = "t,ax,ay,az\n0,0,9.8,0\n".as_bytes();
    let end = "\n0.01,0,9.8,0\n".as_bytes();
    let source = io::BufReader::new(start.chain(Endless(200 << 20)).chain(end));
    let mut table = Table::open("a.csv", source, &Layout::default()).unwrap();
    assert_eq!(table.by_ref().count(), 2);
    assert_eq!(table.tally().unreadable, 1);
    assert!(table.rows.buffer.capacity() <= 2 * LONGEST_ROW);
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(table) = Table::open("a.csv", bytes.as_slice(), &Layout::default()) {
            prop_assert!(table.count() <= 600);
        }
    }

    /// Whatever stands in the fields, what comes out is numbers in the order of time.
    #[test]
    fn what_comes_out_is_numbers_in_order(rows in prop::collection::vec("[0-9eE.+,;\"\\-naif \t]{0,40}", 1..60)) {
        let text = format!("t,ax,ay,az,gx,gy,gz\n0,0,9.8,0,0,0,0\n0.01,0,9.8,0,0,0,0\n{}\n", rows.join("\n"));
        if let Ok((samples, tally)) = read(&text, &Layout::default()) {
            prop_assert!(samples.iter().all(|sample| sample.accel.is_finite()));
            prop_assert!(samples.windows(2).all(|pair| pair[0].at <= pair[1].at));
            prop_assert_eq!(tally.samples as usize, samples.len());
        }
    }
}

//! Foreign tables through the same line.

use crate::support::{Workplace, bending_table, stderr, stdout};

const AS_GOOD_MORNING: &str = "--exercise good_morning --placement T7";

#[test]
fn a_table_is_replayed_reported_and_imported_alike() {
    let place = Workplace::new();
    place.write("back.csv", bending_table(5));
    let replayed = stdout(
        &place
            .run(&format!("replay back.csv --json {AS_GOOD_MORNING}"))
            .success(),
    );
    assert!(replayed.contains("\"event\":\"rep\""), "{replayed}");

    place
        .run(&format!(
            "import back.csv {AS_GOOD_MORNING} -o back.backcoach.jsonl"
        ))
        .success();
    let imported = stdout(&place.run("replay back.backcoach.jsonl --json").success());
    assert_eq!(imported, replayed);
    place.run("verify back.backcoach.jsonl").success();

    place
        .run(&format!(
            "report back.csv {AS_GOOD_MORNING} -o back.png --size 700"
        ))
        .success();
    assert!(place.read("back.png").starts_with(b"\x89PNG"));
}

#[test]
fn a_table_without_its_story_asks_for_it() {
    let place = Workplace::new();
    place.write("back.csv", bending_table(1));
    let run = place.run("report back.csv").code(2);
    assert_eq!(
        stderr(&run),
        "error: back.csv: is not a recording; for a table say what was done and where the sensor was, such as `--exercise hyperext_45 --placement T7`\n"
    );
}

#[test]
fn rows_left_out_are_said_and_end_with_3() {
    let place = Workplace::new();
    let table = bending_table(1).replacen("1.000,", "noon,", 1);
    place.write("back.csv", table);
    let run = place
        .run(&format!("replay back.csv {AS_GOOD_MORNING}"))
        .code(3);
    assert_eq!(
        stderr(&run),
        "back.csv: rows left out: 1 unreadable; line 52: `t` is `noon`, which is not a number\n"
    );
}

#[test]
fn names_and_units_are_taken_from_the_command_line() {
    let place = Workplace::new();
    let mut table = "When;Left;Up;Front\n".to_owned();
    for row in bending_table(2).lines().skip(1) {
        table += &(row.replace(',', ";").replace('.', ",") + "\n");
    }
    place.write("own.csv", table);
    let run = place
        .run(&format!("replay own.csv {AS_GOOD_MORNING}"))
        .code(1);
    assert!(
        stderr(&run)
            .contains("own.csv:1: there is no column `t`; the columns are: When, Left, Up, Front")
    );
    let named = "--time When --accel Left,Up,Front";
    place
        .run(&format!("replay own.csv {AS_GOOD_MORNING} {named}"))
        .success();
    let run = place
        .run(&format!(
            "replay own.csv {AS_GOOD_MORNING} {named} --accel-unit g"
        ))
        .code(1);
    assert!(
        stderr(&run).contains("give `--accel-unit m/s2`"),
        "{}",
        stderr(&run)
    );
}

#[test]
fn a_fault_of_a_table_names_its_own_remedy() {
    let place = Workplace::new();
    let cases = [
        (
            "t,ax,ay,az\n0,00,0,1,9,8,0,3\n0,02,0,1,9,8,0,3\n",
            "semicolons",
        ),
        (
            "t,ax,ay,az\n1681234567890123456,0,9.8,0\n",
            "--time-unit ns",
        ),
        ("-0.02,0.1,9.8,0.3\n0.04,0.1,9.8,0.3\n", "no header line"),
    ];
    for (table, remedy) in cases {
        place.write("bad.csv", table);
        let run = place
            .run("replay bad.csv --exercise good_morning --placement T7")
            .code(1);
        assert!(stderr(&run).contains(remedy), "{}", stderr(&run));
    }
}

#[test]
fn a_session_that_cannot_be_counted_leaves_no_file() {
    let place = Workplace::new();
    place
        .run("simulate superman --sensors WR -o none.backcoach.jsonl")
        .code(2);
    assert!(!place.path("none.backcoach.jsonl").exists());
}

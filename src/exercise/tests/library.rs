//! The exercises as shipped.

use crate::exercise::*;

fn shipped() -> Vec<Exercise> {
    library()
        .iter()
        .map(|file| Exercise::parse(file.text, file.path).unwrap_or_else(|error| panic!("{error}")))
        .collect()
}

#[test]
fn every_shipped_exercise_is_found_by_its_names() {
    for (exercise, file) in shipped().iter().zip(library()) {
        assert_eq!(exercise.id, file.id);
        assert_eq!(built_in(file.id).as_ref(), Ok(exercise));
        assert_eq!(
            built_in(&file.id.to_uppercase().replace('_', "-")).as_ref(),
            Ok(exercise)
        );
        for alias in &exercise.aliases {
            assert_eq!(built_in(alias).as_ref(), Ok(exercise));
        }
    }
}

#[test]
fn no_name_finds_two_exercises() {
    let mut names: Vec<String> = Vec::new();
    for exercise in shipped() {
        for name in std::iter::once(exercise.id).chain(exercise.aliases) {
            assert!(!names.contains(&name), "{name}");
            names.push(name);
        }
    }
}

#[test]
fn an_unknown_name_is_told_the_nearest() {
    let known: Vec<&str> = library().iter().map(|file| file.id).collect();
    assert_eq!(
        built_in("birddoge").unwrap_err().to_string(),
        format!(
            "there is no exercise `birddoge` (did you mean `bird_dog`?); known ones: {}. Give a path to use your own file",
            known.join(", ")
        )
    );
}

#[test]
fn an_exercise_survives_json() {
    for exercise in shipped() {
        let json = serde_json::to_string(&exercise).unwrap();
        assert_eq!(serde_json::from_str::<Exercise>(&json).unwrap(), exercise);
    }
}

#[test]
fn every_rule_says_where_it_comes_from_and_what_to_do() {
    for rule in shipped().iter().flat_map(|exercise| &exercise.rules) {
        let is_own = matches!(rule.evidence, Evidence::Engineering | Evidence::Derived);
        assert!(is_own || !rule.sources.is_empty(), "{}", rule.id);
        let tells = rule.warn.is_some() || rule.stop.is_some();
        let tells = tells || rule.quantity.scope() == Scope::Lasting;
        assert_eq!(tells, rule.cue.is_some(), "{}", rule.id);
    }
}

#[test]
fn no_shipped_text_frightens_or_blames() {
    const DREAD: [&str; 24] = [
        "danger",
        "damag",
        "injur",
        "wrong",
        "unsafe",
        "safe ",
        "safely",
        " risk",
        "harm",
        "hurt",
        "bad ",
        "poor",
        "fail",
        "must",
        "never do",
        "correct posture",
        "cure",
        "treat",
        "prevent",
        "diagnos",
        "weak",
        "imbalance",
        "relieve",
        "medical",
    ];
    for exercise in shipped() {
        let mut texts = vec![
            &exercise.name,
            &exercise.summary,
            &exercise.pose.description,
        ];
        texts.extend(&exercise.setup);
        texts.extend(&exercise.cannot_see);
        for rule in &exercise.rules {
            texts.extend([&rule.fault, &rule.rationale]);
            texts.extend(&rule.cue);
        }
        for text in texts {
            let text = format!("{} ", text.to_lowercase());
            for word in DREAD {
                assert!(!text.contains(word), "{}: `{word}` in: {text}", exercise.id);
            }
        }
    }
}

#[test]
fn one_angle_excursion_never_pauses_a_set() {
    for rule in shipped().iter().flat_map(|exercise| &exercise.rules) {
        let is_angle = rule.quantity.unit() == Unit::Degrees && rule.quantity.scope() != Scope::Set;
        if rule.stop.is_some() && is_angle && rule.only_if.is_none() {
            assert_eq!(rule.stop_vote, [2, 2], "{}", rule.id);
        }
    }
}

/// The ids of the reference, so that none is lost: those merged into one rule have its name here.
#[test]
fn every_rule_of_the_reference_is_there() {
    let wanted = [
        (
            "hyperext_45",
            "HX-OVER HX-OVER-PELVIS HX-OVER-FAST HX-LUMEXT HX-TOP HX-SHALLOW HX-DEEP HX-DEEP-PELVIS HX-ROUND HX-PINNED HX-FASTL HX-FASTR HX-VEL HX-DROP HX-BOUNCE HX-HOLD HX-HANG HX-SIDE HX-SYM HX-STICK HX-SMOOTHL HX-SMOOTHR HX-FROM HX-FTOP-SINK HX-FTOP-ARCH HX-FTEMPO HX-VL HX-SLIP",
        ),
        (
            "superman",
            "SM-LIFT SM-HOLD SM-HOLDMIN SM-ROM SM-FASTL SM-FASTR SM-VEL SM-DROP SM-BOUNCE SM-SIDE SM-SYM SM-SMOOTHL SM-SMOOTHR SM-LUMEXT SM-FROM SM-FTEMPO SM-VL SM-SLIP",
        ),
        (
            "bird_dog",
            "BD-ARCH BD-ROUND BD-LUM BD-ROT BD-ROTT BD-DISS BD-PITCHT BD-LEGHI BD-LEGLO BD-HOLDMIN BD-HOLDMAX BD-LOST BD-SWAY BD-SWAY-ANGLE BD-FASTUP BD-FASTDN BD-RESET BD-ALT BD-SYM BD-FATIGUE BD-ROM BD-VEL BD-DROP BD-SMOOTHL BD-SMOOTHR BD-FROM BD-FTEMPO BD-VL BD-SLIP",
        ),
        (
            "good_morning",
            "GM-ROM GM-DEEP GM-ROUND GM-RATIO GM-LEAN GM-FASTL GM-FASTR GM-VEL GM-SIDE GM-FROUND GM-KNEE GM-DROP GM-BOUNCE GM-TWIST GM-SMOOTHL GM-SMOOTHR GM-FROM GM-FTEMPO GM-VL GM-SLIP",
        ),
        (
            "deadlift",
            "DL-LOCK DL-BACK DL-HIPS DL-ROUND DL-DRIFT DL-SIDE DL-DROP DL-FASTR DL-FALL DL-SMOOTHL DL-SMOOTHR DL-FROM DL-FTEMPO DL-VL DL-SLIP",
        ),
        (
            "bent_row",
            "BR-SWING BR-RISE BR-HINGE BR-ROUND BR-DRIFT BR-SIDE BR-ROM BR-FASTL BR-FASTR BR-FROM BR-FTEMPO BR-VL BR-SLIP",
        ),
        (
            "squat",
            "SQ-LEAN SQ-HIPS SQ-WINK SQ-ROUND SQ-SIDE SQ-TWIST SQ-DEPTH SQ-DEPTH-TRAVEL SQ-FASTL SQ-FASTR SQ-VEL SQ-DROP SQ-BOUNCE SQ-FROM SQ-FTEMPO SQ-VL SQ-SLIP",
        ),
        (
            "box_squat",
            "SQ-LEAN SQ-HIPS SQ-WINK SQ-ROUND SQ-SIDE SQ-TWIST BX-PLOP BX-ROCK SQ-FASTL SQ-FASTR SQ-VEL SQ-DROP SQ-FROM SQ-FTEMPO SQ-VL SQ-SLIP",
        ),
        (
            "lunge_fwd",
            "LU-LEAN LU-BACK LU-SIDE LU-TWIST LU-IMPACT LU-WOBBLE LU-SYM LU-SYM-ROM LU-SYM-TIME LU-ROM LU-FASTL LU-FASTR LU-DROP LU-FROM LU-FTEMPO LU-VL LU-SLIP",
        ),
        (
            "step_up",
            "SU-LEAN SU-SIDE SU-SIDE-TRUNK SU-DROP SU-LAND SU-TWIST SU-FASTL SU-FASTR SU-FTEMPO SU-VL SU-SLIP",
        ),
        (
            "band_rotation",
            "RO-ROM RO-OVER RO-TILT RO-HIPS RO-FASTR RO-FASTL RO-VEL RO-SNAP RO-DROP RO-BOUNCE RO-SMOOTHL RO-SMOOTHR RO-SYM RO-FROM RO-FTEMPO RO-VL RO-SLIP",
        ),
        (
            "side_twist",
            "RO-ROM RO-OVER RO-TILT RO-HIPS RO-FASTR RO-FASTL RO-VEL RO-SYM",
        ),
        (
            "lat_leg_raise",
            "LR-LEAN LR-PITCH LR-ROM LR-HIGH LR-SWING LR-FASTL LR-VEL LR-BOUNCE LR-SMOOTHL LR-SMOOTHR LR-FROM LR-FTEMPO LR-VL LR-SLIP",
        ),
        (
            "calf_raise",
            "CR-LEAN CR-BOUNCE CR-TOP CR-DROP CR-ROM CR-FASTL CR-FASTR CR-FROM CR-FTEMPO CR-SLIP",
        ),
        (
            "pull_up",
            "PL-SWING PL-KIP PL-SIDE PL-TWIST PL-ROM PL-FASTL PL-FASTR PL-DROP PL-SLIP",
        ),
        (
            "pull_down",
            "PL-SWING PL-LEANBACK PL-SIDE PL-ROM PL-FASTL PL-FASTR PL-SLIP",
        ),
        ("shrug", "PL-SHRUG PL-SWING PL-SIDE PL-HOLD PL-SLIP"),
        (
            "rear_fly",
            "PL-SHRUG PL-SWING PL-SIDE PL-ROM PL-FASTL PL-FASTR PL-VEL PL-SLIP",
        ),
        (
            "face_pull",
            "PL-SWING PL-SHRUG PL-SIDE PL-TWIST PL-ROM PL-SLIP",
        ),
        (
            "straight_arm_pulldown",
            "PL-SWING PL-SIDE PL-TWIST PL-ROM PL-VEL PL-SLIP",
        ),
        (
            "pull_over",
            "PL-SWING PL-SIDE PL-ROM PL-VEL PL-DROP PL-SLIP",
        ),
        (
            "slouch_overcorrect",
            "SO-RANGE SO-TEMPO-DOWN SO-TEMPO-UP SO-FINAL-TALL SO-FINAL-LOW SO-HOLD SO-SLIP",
        ),
        ("object_lift", "OL-STOOP OL-BEND OL-TWIST OL-SLIP"),
        (
            "prone_alt",
            "PA-ARCH PA-ROUND PA-ROT PA-LIFT PA-ROTT PA-LUM PA-DISS PA-LEGHI PA-ROM PA-HOLDMIN PA-HOLDMIN-PATTERN PA-HOLDMAX PA-LOST PA-SWAY PA-SWAY-ANGLE PA-FASTUP PA-FASTDN PA-VEL PA-DROP PA-RESET PA-SMOOTHL PA-SMOOTHR PA-ALT PA-SYM PA-ASYM-TIME PA-FATIGUE PA-FROM PA-FTEMPO PA-VL PA-FADING PA-SLIP",
        ),
        (
            "leg_lift",
            "LL-ARCH LL-ROLL LL-HEAD LL-ANGLE LL-FASTL LL-SWING LL-VEL LL-DROP LL-BOUNCE LL-SMOOTHL LL-SMOOTHR LL-FROM LL-FTEMPO LL-VL LL-FADING LL-SLIP",
        ),
        (
            "pelvic_tilt",
            "PT-ROM PT-HIPS PT-HOLD PT-ROLL PT-CHEST PT-FASTR PT-FASTL PT-SLIP",
        ),
        (
            "cat_cow",
            "CC-ROM CC-COW CC-ROCK CC-PHASE CC-ROLL CC-FASTR CC-FASTL CC-VEL CC-SMOOTHL CC-SMOOTHR CC-SLIP",
        ),
        (
            "bridge",
            "BG-LOW BG-HIGH BG-HOLD BG-SAG BG-SWAY BG-BOUNCE BG-DROP BG-SIDE BG-SYM BG-FASTR BG-FASTL BG-VEL BG-FALL BG-SMOOTHL BG-SMOOTHR BG-FROM BG-FTEMPO BG-VL BG-FADING BG-SLIP",
        ),
        (
            "roll_up",
            "RU-ROM RU-FASTU RU-FASTD RU-JERK RU-PLOP RU-VEL RU-DROP RU-SMOOTHL RU-SMOOTHR RU-SIDE RU-SYM RU-FROM RU-FTEMPO RU-FADING RU-SLIP",
        ),
        (
            "rolling_knees",
            "RK-ROM RK-HOLD RK-SHOULDER RK-FASTL RK-FASTR RK-DROP RK-SMOOTHL RK-SMOOTHR RK-ALT RK-SYM RK-SLIP",
        ),
        (
            "kneel_back_ext",
            "KB-HOLD KB-HOLD-NEAR KB-ROM KB-OVER KB-ROLL KB-FASTR KB-FASTL KB-SMOOTHL KB-SMOOTHR KB-SLIP",
        ),
        (
            "plank",
            "PK-SAG PK-LUMEXT PK-PIKE PK-ROLL PK-SWAY PK-SHORT PK-LONG PK-BREAK PK-DRIFT PK-SHAKE",
        ),
        (
            "side_plank",
            "SP-SAG SP-ROLL SP-SHORT SP-LONG SP-BREAK SP-SHAKE SP-SYM",
        ),
        (
            "wall_sit",
            "WS-LEAN WS-SIDE WS-RISE WS-SHORT WS-LONG WS-BREAK WS-DRIFT WS-SHAKE",
        ),
        (
            "sphinx",
            "SX-OVER SX-HIPS SX-SHORT SX-LONG SX-BREAK SX-DRIFT",
        ),
        (
            "knee_to_chest",
            "KC-ARCH KC-ROLL KC-HEAD KC-SHORT KC-LONG KC-BREAK KC-DRIFT",
        ),
        ("childs_pose", "CP-HOLD CP-LONG CP-BREAK CP-DRIFT"),
        ("thread_needle", "TN-SHORT TN-LONG TN-BREAK TN-DRIFT TN-SYM"),
        (
            "down_dog",
            "DD-SHORT DD-LONG DD-BREAK DD-DRIFT DD-SHAKE DD-SIDE",
        ),
        (
            "towel_hamstring",
            "TW-BOUNCE TW-ROUND TW-SHORT TW-LONG TW-BREAK TW-DRIFT",
        ),
        (
            "towel_hamstring_lying",
            "TL-BOUNCE TL-SHORT TL-LONG TL-BREAK TL-ROLL",
        ),
        (
            "calf_stretch",
            "CS-LEAN CS-SHORT CS-LONG CS-BREAK CS-BOUNCE",
        ),
        ("draw_in", "DI-TILT DI-SHORT DI-LONG DI-BREAK"),
        (
            "diaphragm_breathing",
            "BT-RATE BT-RATIO BT-BELLY BT-STILL BT-SHORT",
        ),
        (
            "biering_sorensen",
            "BS-END BS-SINK BS-OVER BS-SIDE BS-BREAK BS-DRIFT BS-SHAKE",
        ),
    ];
    for (id, rules) in wanted {
        let exercise = built_in(id).unwrap();
        for rule in rules.split(' ') {
            assert!(exercise.rules.iter().any(|r| r.id == rule), "{id}: {rule}");
        }
    }
    let sitting = built_in("sitting").unwrap();
    for id in ["PO-SLOUCH", "PO-LEAN", "PO-STILL", "PO-SIT"] {
        assert!(sitting.rules.iter().any(|rule| rule.id == id), "{id}");
    }
    let other = built_in("hyperext_90").unwrap();
    assert_eq!(built_in("hyperext_45").unwrap().rules, other.rules);
    assert_eq!(
        built_in("good_morning").unwrap().rules,
        built_in("sldl").unwrap().rules
    );
    let ids = |id: &str| -> Vec<String> {
        let rules = built_in(id).unwrap().rules;
        rules.into_iter().map(|rule| rule.id).collect()
    };
    assert_eq!(ids("lunge_fwd"), ids("lunge_rev"));
    assert_eq!(ids("lunge_fwd"), ids("lunge_lat"));
}

/// Reading is part of every start of the program.
#[test]
fn the_library_is_read_in_a_blink() {
    let start = std::time::Instant::now();
    let rules: usize = shipped().iter().map(|exercise| exercise.rules.len()).sum();
    println!("{rules} rules in {:?}", start.elapsed());
    assert!(start.elapsed() < std::time::Duration::from_secs(1));
}

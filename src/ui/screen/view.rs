//! What is shown, as plain data: rounded as it is read, so that two equal views are one picture.

use crate::coach::{CheckState, Need, Phase, SetupStep, Sitting};
use crate::motion::Validity;
use crate::units::round_to;

use super::state::{Link, LinkState, Recording, RepMark, State, Tone};
use super::target::Target;

/// An angle that was not heard of for this long is no longer shown as the present one, seconds.
const STALE_SECS: f64 = 1.0;

/// What is said when it hurts (exercises.md 6.3).
const PAIN: &str = "Rest. If it does not settle, or you feel numbness, tingling or weakness in a leg, contact a professional.";
const URGENT: &str = "New numbness around the groin or seat, trouble with bladder or bowel, or weakness in both legs: do not exercise now, seek urgent medical care.";

const GO_ON: &str = "space: go on · q: end";

/// One picture.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct View {
    pub title: String,
    pub is_synthetic: bool,
    pub recording: Recording,
    /// `set 2 of 3`.
    pub set: Option<String>,
    pub main: Main,
    pub word: Option<(Tone, String)>,
    pub gauge: Option<Gauge>,
    pub links: Vec<Link>,
    pub talk: Option<String>,
}

/// What most of the picture is for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Main {
    /// What to do now.
    Steps(Steps),
    /// A number that leads: three, two, one.
    Number { number: u32, caption: String },
    /// The repetitions.
    Count(Count),
    /// How the wearer sits: minutes since the last break, and words on it.
    Sitting { minutes: u32, lines: Vec<String> },
    /// Time that runs out, seconds.
    Clock {
        seconds: u32,
        caption: String,
        lines: Vec<String>,
    },
}

/// What to do now, big and plain.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Steps {
    pub tone: Tone,
    /// `step 1 of 3`.
    pub progress: Option<String>,
    pub headline: String,
    /// The first is nearly as big.
    pub lines: Vec<String>,
    pub checks: Vec<(CheckState, String)>,
}

/// The count.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Count {
    pub reps: u32,
    pub goal: Option<u32>,
    /// Of these on the left and on the right, where sides alternate.
    pub sides: Option<[u32; 2]>,
    pub said: Option<u32>,
    pub is_estimated: bool,
    pub marks: Vec<RepMark>,
}

/// The angle.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Gauge {
    pub target: Target,
    /// Degrees, to the half degree, and its error; none while there is no angle to trust.
    pub reading: Option<(f64, f64)>,
    pub is_uncertain: bool,
}

impl State {
    /// What to show now.
    pub fn view(&self) -> View {
        View {
            title: self.title(),
            is_synthetic: self.is_synthetic,
            recording: self.recording.clone(),
            set: self.set_in_words(),
            main: self.main(),
            word: self.shown_word(),
            gauge: self.gauge(),
            links: self.links.clone(),
            talk: self.talk().map(str::to_owned),
        }
    }

    fn title(&self) -> String {
        let name = crate::ui::clean(&self.plan.exercise.name);
        match self.step_of {
            Some((step, steps)) => format!("{step}/{steps} {name}"),
            None => name,
        }
    }

    fn set_in_words(&self) -> Option<String> {
        let set = self.set.max(1);
        match self.plan.goal.sets {
            Some(sets) => Some(format!("set {set} of {sets}")),
            None if self.set == 0 => None,
            None => Some(format!("set {set}")),
        }
    }

    fn shown_word(&self) -> Option<(Tone, String)> {
        let lost: Vec<&str> = self
            .links
            .iter()
            .filter(|link| link.state == LinkState::Lost)
            .map(|link| link.place.as_str())
            .collect();
        if !lost.is_empty() {
            return Some((Tone::Stop, format!("Link lost: {}", lost.join(", "))));
        }
        if self.is_in_pain || self.phase == Phase::Paused {
            // Said in full by the picture itself.
            return None;
        }
        self.word().map(|word| (word.tone, word.text.clone()))
    }

    fn main(&self) -> Main {
        if self.is_in_pain {
            return Main::Steps(self.pain());
        }
        let is_posture = matches!(self.phase, Phase::Exercising | Phase::Waiting);
        if let Some(sitting) = self.sitting.filter(|_| is_posture) {
            return sitting_now(&sitting);
        }
        match self.phase {
            Phase::Waiting => Main::Steps(self.waiting()),
            Phase::SettingUp => Main::Steps(self.step()),
            Phase::CountIn => match self.count_in {
                Some(number) => Main::Number {
                    number: u32::from(number),
                    caption: "hold still".into(),
                },
                None => Main::Steps(self.arming("HOLD STILL")),
            },
            Phase::Exercising => Main::Count(self.count()),
            Phase::Resting => self.rest(),
            Phase::Arming => Main::Steps(self.arming("TAKE THE START POSE")),
            Phase::Paused => Main::Steps(self.paused()),
            Phase::Finished => Main::Steps(self.finished()),
        }
    }

    fn waiting(&self) -> Steps {
        let mut lines = vec!["Put the sensor on. It begins by itself.".to_owned()];
        lines.extend(self.exercise_setup());
        Steps {
            tone: Tone::Lead,
            progress: None,
            headline: "WAITING FOR SENSOR".into(),
            lines,
            checks: self.checks(),
        }
    }

    fn exercise_setup(&self) -> impl Iterator<Item = String> {
        let lines = self.plan.exercise.setup.iter().enumerate();
        lines.map(|(index, line)| format!("{}. {}", index + 1, crate::ui::clean(line)))
    }

    fn step(&self) -> Steps {
        let pose = crate::ui::clean(&self.plan.exercise.pose.description);
        let (number, headline, line) = match self.step.unwrap_or(SetupStep::StandStill) {
            SetupStep::SitTall => ("step 1 of 2", "SIT TALL", "And hold still".to_owned()),
            SetupStep::Slump => ("step 2 of 2", "LET GO, SLUMP", "And hold still".to_owned()),
            SetupStep::StandStill => (
                "step 1 of 3",
                "STAND STILL",
                "Upright, arms loose, 3 seconds".to_owned(),
            ),
            SetupStep::BendOnce => (
                "step 2 of 3",
                "BEND FORWARD ONCE",
                "Slowly, and come back up".to_owned(),
            ),
            SetupStep::HoldStartPose => ("step 3 of 3", "HOLD THE START POSE", pose),
            SetupStep::Ready => ("set-up done", "READY", "Begin when you like".to_owned()),
        };
        let mut lines = vec![line];
        if let Some(again) = &self.again {
            lines.insert(0, format!("Once more: {again}"));
        }
        if self.step == Some(SetupStep::HoldStartPose) {
            lines.extend(self.exercise_setup());
        }
        Steps {
            tone: if self.again.is_some() {
                Tone::Fault
            } else {
                Tone::Lead
            },
            progress: Some(number.to_owned()),
            headline: headline.into(),
            lines,
            checks: self.checks(),
        }
    }

    fn arming(&self, headline: &str) -> Steps {
        Steps {
            tone: Tone::Lead,
            progress: self.set_in_words(),
            headline: headline.into(),
            lines: vec![
                crate::ui::clean(&self.plan.exercise.pose.description),
                "It begins when you hold still".into(),
            ],
            checks: Vec::new(),
        }
    }

    fn paused(&self) -> Steps {
        let reason = self.pause_reason.clone();
        Steps {
            tone: Tone::Stop,
            progress: None,
            headline: "PAUSED".into(),
            lines: reason
                .into_iter()
                .chain(["Go on (space), make it easier, or finish (q)?".to_owned()])
                .collect(),
            checks: Vec::new(),
        }
    }

    fn pain(&self) -> Steps {
        Steps {
            tone: Tone::Stop,
            progress: None,
            headline: "STOP HERE".into(),
            lines: vec![PAIN.into(), URGENT.into(), GO_ON.into()],
            checks: Vec::new(),
        }
    }

    fn finished(&self) -> Steps {
        let done = self.sets_done.iter();
        let reps: u32 = done.clone().map(|(_, reps)| reps).sum();
        let said: u32 = done
            .clone()
            .map(|(set, reps)| self.said(*set, *reps).unwrap_or(*reps))
            .fold(0, u32::saturating_add);
        let each: Vec<String> = done.map(|(_, reps)| reps.to_string()).collect();
        let mut line = match each.len() {
            0 => "No set was done".to_owned(),
            1 => format!("{reps} reps"),
            sets => format!("{reps} reps in {sets} sets: {}", each.join(" + ")),
        };
        if said != reps {
            line.push_str(&format!(", {said} as you say"));
        }
        Steps {
            tone: Tone::Good,
            progress: None,
            headline: "ALL DONE".into(),
            lines: vec![line],
            checks: Vec::new(),
        }
    }

    fn rest(&self) -> Main {
        let left = self
            .phase_until
            .map_or(0.0, |until| until.seconds_since(self.now));
        let next = self.set + 1;
        let caption = match self.plan.goal.sets {
            Some(sets) => format!("rest, then set {next} of {sets}"),
            None => format!("rest, then set {next}"),
        };
        let done = self
            .sets_done
            .last()
            .map(|(set, reps)| match self.said(*set, *reps) {
                Some(said) => format!("{reps} reps done, {said} as you say"),
                None => format!("{reps} reps done"),
            });
        Main::Clock {
            seconds: left.ceil().clamp(0.0, 5999.0) as u32,
            caption,
            lines: done
                .into_iter()
                .chain(["space: go on at once".to_owned()])
                .collect(),
        }
    }

    fn count(&self) -> Count {
        Count {
            reps: self.reps,
            goal: self.plan.goal.reps,
            sides: (self.sides != [0, 0]).then_some(self.sides),
            said: self.said(self.set, self.reps),
            is_estimated: self.is_estimated,
            marks: self.marks.clone(),
        }
    }

    fn checks(&self) -> Vec<(CheckState, String)> {
        let one = |check: &crate::coach::Check| {
            let place = self
                .links
                .get(usize::from(check.sensor.0))
                .map_or("?", |link| link.place.as_str());
            let need = match check.need {
                Need::Link => "link",
                Need::Readings => "readings",
                Need::Battery => "battery",
            };
            let state = match check.state {
                CheckState::Met => "ready",
                CheckState::Awaited => "waiting",
                CheckState::Poor => "poor",
                CheckState::Unknown => "not known",
            };
            (check.state, format!("{place} {need}: {state}"))
        };
        self.checks.iter().map(one).collect()
    }

    fn gauge(&self) -> Option<Gauge> {
        if self.sitting.is_some() {
            return None;
        }
        let is_moving = matches!(
            self.phase,
            Phase::Exercising | Phase::CountIn | Phase::Arming
        );
        if !is_moving || self.is_in_pain {
            return None;
        }
        let signal = self
            .signal
            .filter(|signal| self.now.seconds_since(signal.at) < STALE_SECS)
            .filter(|signal| signal.validity != Validity::Invalid);
        Some(Gauge {
            target: self.target,
            reading: signal.map(|signal| {
                let half = |degrees: f64| round_to(degrees, 2.0);
                (half(signal.value.degrees()), half(signal.error.degrees()))
            }),
            is_uncertain: signal.is_some_and(|signal| signal.validity == Validity::Uncertain),
        })
    }
}

/// Breaks and variety come before how upright anybody sits (exercises.md 4.3).
fn sitting_now(sitting: &Sitting) -> Main {
    let mut lines = vec!["minutes since a break".to_owned()];
    let slouch = sitting.slouch_pct.map_or(String::new(), |percent| {
        format!(", {percent:.0} % of your slump")
    });
    lines.push(format!("now {}{slouch}", sitting.mode.words()));
    Main::Sitting {
        minutes: sitting.since_break_min.clamp(0.0, 1e4) as u32,
        lines,
    }
}

//! What the wearer asks for: single keys at a terminal, words in lines from anything else.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::stream;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::clean;
use super::quit::Quit;
use crate::input::{Command, Input};
use crate::sources::Inputs;
use crate::sources::live::SessionClock;

/// How soon the reading of keys notices that nobody wants them any more.
const LOOK_UP: Duration = Duration::from_millis(100);

/// A key that comes again sooner is held down: nobody means ten steps by it. Shorter than anybody's double press.
const HELD: Duration = Duration::from_millis(90);

/// Commands that may wait; more is no person.
const MOST_WAITING: usize = 64;

/// Longest line that is read, bytes.
const LONGEST_LINE: u64 = 200;

/// What a key or a word asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Something of the coach.
    Command(Command),
    /// The end of the session.
    Quit,
    /// The end of the session, by Ctrl-C.
    Interrupt,
}

/// The keys as shown to the wearer: key, what it does; those that matter most first.
pub const KEYS: &[(&str, &str)] = &[
    ("p", "PAIN"),
    ("q", "end"),
    ("space", "next"),
    ("s", "stop set"),
    ("-", "undo rep"),
    ("+", "missed rep"),
    ("r", "recalibrate"),
];

/// The words that lines may hold.
const WORDS: &[(&str, Wish)] = &[
    ("next", Wish::Command(Command::Next)),
    ("start", Wish::Command(Command::Start)),
    ("stop", Wish::Command(Command::Stop)),
    ("pain", Wish::Command(Command::Pain)),
    ("undo", Wish::Command(Command::Undo)),
    ("missed", Wish::Command(Command::Missed)),
    ("recalibrate", Wish::Command(Command::Recalibrate)),
    ("quit", Wish::Quit),
    ("q", Wish::Quit),
];

/// What a key asks for, if anything.
pub fn wish_of_key(key: KeyEvent) -> Option<Wish> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        // In raw mode Ctrl-C is a key like any other.
        return (key.code == KeyCode::Char('c')).then_some(Wish::Interrupt);
    }
    let command = match key.code {
        KeyCode::Char(' ') | KeyCode::Enter => Command::Next,
        KeyCode::Char('p' | 'P') | KeyCode::Esc => Command::Pain,
        KeyCode::Char('s' | 'S') => Command::Stop,
        KeyCode::Char('r' | 'R') => Command::Recalibrate,
        KeyCode::Char('u' | 'U' | '-') | KeyCode::Backspace => Command::Undo,
        KeyCode::Char('+' | '=') => Command::Missed,
        KeyCode::Char('q' | 'Q') => return Some(Wish::Quit),
        _ => return None,
    };
    Some(Wish::Command(command))
}

/// What a line asks for; nothing for an empty one.
///
/// # Errors
/// What to say about a word that is none of ours.
pub fn wish_of_line(line: &str) -> Result<Option<Wish>, String> {
    let word = line.trim().to_ascii_lowercase();
    if word.is_empty() {
        return Ok(None);
    }
    let known = WORDS.iter().find(|(name, _)| *name == word);
    known.map(|(_, wish)| Some(*wish)).ok_or_else(|| {
        let names: Vec<&str> = WORDS.iter().map(|(name, _)| *name).collect();
        format!(
            "`{}` is no command; use one of {}",
            clean(line.trim()),
            names.join(", ")
        )
    })
}

/// The keys of the terminal, which must be in raw mode: [`super::screen::Screen::open`] sees to that.
///
/// They are read by a thread of their own; it ends soon after the inputs are dropped. Wishes to end go to `quit`.
///
/// # Errors
/// That the thread cannot be had.
pub fn keys(clock: SessionClock, quit: Quit) -> io::Result<Inputs<'static>> {
    let (sender, receiver) = mpsc::channel(MOST_WAITING);
    let wanted = Wanted(Arc::new(AtomicBool::new(true)));
    let is_wanted = Arc::clone(&wanted.0);
    std::thread::Builder::new()
        .name("keys".into())
        .spawn(move || read_keys(&is_wanted, clock, &quit, &sender))?;
    Ok(inputs(receiver, Some(wanted)))
}

/// Words in lines, as from a pipe. What is no command is told to `say`.
///
/// They are read by a thread of their own, which ends with its reader: where nothing more is read nor closed, it stays
/// until the process ends, which it does not hinder.
///
/// # Errors
/// That the thread cannot be had.
pub fn lines(
    reader: impl Read + Send + 'static,
    clock: SessionClock,
    quit: Quit,
    say: impl Fn(&str) + Send + 'static,
) -> io::Result<Inputs<'static>> {
    let (sender, receiver) = mpsc::channel(MOST_WAITING);
    std::thread::Builder::new()
        .name("lines".into())
        .spawn(move || read_lines(reader, clock, &quit, &sender, say))?;
    Ok(inputs(receiver, None))
}

/// Waits until the wearer presses Enter, no longer than `longest`. The terminal stays as it is: Ctrl-C is a signal.
pub fn wait_for_enter(longest: Duration) {
    let until = Instant::now() + longest;
    // Letters before it come with it.
    while let Ok(true) = event::poll(until.saturating_duration_since(Instant::now())) {
        let Ok(read) = event::read() else { return };
        if let Event::Key(key) = read
            && key.code == KeyCode::Enter
        {
            return;
        }
    }
}

/// As long as it lives, keys are wanted.
struct Wanted(Arc<AtomicBool>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

fn inputs(receiver: Receiver<Input>, wanted: Option<Wanted>) -> Inputs<'static> {
    Box::pin(stream::unfold(
        (receiver, wanted),
        |(mut receiver, wanted)| async move {
            let input = receiver.recv().await?;
            Some((Ok(input), (receiver, wanted)))
        },
    ))
}

fn read_keys(is_wanted: &AtomicBool, clock: SessionClock, quit: &Quit, sender: &Sender<Input>) {
    let mut held = Held::default();
    while is_wanted.load(Ordering::Relaxed) && !sender.is_closed() {
        let key = match event::poll(LOOK_UP) {
            Ok(false) => continue,
            Ok(true) => event::read(),
            // The terminal is gone.
            Err(_) => return,
        };
        match key {
            Ok(Event::Key(key)) if !held.is_again(key, Instant::now()) => {
                if let Some(wish) = wish_of_key(key) {
                    pass_on(wish, clock, quit, sender);
                }
            }
            Ok(_) => {}
            Err(_) => return,
        }
    }
}

/// Tells a key that is held down from one that is pressed.
#[derive(Debug, Default)]
struct Held(Option<(KeyCode, Instant)>);

impl Held {
    fn is_again(&mut self, key: KeyEvent, now: Instant) -> bool {
        let before = self.0.replace((key.code, now));
        before
            .is_some_and(|(code, at)| code == key.code && now.saturating_duration_since(at) < HELD)
    }
}

fn read_lines(
    reader: impl Read,
    clock: SessionClock,
    quit: &Quit,
    sender: &Sender<Input>,
    say: impl Fn(&str),
) {
    let mut reader = io::BufReader::new(reader);
    loop {
        let mut line = Vec::new();
        match reader
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)
        {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        match wish_of_line(&String::from_utf8_lossy(&line)) {
            Ok(Some(wish)) => pass_on(wish, clock, quit, sender),
            Ok(None) => {}
            Err(problem) => say(&problem),
        }
        if sender.is_closed() {
            return;
        }
    }
}

fn pass_on(wish: Wish, clock: SessionClock, quit: &Quit, sender: &Sender<Input>) {
    match wish {
        Wish::Quit => quit.ask(),
        Wish::Interrupt => quit.interrupt(),
        Wish::Command(command) => {
            // Full means that the session takes nothing at all; waiting here would keep it from ending.
            let _ = sender.try_send(Input::Command {
                at: clock.now(),
                command,
            });
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use futures_util::StreamExt;
    use std::sync::Mutex;

    fn wish(code: KeyCode) -> Option<Wish> {
        wish_of_key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    #[test]
    fn every_key_that_is_shown_does_something() {
        for (key, _) in KEYS {
            let code = match *key {
                "space" => KeyCode::Char(' '),
                key => KeyCode::Char(key.chars().next().unwrap()),
            };
            assert!(wish(code).is_some(), "{key}");
        }
    }

    #[test]
    fn pain_has_the_two_keys_that_are_found_blindly() {
        let pain = Some(Wish::Command(Command::Pain));
        assert_eq!((wish(KeyCode::Char('p')), wish(KeyCode::Esc)), (pain, pain));
    }

    #[test]
    fn control_c_ends_and_other_chords_do_nothing() {
        let chord =
            |letter| wish_of_key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL));
        assert_eq!((chord('c'), chord('p')), (Some(Wish::Interrupt), None));
    }

    #[test]
    fn a_key_held_down_counts_once() {
        let mut held = Held::default();
        let key = KeyEvent::new(KeyCode::Char('-'), KeyModifiers::NONE);
        let began = Instant::now();
        let counted = (0..20)
            .filter(|step| !held.is_again(key, began + Duration::from_millis(30 * step)))
            .count();
        assert_eq!(counted, 1);
        assert!(!held.is_again(key, began + Duration::from_secs(2)));
    }

    #[tokio::test]
    async fn lines_are_commands_and_nonsense_is_answered() {
        let text = "next\n\nPAIN\r\nfly\u{1b}[2J\nundo\nquit\nq";
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&said);
        let quit = Quit::new();
        let say = move |text: &str| heard.lock().unwrap().push(text.to_owned());
        let inputs = lines(text.as_bytes(), SessionClock::begin(), quit.clone(), say).unwrap();
        let commands: Vec<Command> = inputs
            .map(|input| match input {
                Ok(Input::Command { command, .. }) => command,
                other => panic!("{other:?}"),
            })
            .collect()
            .await;
        assert_eq!(commands, [Command::Next, Command::Pain, Command::Undo]);
        assert_eq!(quit.times(), 2);
        let said = said.lock().unwrap();
        assert!(said[0].starts_with("`fly�[2J` is no command"), "{said:?}");
    }

    #[tokio::test]
    async fn a_line_without_end_is_read_in_pieces() {
        let reader = io::repeat(b'a').take(10_000);
        let quit = Quit::new();
        let count = Arc::new(Mutex::new(0));
        let told = Arc::clone(&count);
        let say = move |text: &str| {
            assert!(text.len() < 600);
            *told.lock().unwrap() += 1;
        };
        let inputs = lines(reader, SessionClock::begin(), quit, say).unwrap();
        assert_eq!(inputs.count().await, 0);
        assert_eq!(*count.lock().unwrap(), 50);
    }
}

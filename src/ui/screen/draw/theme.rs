//! Colors and marks. Every state has a color, a shape and a word, so that none depends on color alone.

use ratatui::style::{Color, Modifier, Style};

use super::super::state::Tone;

/// How many colors the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    None,
    Sixteen,
    Full,
}

/// How things look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Theme(Depth);

/// One color of Okabe and Ito's set, and the nearest of the sixteen.
struct Ink(Color, Color);

const GREEN: Ink = Ink(Color::Rgb(0, 158, 115), Color::Green);
const ORANGE: Ink = Ink(Color::Rgb(230, 159, 0), Color::Yellow);
// The report's vermilion is for paper; on black it has to be lighter.
const VERMILION: Ink = Ink(Color::Rgb(240, 110, 30), Color::LightRed);
const SKY: Ink = Ink(Color::Rgb(86, 180, 233), Color::LightCyan);
const GREY: Ink = Ink(Color::Rgb(140, 148, 156), Color::Gray);

impl Theme {
    /// Without colors: bold, reversed and shapes say the same.
    #[cfg(test)]
    pub const PLAIN: Theme = Theme(Depth::None);

    /// All colors.
    #[cfg(test)]
    pub const FULL: Theme = Theme(Depth::Full);

    /// What this terminal has.
    pub fn of_terminal(is_color_wanted: bool) -> Theme {
        let colorterm = std::env::var("COLORTERM").unwrap_or_default();
        Theme(if !is_color_wanted {
            Depth::None
        } else if colorterm == "truecolor" || colorterm == "24bit" {
            Depth::Full
        } else {
            Depth::Sixteen
        })
    }

    fn ink(self, ink: &Ink) -> Style {
        match self.0 {
            Depth::None => Style::new(),
            Depth::Sixteen => Style::new().fg(ink.1),
            Depth::Full => Style::new().fg(ink.0),
        }
    }

    /// What matters and judges nothing.
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What is there for those who look for it.
    pub fn soft(self) -> Style {
        self.ink(&GREY)
    }

    /// Large shapes and letters of a tone.
    pub fn tone(self, tone: Tone) -> Style {
        self.ink(match tone {
            Tone::Lead => &SKY,
            Tone::Good => &GREEN,
            Tone::Fault => &ORANGE,
            Tone::Stop => &VERMILION,
        })
        .add_modifier(Modifier::BOLD)
    }

    /// A line of text of a tone that must not be missed.
    pub fn alert(self, tone: Tone) -> Style {
        self.tone(tone).add_modifier(Modifier::REVERSED)
    }
}

/// The shape of a tone.
pub(super) const fn shape(tone: Tone) -> char {
    match tone {
        Tone::Lead => '▶',
        Tone::Good => '✔',
        Tone::Fault => '▲',
        Tone::Stop => '■',
    }
}

//! Words as large as the area allows: capitals five dots high, and multiples.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::Canvas;

/// Dots in a letter's height.
const HEIGHT: usize = 5;

/// Dots between two lines.
const LEADING: usize = 1;

/// Letters: rows from the top, `#` is a dot. All rows of a letter are equally wide.
const GLYPHS: &[(char, [&str; HEIGHT])] = &[
    ('A', [".##.", "#..#", "####", "#..#", "#..#"]),
    ('B', ["###.", "#..#", "###.", "#..#", "###."]),
    ('C', [".###", "#...", "#...", "#...", ".###"]),
    ('D', ["###.", "#..#", "#..#", "#..#", "###."]),
    ('E', ["####", "#...", "###.", "#...", "####"]),
    ('F', ["####", "#...", "###.", "#...", "#..."]),
    ('G', [".###", "#...", "#.##", "#..#", ".###"]),
    ('H', ["#..#", "#..#", "####", "#..#", "#..#"]),
    ('I', ["###", ".#.", ".#.", ".#.", "###"]),
    ('J', ["..##", "...#", "...#", "#..#", ".##."]),
    ('K', ["#..#", "#.#.", "##..", "#.#.", "#..#"]),
    ('L', ["#...", "#...", "#...", "#...", "####"]),
    ('M', ["#...#", "##.##", "#.#.#", "#...#", "#...#"]),
    ('N', ["#..#", "##.#", "#.##", "#..#", "#..#"]),
    ('O', [".##.", "#..#", "#..#", "#..#", ".##."]),
    ('P', ["###.", "#..#", "###.", "#...", "#..."]),
    ('Q', [".##.", "#..#", "#..#", "#.##", ".###"]),
    ('R', ["###.", "#..#", "###.", "#.#.", "#..#"]),
    ('S', [".###", "#...", ".##.", "...#", "###."]),
    ('T', ["###", ".#.", ".#.", ".#.", ".#."]),
    ('U', ["#..#", "#..#", "#..#", "#..#", ".##."]),
    ('V', ["#.#", "#.#", "#.#", "#.#", ".#."]),
    ('W', ["#...#", "#...#", "#.#.#", "##.##", "#...#"]),
    ('X', ["#.#", "#.#", ".#.", "#.#", "#.#"]),
    ('Y', ["#.#", "#.#", ".#.", ".#.", ".#."]),
    ('Z', ["####", "...#", ".##.", "#...", "####"]),
    ('0', [".##.", "#..#", "#..#", "#..#", ".##."]),
    ('1', [".#.", "##.", ".#.", ".#.", "###"]),
    ('2', ["###.", "...#", ".##.", "#...", "####"]),
    ('3', ["###.", "...#", ".##.", "...#", "###."]),
    ('4', ["#..#", "#..#", "####", "...#", "...#"]),
    ('5', ["####", "#...", "###.", "...#", "###."]),
    ('6', [".##.", "#...", "###.", "#..#", ".##."]),
    ('7', ["####", "...#", "..#.", ".#..", ".#.."]),
    ('8', [".##.", "#..#", ".##.", "#..#", ".##."]),
    ('9', [".##.", "#..#", ".###", "...#", ".##."]),
    (' ', ["..", "..", "..", "..", ".."]),
    (',', ["..", "..", "..", ".#", "#."]),
    ('.', [".", ".", ".", ".", "#"]),
    (':', [".", "#", ".", "#", "."]),
    ('!', ["#", "#", "#", ".", "#"]),
    ('?', ["###", "..#", ".#.", "...", ".#."]),
    ('\'', ["#", "#", ".", ".", "."]),
    ('-', ["...", "...", "###", "...", "..."]),
    ('+', ["...", ".#.", "###", ".#.", "..."]),
    ('/', ["..#", "..#", ".#.", "#..", "#.."]),
    ('(', [".#", "#.", "#.", "#.", ".#"]),
    (')', ["#.", ".#", ".#", ".#", "#."]),
    ('%', ["#..#", "..#.", ".##.", ".#..", "#..#"]),
    ('°', ["##", "##", "..", "..", ".."]),
    ('▶', ["#...", "###.", "####", "###.", "#..."]),
    ('✔', ["....#", "...##", "#.##.", "###..", ".#..."]),
    ('▲', ["..#..", "..#..", ".###.", ".###.", "#####"]),
    ('■', ["#####", "#####", "#####", "#####", "#####"]),
];

/// Draws words in the middle of an area, on as many lines as that takes, as large as they can be but for `largest` (1
/// is five dots high); `false` where there is no room, or for letters that we have not got.
pub(super) fn draw(
    text: &str,
    largest: usize,
    area: Rect,
    style: Style,
    buffer: &mut Buffer,
) -> bool {
    let Some(words) = words_of(text) else {
        return false;
    };
    let room = (usize::from(area.width), usize::from(area.height) * 2);
    let fitting = (1..=largest.max(1))
        .rev()
        .find_map(|scale| Some((scale, wrap(&words, room.0 / scale, room.1 / scale)?)));
    let Some((scale, lines)) = fitting else {
        return false;
    };
    let mut canvas = Canvas::new(area.width, area.height);
    let mut top = (room.1 - height_of(lines.len()) * scale) / 2;
    // A whole cell's edge is sharper than a half one's.
    top -= top % 2;
    for line in &lines {
        let mut left = (room.0 - width_of(line) * scale) / 2;
        for glyph in line {
            put(&mut canvas, glyph, (left, top), scale);
            left += (glyph[0].len() + 1) * scale;
        }
        top += (HEIGHT + LEADING) * scale;
    }
    canvas.paint(area, style, buffer);
    true
}

type Glyph = &'static [&'static str; HEIGHT];

fn glyph(letter: char) -> Option<Glyph> {
    let letter = letter.to_ascii_uppercase();
    GLYPHS
        .iter()
        .find(|(known, _)| *known == letter)
        .map(|(_, glyph)| glyph)
}

fn words_of(text: &str) -> Option<Vec<Vec<Glyph>>> {
    let words = text.split_whitespace();
    words
        .map(|word| word.chars().map(glyph).collect::<Option<Vec<Glyph>>>())
        .collect::<Option<Vec<_>>>()
        .filter(|words| !words.is_empty())
}

/// Lines no wider than `width` dots, if they are no higher than `height` together.
fn wrap(words: &[Vec<Glyph>], width: usize, height: usize) -> Option<Vec<Vec<Glyph>>> {
    let space = glyph(' ')?;
    let mut lines: Vec<Vec<Glyph>> = Vec::new();
    for word in words {
        if width_of(word) > width {
            return None;
        }
        match lines.last_mut() {
            Some(line) if width_of(line) + 1 + space[0].len() + 1 + width_of(word) <= width => {
                line.push(space);
                line.extend(word);
            }
            _ => lines.push(word.clone()),
        }
    }
    (height_of(lines.len()) <= height).then_some(lines)
}

fn width_of(line: &[Glyph]) -> usize {
    let dots: usize = line.iter().map(|glyph| glyph[0].len() + 1).sum();
    dots.saturating_sub(1)
}

const fn height_of(lines: usize) -> usize {
    (lines * (HEIGHT + LEADING)).saturating_sub(LEADING)
}

fn put(canvas: &mut Canvas, glyph: Glyph, (left, top): (usize, usize), scale: usize) {
    for (row, dots) in glyph.iter().enumerate() {
        for (column, dot) in dots.bytes().enumerate() {
            if dot == b'#' {
                canvas.fill(left + column * scale, top + row * scale, scale, scale);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_is_even_and_unlike_the_others() {
        for (index, (letter, rows)) in GLYPHS.iter().enumerate() {
            assert!(
                rows.iter().all(|row| row.len() == rows[0].len()),
                "{letter}"
            );
            let alike = GLYPHS[..index].iter().find(|(_, other)| other == rows);
            // Capital O and zero are one shape in many fonts; words tell them apart.
            assert!(alike.is_none() || *letter == '0', "{letter}");
        }
    }

    #[test]
    fn every_cue_of_every_exercise_has_its_letters() {
        for built_in in crate::exercise::library() {
            let exercise = crate::exercise::built_in(built_in.id).unwrap();
            for cue in exercise.rules.iter().filter_map(|rule| rule.cue.as_deref()) {
                assert!(words_of(cue).is_some(), "{}: {cue}", built_in.id);
            }
        }
    }

    #[test]
    fn words_grow_with_their_area_and_give_up_where_there_is_none() {
        let dots = |width, height| {
            let area = Rect::new(0, 0, width, height);
            let mut buffer = Buffer::empty(area);
            draw("Stand still", 9, area, Style::new(), &mut buffer).then(|| {
                buffer
                    .content()
                    .iter()
                    .filter(|cell| cell.symbol() != " ")
                    .count()
            })
        };
        let (small, large) = (dots(60, 6).unwrap(), dots(120, 12).unwrap());
        assert!(large > 2 * small, "{small} {large}");
        assert_eq!((dots(10, 6), dots(60, 2), dots(0, 0)), (None, None, None));
    }

    #[test]
    fn unknown_letters_are_left_to_the_terminal() {
        let area = Rect::new(0, 0, 80, 10);
        let mut buffer = Buffer::empty(area);
        assert!(!draw("Rücken gerade", 1, area, Style::new(), &mut buffer));
        assert_eq!(buffer, Buffer::empty(area));
    }
}

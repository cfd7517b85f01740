//! Every field of a file held against the schema.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::document::{Fault, Lines};
use super::error::{nearest, shown, suggestion};
use super::schema::{Field, Holds, LARGEST, MOST_ENTRIES, Shape, quantity_names};
use crate::input::Placement;

/// The faults of the fields: unknown, missing, of another kind, outside the vocabulary.
pub(super) fn faults(shape: &'static Shape, root: &DeTable<'_>, lines: &Lines) -> Vec<Fault> {
    let mut check = FieldCheck {
        lines,
        faults: Vec::new(),
    };
    check.table(shape, root, 1);
    check.faults
}

/// Walks the tree beside the schema.
struct FieldCheck<'l> {
    lines: &'l Lines,
    faults: Vec<Fault>,
}

impl FieldCheck<'_> {
    fn fault(&mut self, line: usize, problem: String) {
        self.faults.push((line, problem));
    }

    fn table(&mut self, shape: &'static Shape, table: &DeTable<'_>, line: usize) {
        let shape = shape.for_table(table);
        for (key, value) in table {
            let at = self.lines.line(key.span().start);
            let name: &str = key.get_ref();
            match shape.field(name) {
                Some(field) => self.field(field, value, at),
                None => {
                    let near = suggestion(nearest(name, shape.names()));
                    let allowed: Vec<_> = shape.names().collect();
                    let problem = format!(
                        "{} has no field `{}`{near}; it has {}",
                        shape.what,
                        shown(name),
                        allowed.join(", ")
                    );
                    self.fault(at, problem);
                }
            }
        }
        for field in shape.fields {
            if field.required && !table.contains_key(field.name) {
                self.fault(line, format!("{} needs `{}`", shape.what, field.name));
            }
        }
    }

    fn field(&mut self, field: &'static Field, value: &Spanned<DeValue<'_>>, line: usize) {
        let name = field.name;
        match field.holds {
            Holds::Text(most) => self.text(name, most, value, line),
            Holds::Texts(most) => self.texts(name, most, value, line),
            Holds::Number => self.number(name, value, line),
            Holds::Whole => self.whole(name, value, line),
            Holds::Flag if value.get_ref().is_bool() => {}
            Holds::Flag => self.mismatch(name, "true or false", value, line),
            Holds::Numbers => self.pair(name, value, line, Self::number),
            Holds::Wholes => self.pair(name, value, line, Self::whole),
            Holds::Word(words) => self.word(name, words.iter().copied(), value, line),
            Holds::Words(words) => self.words(name, words, value, line),
            Holds::Quantity => self.word(name, quantity_names(), value, line),
            Holds::Placements => self.placements(name, value, line),
            Holds::Table(shape) => match value.get_ref().as_table() {
                Some(table) => self.table(shape, table, line),
                None => self.mismatch(name, "a table", value, line),
            },
            Holds::Tables(shape, most) => self.tables(field, shape, most, value, line),
            Holds::NumbersByName => self.by_name(name, value, line, Self::number),
            Holds::PairsByName => self.by_name(name, value, line, |check, name, value, line| {
                check.pair(name, value, line, Self::number);
            }),
            Holds::TextsByName(most) => {
                self.by_name(name, value, line, |check, name, value, line| {
                    check.text(name, most, value, line);
                });
            }
        }
    }

    fn mismatch(&mut self, name: &str, wanted: &str, value: &Spanned<DeValue<'_>>, line: usize) {
        let found = match value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let problem = format!("`{}` holds {found}; it takes {wanted}", shown(name));
        self.fault(line, problem);
    }

    fn text(&mut self, name: &str, most: usize, value: &Spanned<DeValue<'_>>, line: usize) {
        let Some(text) = value.get_ref().as_str() else {
            return self.mismatch(name, "text", value, line);
        };
        let length = text.chars().count();
        let name = shown(name);
        if text.trim().is_empty() {
            self.fault(line, format!("`{name}` is empty"));
        } else if most < length {
            let problem = format!("`{name}` has {length} characters; it may have {most}");
            self.fault(line, problem);
        }
        if text.chars().any(char::is_control) {
            let problem = format!("`{name}` holds control characters; write it on one line");
            self.fault(line, problem);
        }
    }

    fn texts(&mut self, name: &str, most: usize, value: &Spanned<DeValue<'_>>, line: usize) {
        let Some(array) = value.get_ref().as_array() else {
            return self.mismatch(name, "a list of texts", value, line);
        };
        if self.is_too_long(name, array.len(), MOST_ENTRIES, line) {
            return;
        }
        for text in array {
            self.text(name, most, text, self.lines.line(text.span().start));
        }
    }

    fn is_too_long(&mut self, name: &str, length: usize, most: usize, line: usize) -> bool {
        if most < length {
            let problem = format!("`{name}` has {length} entries; it may have {most}");
            self.fault(line, problem);
        }
        most < length
    }

    fn number(&mut self, name: &str, value: &Spanned<DeValue<'_>>, line: usize) {
        if !value.get_ref().is_integer() && !value.get_ref().is_float() {
            return self.mismatch(name, "a number", value, line);
        }
        let is_usable = read::<f64>(value).is_some_and(|number| number.abs() <= LARGEST);
        if !is_usable {
            let problem = format!(
                "`{}` is not a number that can be measured; give one up to {LARGEST}",
                shown(name)
            );
            self.fault(line, problem);
        }
    }

    fn whole(&mut self, name: &str, value: &Spanned<DeValue<'_>>, line: usize) {
        if !value.get_ref().is_integer() || read::<u32>(value).is_none() {
            self.mismatch(name, "a whole number from 0", value, line);
        }
    }

    fn pair(
        &mut self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        line: usize,
        each: fn(&mut Self, &str, &Spanned<DeValue<'_>>, usize),
    ) {
        match value.get_ref().as_array() {
            Some(array) if array.len() == 2 => {
                for number in array {
                    each(self, name, number, line);
                }
            }
            _ => self.mismatch(name, "two numbers, as in [1, 2]", value, line),
        }
    }

    fn word(
        &mut self,
        name: &str,
        words: impl Iterator<Item = &'static str>,
        value: &Spanned<DeValue<'_>>,
        line: usize,
    ) {
        let Some(word) = value.get_ref().as_str() else {
            return self.mismatch(name, "a word", value, line);
        };
        let words: Vec<_> = words.collect();
        if !words.contains(&word) {
            let near = suggestion(nearest(word, words.iter().copied()));
            let problem = format!(
                "there is no {name} `{}`{near}; it is one of {}",
                shown(word),
                words.join(", ")
            );
            self.fault(line, problem);
        }
    }

    fn words(
        &mut self,
        name: &str,
        words: &'static [&'static str],
        value: &Spanned<DeValue<'_>>,
        line: usize,
    ) {
        let Some(array) = value.get_ref().as_array() else {
            return self.mismatch(name, "a list of words", value, line);
        };
        if self.is_too_long(name, array.len(), words.len(), line) {
            return;
        }
        for word in array {
            let at = self.lines.line(word.span().start);
            self.word(name, words.iter().copied(), word, at);
        }
    }

    fn placements(&mut self, name: &str, value: &Spanned<DeValue<'_>>, line: usize) {
        let Some(array) = value.get_ref().as_array() else {
            return self.mismatch(
                name,
                "a list of placements, as in [\"T7\", \"ST\"]",
                value,
                line,
            );
        };
        if self.is_too_long(name, array.len(), Placement::CODES.len(), line) {
            return;
        }
        for code in array {
            let at = self.lines.line(code.span().start);
            match code.get_ref().as_str() {
                None => self.mismatch(name, "placement codes as text", code, at),
                Some(text) if Placement::CODES.contains(&text) => {}
                Some(text) => {
                    let problem = match text.parse::<Placement>() {
                        Ok(known) => format!(
                            "write the placement `{}` as `{}`: exercises name no side",
                            shown(text),
                            known.without_side()
                        ),
                        Err(_) => format!(
                            "there is no placement `{}`; it is one of {}",
                            shown(text),
                            Placement::CODES.join(", ")
                        ),
                    };
                    self.fault(at, problem);
                }
            }
        }
    }

    fn tables(
        &mut self,
        field: &'static Field,
        shape: &'static Shape,
        most: usize,
        value: &Spanned<DeValue<'_>>,
        line: usize,
    ) {
        let name = field.name;
        let Some(array) = value.get_ref().as_array() else {
            let wanted = format!("a table for each, headed [[{name}]]");
            return self.mismatch(name, &wanted, value, line);
        };
        if self.is_too_long(name, array.len(), most, line) {
            return;
        }
        for each in array {
            let at = self.lines.line(each.span().start);
            match each.get_ref().as_table() {
                Some(table) => self.table(shape, table, at),
                None => self.mismatch(name, "tables", each, at),
            }
        }
    }

    fn by_name(
        &mut self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        line: usize,
        each: impl Fn(&mut Self, &str, &Spanned<DeValue<'_>>, usize),
    ) {
        let Some(table) = value.get_ref().as_table() else {
            return self.mismatch(name, "a table", value, line);
        };
        if self.is_too_long(name, table.len(), MOST_ENTRIES, line) {
            return;
        }
        for (key, value) in table {
            let at = self.lines.line(key.span().start);
            if !is_name(key.get_ref()) {
                let problem = format!(
                    "the name `{}` in [{name}] may hold a-z, 0-9 and _ only, at most 40 of them",
                    shown(key.get_ref())
                );
                self.fault(at, problem);
            }
            each(self, key.get_ref(), value, at);
        }
    }
}

/// Whether a text can be typed as a name: `[a-z0-9_]`, 1 to 40 of them.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn read<T: DeserializeOwned>(value: &Spanned<DeValue<'_>>) -> Option<T> {
    T::deserialize(ValueDeserializer::from(value.clone())).ok()
}

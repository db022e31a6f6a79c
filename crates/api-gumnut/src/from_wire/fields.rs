//! Reading one parameter at a time, and keeping what is wrong with it (contract gumnut §1.3).

use kalends_http_kit::Query;
use kalends_model::{Bound, LocalTime};

use crate::datetime;
use crate::ids::{self, GumnutId};
use crate::wire::error::{Context, HttpValidationError, Input, Location, ValidationError};

/// The parameters of a request, and the problems found in them so far. Parameters are asked for in
/// the order in which the published document lists them, which is then the order of the problems.
pub(crate) struct Fields<'q> {
    query: &'q Query,
    problems: Vec<ValidationError>,
}

impl<'q> Fields<'q> {
    pub(crate) fn of(query: &'q Query) -> Self {
        Self { query, problems: Vec::new() }
    }

    /// `value`, when nothing was wrong.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, HttpValidationError> {
        if self.problems.is_empty() {
            Ok(value)
        } else {
            Err(HttpValidationError { detail: self.problems })
        }
    }

    /// The text of a scalar. Of several, the last.
    pub(crate) fn text(&self, name: &'static str) -> Option<&'q str> {
        self.query.pairs().filter(|(sent, _)| *sent == name).last().map(|(_, value)| value)
    }

    /// The items of a list, repeated or with commas between. Empty ones are nothing.
    pub(crate) fn items(&self, name: &'static str) -> Vec<&'q str> {
        let values = self.query.pairs().filter(|(sent, _)| *sent == name);
        let items = values.flat_map(|(_, value)| value.split(','));
        items.map(str::trim).filter(|item| !item.is_empty()).collect()
    }

    /// Keeps a problem with the parameter `name`.
    pub(crate) fn refuse(&mut self, name: &'static str, input: impl Into<Given>, problem: Problem) {
        let Given { input, item } = input.into();
        let mut loc = vec![Location::Name("query"), Location::Name(name)];
        loc.extend(item.map(Location::Item));
        let Problem { kind, msg, ctx } = problem;
        self.problems.push(ValidationError { kind, loc, msg, input, ctx });
    }

    /// One of the named values.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let text = self.text(name)?;
        let chosen = choices.iter().find(|(known, _)| *known == text);
        if chosen.is_none() {
            self.refuse(name, text, Problem::not_one_of(choices.iter().map(|(known, _)| *known)));
        }
        chosen.map(|(_, value)| *value)
    }

    /// An id. An empty one is nothing.
    pub(crate) fn id<Id: GumnutId>(&mut self, name: &'static str) -> Option<Id> {
        let text = self.text(name).filter(|text| !text.is_empty())?;
        let id = ids::parse(text);
        if id.is_none() {
            self.refuse(name, text, Problem::no_id::<Id>());
        }
        id
    }

    /// A list of ids, each once, in the order given; at most `most` were given.
    pub(crate) fn ids<Id: GumnutId + PartialEq>(
        &mut self,
        name: &'static str,
        most: usize,
    ) -> Vec<Id> {
        let items = self.items(name);
        if items.len() > most {
            self.refuse(name, &items[..], Problem::too_long(most, items.len()));
            return Vec::new();
        }
        let mut found = Vec::with_capacity(items.len());
        for (item, text) in items.into_iter().enumerate() {
            match ids::parse(text) {
                Some(id) if found.contains(&id) => {}
                Some(id) => found.push(id),
                None => self.refuse(name, (item, text), Problem::no_id::<Id>()),
            }
        }
        found
    }

    /// An integer within bounds, both included.
    pub(crate) fn integer(&mut self, name: &'static str, least: i64, most: i64) -> Option<i64> {
        let text = self.text(name)?;
        read_integer_within(text, least, most)
            .map_err(|problem| self.refuse(name, text, problem))
            .ok()
    }

    /// A list of integers within bounds.
    pub(crate) fn integers(&mut self, name: &'static str, least: i64, most: i64) -> Vec<i64> {
        let mut found = Vec::new();
        for (item, text) in self.items(name).into_iter().enumerate() {
            match read_integer_within(text, least, most) {
                Ok(value) => found.push(value),
                Err(problem) => self.refuse(name, (item, text), problem),
            }
        }
        found
    }

    /// A bound on capture time.
    pub(crate) fn bound(&mut self, name: &'static str) -> Option<Bound> {
        let text = self.text(name)?;
        datetime::parse(text)
            .map_err(|error| self.refuse(name, text, Problem::no_datetime(error)))
            .ok()
    }

    /// A wall clock. A moment with an offset is refused.
    pub(crate) fn wall_clock(&mut self, name: &'static str) -> Option<LocalTime> {
        match self.bound(name)? {
            Bound::Naive(wall) => Some(wall),
            Bound::Aware { .. } => {
                let text = self.text(name)?;
                self.refuse(name, text, Problem::has_zone());
                None
            }
        }
    }
}

/// What was received for a parameter, and which item of it is meant.
pub(crate) struct Given {
    input: Input,
    item: Option<usize>,
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self { input: Input::Text(text.to_owned()), item: None }
    }
}

impl From<(usize, &str)> for Given {
    fn from((item, text): (usize, &str)) -> Self {
        Self { item: Some(item), ..Self::from(text) }
    }
}

impl From<&[&str]> for Given {
    fn from(items: &[&str]) -> Self {
        let texts = items.iter().map(|item| (*item).to_owned()).collect();
        Self { input: Input::Texts(texts), item: None }
    }
}

impl From<()> for Given {
    fn from((): ()) -> Self {
        Self { input: Input::Nothing(()), item: None }
    }
}

/// What is wrong with a parameter, in the published words where those exist.
pub(crate) struct Problem {
    kind: &'static str,
    msg: String,
    ctx: Option<Context>,
}

impl Problem {
    fn new(kind: &'static str, msg: impl Into<String>, ctx: Option<Context>) -> Self {
        Self { kind, msg: msg.into(), ctx }
    }

    /// A rule of this API that validation has no words of its own for.
    pub(crate) fn rule(error: impl Into<String>) -> Self {
        let error = error.into();
        Self::new("value_error", format!("Value error, {error}"), Some(Context::Error { error }))
    }

    fn no_id<Id: GumnutId>() -> Self {
        Self::rule(format!("expected `{}_` and 22 characters, or a UUID", Id::PREFIX))
    }

    fn not_one_of(names: impl Iterator<Item = &'static str>) -> Self {
        let quoted: Vec<String> = names.map(|name| format!("'{name}'")).collect();
        let expected = match quoted.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => quoted.concat(),
        };
        let msg = format!("Input should be {expected}");
        Self::new("literal_error", msg, Some(Context::Expected { expected }))
    }

    fn no_datetime(error: datetime::NotADateTime) -> Self {
        let ctx = Context::Error { error: error.error.to_owned() };
        Self::new(error.kind, error.message(), Some(ctx))
    }

    fn has_zone() -> Self {
        Self::new("timezone_naive", "Input should not have timezone info", None)
    }

    fn no_integer() -> Self {
        let msg = "Input should be a valid integer, unable to parse string as an integer";
        Self::new("int_parsing", msg, None)
    }

    pub(crate) fn no_number() -> Self {
        let msg = "Input should be a valid number, unable to parse string as a number";
        Self::new("float_parsing", msg, None)
    }

    pub(crate) fn not_above(gt: f64) -> Self {
        let msg = format!("Input should be greater than {gt}");
        Self::new("greater_than", msg, Some(Context::Above { gt }))
    }

    pub(crate) fn above(le: f64) -> Self {
        let msg = format!("Input should be less than or equal to {le}");
        Self::new("less_than_equal", msg, Some(Context::NotAbove { le }))
    }

    fn too_long(max_length: usize, actual_length: usize) -> Self {
        let msg = format!(
            "List should have at most {max_length} items after validation, not {actual_length}"
        );
        let ctx = Context::TooLong { field_type: "List", max_length, actual_length };
        Self::new("too_long", msg, Some(ctx))
    }
}

fn read_integer_within(text: &str, least: i64, most: i64) -> Result<i64, Problem> {
    let value = read_integer(text).ok_or_else(Problem::no_integer)?;
    if value < least {
        let msg = format!("Input should be greater than or equal to {least}");
        let ctx = Context::AtLeast { ge: least };
        return Err(Problem::new("greater_than_equal", msg, Some(ctx)));
    }
    if value > most {
        let msg = format!("Input should be less than or equal to {most}");
        let ctx = Context::AtMost { le: most };
        return Err(Problem::new("less_than_equal", msg, Some(ctx)));
    }
    Ok(value)
}

/// An integer as pydantic reads one from text: blanks around it, a sign, single underscores between
/// digits and a fraction of zeros are allowed. What `i64` cannot hold becomes its nearest end.
fn read_integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let is_negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let whole = match unsigned.split_once('.') {
        Some((whole, zeros)) => {
            let is_whole = !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0');
            is_whole.then_some(whole)?
        }
        None => unsigned,
    };
    let are_digits =
        |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    if !whole.split('_').all(are_digits) {
        return None;
    }
    let digits = whole.bytes().filter(u8::is_ascii_digit).map(|digit| i64::from(digit - b'0'));
    let value = digits.fold(0_i64, |value, digit| value.saturating_mul(10).saturating_add(digit));
    Some(if is_negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_as_the_published_server_reads_them() {
        for (text, expected) in [
            ("5", 5),
            ("+5", 5),
            ("-5", -5),
            ("1.0", 1),
            ("5.000", 5),
            (" 5 ", 5),
            ("\t7\n", 7),
            ("007", 7),
            ("1_0", 10),
            ("1_0.0", 10),
            ("-0", 0),
            ("99999999999999999999999999", i64::MAX),
            ("-99999999999999999999", -i64::MAX),
        ] {
            assert_eq!(read_integer(text), Some(expected), "{text}");
        }
        for text in [
            "", "abc", "1.5", "5.", ".5", ".0", "1e2", "--5", "+ 5", "_1", "1_", "1__0", "5.0.0",
            "٥", "0x5", "5\0",
        ] {
            assert_eq!(read_integer(text), None, "{text}");
        }
    }

    #[test]
    fn lists_are_repeated_or_have_commas() {
        let query = Query::parse("a=1&b=9&a=2,3,&a=&a=,%204").unwrap();
        assert_eq!(Fields::of(&query).items("a"), ["1", "2", "3", "4"]);
        assert_eq!(Fields::of(&query).items("c"), [""; 0]);
    }

    #[test]
    fn the_last_of_a_repeated_scalar_wins() {
        let query = Query::parse("a=x&a=2").unwrap();
        let mut fields = Fields::of(&query);
        assert_eq!(fields.integer("a", 1, 3), Some(2));
        assert!(fields.finish(()).is_ok());
    }
}

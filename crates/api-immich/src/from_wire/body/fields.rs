//! The fields of an object, each read as the kind of value that it is to be.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Sent;
use crate::from_wire::date::{self, SentDate};
use crate::from_wire::fields::uuid_v4;

/// The fields of an object under reading. Messages are collected in the order in which fields are
/// read. After a required field that is missing, the returned value stands in and is never used.
pub(crate) struct BodyFields<'a> {
    object: Option<&'a Map<String, Value>>,
    /// Where a nested object stands, such as `items.0.`.
    prefix: String,
    pub(super) messages: Vec<String>,
    /// The message about an unreadable date, which upstream tells alone.
    pub(super) date: Option<String>,
}

impl<'a> BodyFields<'a> {
    pub(super) fn of(value: &'a Value) -> Self {
        Self { object: value.as_object(), prefix: String::new(), messages: Vec::new(), date: None }
    }

    fn raw(&self, name: &str) -> Option<&'a Value> {
        self.object.and_then(|object| object.get(name))
    }

    /// The value as it was sent, unjudged.
    pub(crate) fn any(&self, name: &str) -> Option<&'a Value> {
        self.raw(name)
    }

    /// Notes that something is wrong with the field: `must be a string`, say.
    pub(crate) fn refuse(&mut self, name: &str, what: &str) {
        self.messages.push(format!("{}{name} {what}", self.prefix));
    }

    /// Notes that something is wrong, in a sentence of its own.
    pub(crate) fn refuse_all(&mut self, message: impl Into<String>) {
        self.messages.push(message.into());
    }

    /// A field that may be absent, read by `value`, whose failure is `what`.
    fn optional<T>(
        &mut self,
        name: &str,
        what: &str,
        value: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Option<T> {
        match self.nullable(name, what, value) {
            Sent::Given(value) => Some(value),
            Sent::Absent => None,
            Sent::Null => {
                self.refuse(name, what);
                None
            }
        }
    }

    fn nullable<T>(
        &mut self,
        name: &str,
        what: &str,
        value: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Sent<T> {
        match self.raw(name) {
            None => Sent::Absent,
            Some(Value::Null) => Sent::Null,
            Some(sent) => match value(sent) {
                Some(value) => Sent::Given(value),
                None => {
                    self.refuse(name, what);
                    Sent::Absent
                }
            },
        }
    }

    /// A text, possibly empty.
    pub(crate) fn text(&mut self, name: &str) -> Option<&'a str> {
        self.optional(name, "must be a string", Value::as_str)
    }

    /// A text or `null`.
    pub(crate) fn nullable_text(&mut self, name: &str) -> Sent<&'a str> {
        self.nullable(name, "must be a string", Value::as_str)
    }

    /// A text that must be there and not be empty.
    pub(crate) fn required_text(&mut self, name: &str) -> &'a str {
        let text = self.raw(name).and_then(Value::as_str);
        if text.is_none() {
            self.refuse(name, "must be a string");
        }
        if text.unwrap_or("").is_empty() {
            self.refuse(name, "should not be empty");
        }
        text.unwrap_or("")
    }

    /// `true` or `false`, also as a text.
    pub(crate) fn boolean(&mut self, name: &str) -> Option<bool> {
        self.optional(name, "must be a boolean value", boolean)
    }

    /// `true` or `false`, which must be there.
    pub(crate) fn required_boolean(&mut self, name: &str) -> bool {
        let sent = self.raw(name).and_then(boolean);
        if sent.is_none() {
            self.refuse(name, "should not be empty");
            self.refuse(name, "must be a boolean value");
        }
        sent.unwrap_or(false)
    }

    /// A UUID of version 4.
    pub(crate) fn uuid(&mut self, name: &str) -> Option<Uuid> {
        self.optional(name, "must be a UUID", uuid)
    }

    /// A UUID of version 4, or `null`.
    pub(crate) fn nullable_uuid(&mut self, name: &str) -> Sent<Uuid> {
        self.nullable(name, "must be a UUID", uuid)
    }

    /// A UUID of version 4 that must be there.
    pub(crate) fn required_uuid(&mut self, name: &str) -> Uuid {
        let sent = self.raw(name).and_then(uuid);
        if sent.is_none() {
            self.refuse(name, "must be a UUID");
        }
        if self.raw(name).is_none_or(|value| value.is_null() || value.as_str() == Some("")) {
            self.refuse(name, "should not be empty");
        }
        sent.unwrap_or_default()
    }

    /// A list of UUIDs that may be absent.
    pub(crate) fn uuids(&mut self, name: &str) -> Option<Vec<Uuid>> {
        self.raw(name).map(|value| self.uuids_of(name, value))
    }

    /// A list of UUIDs that must be there. An empty one is a list.
    pub(crate) fn required_uuids(&mut self, name: &str) -> Vec<Uuid> {
        match self.raw(name) {
            None | Some(Value::Null) => {
                self.messages.push(format!("{}each value in {name} must be a UUID", self.prefix));
                self.refuse(name, "should not be empty");
                self.refuse(name, "must be an array");
                Vec::new()
            }
            Some(value) => self.uuids_of(name, value),
        }
    }

    fn uuids_of(&mut self, name: &str, value: &Value) -> Vec<Uuid> {
        let uuids = value.as_array().and_then(|list| list.iter().map(uuid).collect());
        if uuids.is_none() {
            self.messages.push(format!("{}each value in {name} must be a UUID", self.prefix));
        }
        if !value.is_array() {
            self.refuse(name, "must be an array");
        }
        uuids.unwrap_or_default()
    }

    /// A list of texts that may be absent.
    pub(crate) fn texts(&mut self, name: &str) -> Option<Vec<&'a str>> {
        let value = self.raw(name)?;
        let texts = value.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
        if texts.is_none() {
            self.messages.push(format!("{}each value in {name} must be a string", self.prefix));
        }
        if !value.is_array() {
            self.refuse(name, "must be an array");
        }
        Some(texts.unwrap_or_default())
    }

    /// A list of texts that must be there.
    pub(crate) fn required_texts(&mut self, name: &str) -> Vec<&'a str> {
        if self.raw(name).is_none() {
            self.messages.push(format!("{}each value in {name} must be a string", self.prefix));
            self.refuse(name, "should not be empty");
            self.refuse(name, "must be an array");
        }
        self.texts(name).unwrap_or_default()
    }

    /// A number between two bounds, both allowed.
    pub(crate) fn number(&mut self, name: &str, least: f64, most: f64) -> Option<f64> {
        match self.nullable_number(name, least, most) {
            Sent::Null => {
                let what = "must be a number conforming to the specified constraints";
                self.refuse(name, what);
                None
            }
            sent => sent.given(),
        }
    }

    /// A number between two bounds, both allowed, or `null`.
    pub(crate) fn nullable_number(&mut self, name: &str, least: f64, most: f64) -> Sent<f64> {
        let what = "must be a number conforming to the specified constraints";
        let sent = self.nullable(name, what, Value::as_f64);
        if let Sent::Given(number) = sent {
            self.hold_to(name, number, least, most);
        }
        sent
    }

    /// A whole number between two bounds, both allowed.
    pub(crate) fn integer(&mut self, name: &str, least: i64, most: i64) -> Option<i64> {
        match self.nullable_integer(name, least, most) {
            Sent::Null => {
                self.refuse(name, "must be an integer number");
                None
            }
            sent => sent.given(),
        }
    }

    /// A whole number between two bounds, both allowed, or `null`.
    pub(crate) fn nullable_integer(&mut self, name: &str, least: i64, most: i64) -> Sent<i64> {
        let sent = self.nullable(name, "must be an integer number", whole_number);
        if let Sent::Given(number) = sent {
            self.hold_to(name, number as f64, least as f64, most as f64);
        }
        sent
    }

    fn hold_to(&mut self, name: &str, number: f64, least: f64, most: f64) {
        if number > most {
            self.refuse(name, &format!("must not be greater than {most}"));
        }
        if number < least {
            self.refuse(name, &format!("must not be less than {least}"));
        }
    }

    /// One of a few names.
    pub(crate) fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Option<T> {
        let what = one_of(choices);
        self.optional(name, &what, |value| chosen(value, choices))
    }

    /// One of a few names, which must be there.
    pub(crate) fn required_choice<T: Copy>(
        &mut self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let sent = self.raw(name).and_then(|value| chosen(value, choices));
        if sent.is_none() {
            if self.raw(name).is_none_or(Value::is_null) {
                self.refuse(name, "should not be empty");
            }
            self.refuse(name, &one_of(choices));
        }
        sent
    }

    /// A point in time that may be absent (contract immich §B2).
    pub(crate) fn date(&mut self, name: &str) -> Option<SentDate> {
        match self.nullable_date(name) {
            Sent::Null => {
                self.refuse(name, "must be a Date instance");
                None
            }
            sent => sent.given(),
        }
    }

    /// A point in time, or `null`.
    pub(crate) fn nullable_date(&mut self, name: &str) -> Sent<SentDate> {
        match self.raw(name) {
            None => Sent::Absent,
            Some(Value::Null) => Sent::Null,
            Some(value) => match value.as_str().and_then(date::parse) {
                Some(date) => Sent::Given(date),
                None => {
                    let message = format!("{}{name} must be a date string", self.prefix);
                    self.date.get_or_insert(message);
                    Sent::Absent
                }
            },
        }
    }

    /// A point in time that must be there.
    pub(crate) fn required_date(&mut self, name: &str) -> Option<SentDate> {
        if self.raw(name).is_none_or(Value::is_null) {
            self.refuse(name, "must be a Date instance");
            self.refuse(name, "should not be empty");
            return None;
        }
        self.date(name)
    }

    /// A list of objects, each read by `read`. `None` when it was not sent.
    pub(crate) fn objects<T>(
        &mut self,
        name: &str,
        mut read: impl FnMut(&mut BodyFields<'a>) -> T,
    ) -> Option<Vec<T>> {
        let value = self.raw(name)?;
        let Some(list) = value.as_array() else {
            self.refuse(name, "must be an array");
            return Some(Vec::new());
        };
        let mut read_objects = Vec::with_capacity(list.len());
        for (position, value) in list.iter().enumerate() {
            if !value.is_object() {
                let what = "must be either object or array";
                self.messages.push(format!("{}nested property {name} {what}", self.prefix));
                continue;
            }
            read_objects.push(self.nested(&format!("{name}.{position}"), value, &mut read));
        }
        Some(read_objects)
    }

    /// A list of objects that must be there.
    pub(crate) fn required_objects<T>(
        &mut self,
        name: &str,
        read: impl FnMut(&mut BodyFields<'a>) -> T,
    ) -> Vec<T> {
        if self.raw(name).is_none() {
            self.refuse(name, "must be an array");
        }
        self.objects(name, read).unwrap_or_default()
    }

    /// An object within, read by `read`. `None` when it was not sent.
    pub(crate) fn object<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut BodyFields<'a>) -> T,
    ) -> Option<T> {
        let value = self.raw(name)?;
        if !value.is_object() {
            self.refuse(name, "must be an object");
            return None;
        }
        Some(self.nested(name, value, read))
    }

    fn nested<T>(
        &mut self,
        place: &str,
        value: &'a Value,
        read: impl FnOnce(&mut BodyFields<'a>) -> T,
    ) -> T {
        let mut nested = BodyFields {
            prefix: format!("{}{place}.", self.prefix),
            messages: std::mem::take(&mut self.messages),
            date: self.date.take(),
            object: value.as_object(),
        };
        let read = read(&mut nested);
        self.messages = nested.messages;
        self.date = nested.date;
        read
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text == "true" => Some(true),
        Value::String(text) if text == "false" => Some(false),
        _ => None,
    }
}

fn uuid(value: &Value) -> Option<Uuid> {
    uuid_v4(value.as_str()?)
}

/// A number without a fraction, however it is written.
fn whole_number(value: &Value) -> Option<i64> {
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    let exact = |number: &f64| number.fract() == 0.0 && number.abs() <= EXACT_MAX;
    value.as_i64().or_else(|| value.as_f64().filter(exact).map(|number| number as i64))
}

fn chosen<T: Copy>(value: &Value, choices: &[(&str, T)]) -> Option<T> {
    let text = value.as_str()?;
    choices.iter().find(|(known, _)| *known == text).map(|(_, value)| *value)
}

fn one_of<T>(choices: &[(&str, T)]) -> String {
    let known: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
    format!("must be one of the following values: {}", known.join(", "))
}

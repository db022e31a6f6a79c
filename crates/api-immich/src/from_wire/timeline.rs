//! What the two timeline operations are asked, as a question in domain words (contract immich §A2,
//! §A4).

use kalends_http_kit::Query;
use kalends_library::{Ask, Trash};
use kalends_model::{Direction, Filter, Leaf};

use super::bbox;
use super::fields::Fields;
use crate::wire::timeline::{AssetOrder, AssetVisibility, TimelineQuery};

/// A question about months or about one of them, and how to show the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineAsk {
    /// The question.
    pub ask: Ask,
    /// In which order months, and assets within one, are listed.
    pub direction: Direction,
    /// Which of the optional columns are shown.
    pub columns: OptionalColumns,
}

/// The columns of a bucket that are only shown when asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OptionalColumns {
    /// `latitude` and `longitude`.
    pub coordinates: bool,
    /// `stack`.
    pub stack: bool,
}

/// Checks the parameters of `/timeline/buckets`.
pub fn buckets(query: &Query) -> Result<TimelineQuery, Vec<String>> {
    let mut fields = Fields::of(query);
    let read = timeline_query(&mut fields);
    fields.finish(read)
}

/// Checks the parameters of `/timeline/bucket`. The text of `timeBucket` is not looked into yet.
pub fn bucket(query: &Query) -> Result<(TimelineQuery, &str), Vec<String>> {
    let mut fields = Fields::of(query);
    let time_bucket = fields.required_text("timeBucket");
    let read = timeline_query(&mut fields);
    fields.finish((read, time_bucket))
}

/// Reads the parameters in the order in which messages about them are listed.
fn timeline_query(fields: &mut Fields<'_>) -> TimelineQuery {
    TimelineQuery {
        user_id: fields.uuid("userId"),
        album_id: fields.uuid("albumId"),
        person_id: fields.uuid("personId"),
        tag_id: fields.uuid("tagId"),
        is_favorite: fields.boolean("isFavorite"),
        is_trashed: fields.boolean("isTrashed"),
        with_stacked: fields.boolean("withStacked"),
        with_partners: fields.boolean("withPartners"),
        order: fields.choice("order", &AssetOrder::ALL),
        visibility: fields.choice("visibility", &AssetVisibility::ALL),
        with_coordinates: fields.boolean("withCoordinates"),
        bbox: bbox::read(fields),
    }
}

impl From<TimelineQuery> for TimelineAsk {
    fn from(query: TimelineQuery) -> Self {
        let with_stacked = query.with_stacked == Some(true);
        let person = query.person_id.map(|id| Leaf::Person(id.into()).into());
        let place = query.bbox.map(|bbox| Leaf::InBox(bbox).into());
        let one_per_stack = with_stacked.then(|| Filter::from(Leaf::StackChild).negated());
        let filter = Filter::All([person, place, one_per_stack].into_iter().flatten().collect());
        let ask = Ask {
            user: query.user_id.map(Into::into),
            with_partners: query.with_partners == Some(true),
            album: query.album_id.map(Into::into),
            tag: query.tag_id.map(Into::into),
            library: None,
            visibility: query.visibility.map(Into::into),
            trash: if query.is_trashed == Some(true) { Trash::In } else { Trash::Out },
            favorite: query.is_favorite,
            filter,
        };
        Self {
            ask,
            direction: query.order.map_or(Direction::Descending, Into::into),
            columns: OptionalColumns {
                coordinates: query.with_coordinates == Some(true),
                stack: with_stacked,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kalends_model::{GeoBox, Visibility};
    use uuid::Uuid;

    const ID: &str = "10000000-0000-4000-8000-000000000001";

    fn query(raw: &str) -> Query {
        Query::parse(raw).unwrap()
    }

    fn asked(raw: &str) -> TimelineAsk {
        buckets(&query(raw)).unwrap().into()
    }

    #[test]
    fn every_message_comes_in_the_declared_order() {
        let wrong = "bbox=&withCoordinates=x&visibility=x&order=x&withPartners=x&withStacked=x\
             &isTrashed=x&isFavorite=x&tagId=x&personId=x&albumId=x&userId=x";
        let without_time_bucket = [
            "userId must be a UUID",
            "albumId must be a UUID",
            "personId must be a UUID",
            "tagId must be a UUID",
            "isFavorite must be a boolean value",
            "isTrashed must be a boolean value",
            "withStacked must be a boolean value",
            "withPartners must be a boolean value",
            "order must be one of the following values: asc, desc",
            "visibility must be one of the following values: archive, timeline, hidden, locked",
            "withCoordinates must be a boolean value",
            "bbox.south must be a latitude string or number",
            "bbox.east must be a longitude string or number",
            "bbox.north must be a latitude string or number",
        ];
        assert_eq!(buckets(&query(wrong)).unwrap_err(), without_time_bucket);
        let all = [&["timeBucket must be a string"], &without_time_bucket[..]].concat();
        assert_eq!(bucket(&query(wrong)).unwrap_err(), all);
    }

    #[test]
    fn unknown_parameters_and_those_of_the_other_operation_are_ignored() {
        for raw in ["size=MONTH", "page=1&timeBucket=x", "timeBucket=1&timeBucket=2", "key=k&slug="]
        {
            assert_eq!(buckets(&query(raw)), Ok(TimelineQuery::default()), "{raw}");
        }
    }

    #[test]
    fn the_text_of_a_time_bucket_passes_unread() {
        for text in ["", "foo", "2024-05-01"] {
            let query = query(&format!("timeBucket={text}"));
            assert_eq!(bucket(&query), Ok((TimelineQuery::default(), text)));
        }
    }

    #[test]
    fn nothing_asked_is_live_timeline_and_archive_newest_first() {
        let asked = asked("");
        assert_eq!(asked.ask, Ask { filter: Filter::All(vec![]), ..Ask::default() });
        assert_eq!(asked.direction, Direction::Descending);
        assert_eq!(asked.columns, OptionalColumns::default());
    }

    #[test]
    fn each_parameter_reaches_the_question() {
        let id: Uuid = ID.parse().unwrap();
        let with = |change: fn(&mut Ask, Uuid)| {
            let mut ask = Ask { filter: Filter::All(vec![]), ..Ask::default() };
            change(&mut ask, id);
            ask
        };
        for (raw, expected) in [
            (format!("userId={ID}"), with(|ask, id| ask.user = Some(id.into()))),
            (format!("albumId={ID}"), with(|ask, id| ask.album = Some(id.into()))),
            (format!("tagId={ID}"), with(|ask, id| ask.tag = Some(id.into()))),
            (
                format!("personId={ID}"),
                with(|ask, id| ask.filter = Filter::All(vec![Leaf::Person(id.into()).into()])),
            ),
            ("isFavorite=true".into(), with(|ask, _| ask.favorite = Some(true))),
            ("isFavorite=false".into(), with(|ask, _| ask.favorite = Some(false))),
            ("isTrashed=true".into(), with(|ask, _| ask.trash = Trash::In)),
            ("isTrashed=false".into(), with(|_, _| {})),
            ("withPartners=true".into(), with(|ask, _| ask.with_partners = true)),
            ("withPartners=false".into(), with(|_, _| {})),
            ("withStacked=false".into(), with(|_, _| {})),
            ("visibility=locked".into(), with(|ask, _| ask.visibility = Some(Visibility::Locked))),
            ("visibility=hidden".into(), with(|ask, _| ask.visibility = Some(Visibility::Hidden))),
            (
                "withStacked=true".into(),
                with(|ask, _| {
                    ask.filter = Filter::All(vec![Filter::from(Leaf::StackChild).negated()]);
                }),
            ),
            (
                "bbox=1,2,3,4".into(),
                with(|ask, _| {
                    let bbox = GeoBox { west: 1.0, south: 2.0, east: 3.0, north: 4.0 };
                    ask.filter = Filter::All(vec![Leaf::InBox(bbox).into()]);
                }),
            ),
        ] {
            assert_eq!(asked(&raw).ask, expected, "{raw}");
        }
        assert_eq!(asked("order=asc").direction, Direction::Ascending);
        assert_eq!(asked("order=desc").direction, Direction::Descending);
        let both = OptionalColumns { coordinates: true, stack: true };
        assert_eq!(asked("withStacked=true&withCoordinates=true").columns, both);
    }
}

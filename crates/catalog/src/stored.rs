//! How the words of the model stand in columns: ids as 16 bytes, kinds by their stable names.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Binary, Text};
use kalends_model::{
    ActivityId, AlbumId, ApiKeyId, AssetId, ChangeKind, DateSource, DuplicateId, FaceId, Kind,
    LibraryId, LinkId, MemoryId, PersonId, SessionId, StackId, TagId, UserId, Visibility,
};

/// An id of any kind, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, FromSqlRow, AsExpression)]
#[diesel(sql_type = Binary)]
pub(crate) struct Key(pub(crate) [u8; 16]);

impl Key {
    /// The id as the kind of id that its column holds.
    pub(crate) fn as_id<T: StoredId>(self) -> T {
        T::from_key(self)
    }
}

/// A model id that is stored as a [`Key`].
pub(crate) trait StoredId: Copy {
    fn from_key(key: Key) -> Self;
    fn key(self) -> Key;
}

macro_rules! stored_ids {
    ($($id:ty)*) => {$(
        impl StoredId for $id {
            fn from_key(key: Key) -> Self {
                Self::from_bytes(key.0)
            }

            fn key(self) -> Key {
                Key(*self.bytes())
            }
        }
    )*};
}

stored_ids! {
    ActivityId AlbumId ApiKeyId AssetId DuplicateId FaceId LibraryId LinkId MemoryId PersonId
    SessionId StackId TagId UserId
}

/// The ids of a list of keys.
pub(crate) fn ids<T: StoredId>(keys: Vec<Key>) -> Vec<T> {
    keys.into_iter().map(Key::as_id).collect()
}

impl<DB: Backend> FromSql<Binary, DB> for Key
where
    *const [u8]: FromSql<Binary, DB>,
{
    fn from_sql(raw: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <*const [u8] as FromSql<Binary, DB>>::from_sql(raw)?;
        // SAFETY: diesel hands out a pointer into the row, which outlives this call.
        #[expect(unsafe_code, reason = "diesel's way to read bytes without a copy on the heap")]
        let bytes = unsafe { &*bytes };
        let key = <[u8; 16]>::try_from(bytes);
        Ok(Self(key.map_err(|_| format!("an id of {} bytes instead of 16", bytes.len()))?))
    }
}

impl<DB: Backend> ToSql<Binary, DB> for Key
where
    [u8]: ToSql<Binary, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.as_slice().to_sql(out)
    }
}

/// What a text column of kinds needs of its type.
pub(crate) trait Named: Sized + Copy + std::fmt::Debug {
    fn stored_name(self) -> &'static str;
    fn from_stored_name(name: &str) -> Option<Self>;
    /// Every name.
    fn stored_names() -> Vec<&'static str>;
}

macro_rules! named_by_the_model {
    ($($type:ty, $every:expr;)*) => {$(
        impl Named for $type {
            fn stored_name(self) -> &'static str {
                self.name()
            }

            fn from_stored_name(name: &str) -> Option<Self> {
                Self::from_name(name)
            }

            fn stored_names() -> Vec<&'static str> {
                $every
            }
        }
    )*};
}

named_by_the_model! {
    Visibility, Self::ALL.into_iter().map(Self::name).collect();
    DateSource, Self::ALL.into_iter().map(|(_, name)| name).collect();
    ChangeKind, Self::ALL.into_iter().map(|(_, name)| name).collect();
}

/// Gives an enum its stored names: the one list that both directions read.
macro_rules! stored_names {
    ($type:ty { $($variant:ident = $name:literal),* $(,)? }) => {
        impl $crate::stored::Named for $type {
            fn stored_name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            fn from_stored_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            fn stored_names() -> Vec<&'static str> {
                vec![$($name),*]
            }
        }
    };
}
pub(crate) use stored_names;

stored_names!(Kind { Image = "image", Video = "video" });

/// A value of a named kind, as it is stored.
#[derive(Clone, Copy, Debug, FromSqlRow, AsExpression)]
#[diesel(sql_type = Text)]
pub(crate) struct Name<T: Named>(pub(crate) T);

impl<DB: Backend, T: Named> FromSql<Text, DB> for Name<T>
where
    *const str: FromSql<Text, DB>,
{
    fn from_sql(raw: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let name = <*const str as FromSql<Text, DB>>::from_sql(raw)?;
        // SAFETY: diesel hands out a pointer into the row, which outlives this call.
        #[expect(unsafe_code, reason = "diesel's way to read text without a copy on the heap")]
        let name = unsafe { &*name };
        let known = T::from_stored_name(name);
        Ok(Self(known.ok_or_else(|| format!("{name:?} names nothing here"))?))
    }
}

impl<DB: Backend, T: Named> ToSql<Text, DB> for Name<T>
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.stored_name().to_sql(out)
    }
}

/// Exactly `N` bytes, such as a hash.
pub(crate) fn exactly<const N: usize>(
    table: &'static str,
    bytes: &[u8],
) -> Result<[u8; N], crate::CatalogError> {
    bytes.try_into().map_err(|_| {
        crate::CatalogError::contradiction(
            table,
            format!("{} bytes stand where {N} should", bytes.len()),
        )
    })
}

//! The answer of `/timeline/buckets`: months with their counts.

use kalends_http_kit::columns;
use kalends_model::Month;
use kalends_timeline::BucketCount;

use super::cells;

/// Writes `[{"timeBucket":"2024-03-01","count":12},…]`.
pub fn encode(counts: &[BucketCount]) -> Vec<u8> {
    const ENTRY_BYTES: usize = 48;
    let mut out = Vec::with_capacity(2 + counts.len() * ENTRY_BYTES);
    columns::array(&mut out, counts, |out, entry| {
        let first_day = entry.bucket.0;
        out.extend_from_slice(b"{\"timeBucket\":");
        cells::time_bucket(out, Month::new(first_day.year, first_day.month));
        out.extend_from_slice(b",\"count\":");
        columns::integer(out, entry.count);
        out.push(b'}');
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_counts_are_listed_as_given() {
        let entry = |month: Month, count| BucketCount { bucket: month.into(), count };
        let counts = [entry(Month::new(2024, 3), 12), entry(Month::new(-43, 3), 1)];
        let expected = "[{\"timeBucket\":\"2024-03-01\",\"count\":12},\
             {\"timeBucket\":\"0044-03-01 BC\",\"count\":1}]";
        assert_eq!(String::from_utf8(encode(&counts)).unwrap(), expected);
        assert_eq!(encode(&[]), b"[]");
    }
}

//! XMP packets: a small tree of properties out of RDF in XML.
//!
//! Namespaces are known by their addresses, whatever prefix a file gives them; an address that is
//! not known leaves the prefix. The three ways of RDF to write a property (element, attribute,
//! a node elsewhere) read alike. Depth, number of nodes and size are bounded; entities other than
//! XML's own are left out, so that none can expand. What was read before an error counts.

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::input::{Input, REQUEST_BYTES_MAX};
use super::said::Said;

const DEPTH_MAX: usize = 48;
const NODES_MAX: usize = 100_000;

/// A property or a part of one. Attributes are children too.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Node {
    /// With the usual prefix of its namespace, such as `dc:subject`.
    pub name: String,
    pub text: String,
    pub children: Vec<Node>,
}

/// The properties of one packet.
#[derive(Clone, Debug, Default)]
pub(super) struct Xmp {
    properties: Vec<Node>,
    /// Nodes that properties refer to by `rdf:nodeID`.
    elsewhere: Vec<Node>,
}

/// Reads the packet of `len` bytes at `at`.
pub(super) fn read_packet(input: &mut Input, at: u64, len: u64, said: &mut Said) {
    match input.copy(at, len) {
        Some(bytes) => note_packet(&bytes, said),
        None => said.warn("the XMP packet cannot be read"),
    }
}

/// Notes a packet that lies in memory.
pub(super) fn note_packet(bytes: &[u8], said: &mut Said) {
    let (xmp, is_whole) = Xmp::parse(bytes);
    if !is_whole {
        said.warn("the XMP packet is damaged");
    }
    if !xmp.properties.is_empty() {
        said.xmp.push(xmp);
    }
}

impl Xmp {
    /// The packet, and whether it was read to its end.
    pub(super) fn parse(bytes: &[u8]) -> (Self, bool) {
        if bytes.len() > REQUEST_BYTES_MAX {
            return (Self::default(), false);
        }
        let text = decode(bytes);
        let mut builder = Builder::default();
        let is_whole = builder.run(&text);
        let mut xmp = Self::default();
        for root in builder.finish() {
            xmp.collect(root, 0);
        }
        (xmp, is_whole)
    }

    /// Takes the properties out of the wrapping elements.
    fn collect(&mut self, node: Node, depth: usize) {
        let is_description = matches!(&*node.name, "rdf:Description" | "rdf:SphericalVideo");
        if is_description {
            if node.children.iter().any(|child| child.name == "rdf:nodeID") {
                self.elsewhere.push(node);
            } else {
                self.properties.extend(node.children);
            }
        } else if depth < 8 {
            for child in node.children {
                self.collect(child, depth + 1);
            }
        }
    }

    /// The property of that name.
    pub(super) fn node(&self, name: &str) -> Option<&Node> {
        self.properties.iter().find(|node| node.name == name)
    }

    /// The text of a simple property, or the first one of a list, or the default of a choice of
    /// languages; never blank.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.texts(name).into_iter().next()
    }

    /// The texts of a list, or the one of a simple property; none blank.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let nodes = self.properties.iter().filter(|node| node.name == name);
        let mut texts = Vec::new();
        for node in nodes {
            let items = self.items(node);
            let default = items.iter().find(|item| item.value_of("xml:lang") == Some("x-default"));
            let items = match default {
                Some(default) => vec![*default],
                None => items,
            };
            texts.extend(items.into_iter().filter_map(|item| self.text_of(item)));
        }
        texts
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        let text = self.text(name)?;
        let number = match text.split_once('/') {
            Some((top, bottom)) => {
                top.trim().parse::<f64>().ok()? / bottom.trim().parse::<f64>().ok()?
            }
            None => text.parse().ok()?,
        };
        number.is_finite().then_some(number)
    }

    /// The members of a list; a property that is no list is its own only member.
    pub(super) fn items<'a>(&'a self, node: &'a Node) -> Vec<&'a Node> {
        let node = self.target(node);
        let list =
            node.children.iter().find(|c| matches!(&*c.name, "rdf:Seq" | "rdf:Bag" | "rdf:Alt"));
        match list {
            Some(list) => {
                let is_item =
                    |child: &&Node| child.name == "rdf:li" || child.name.starts_with("rdf:_");
                list.children.iter().filter(is_item).map(|item| self.target(item)).collect()
            }
            None => vec![node],
        }
    }

    /// A part of a structure.
    pub(super) fn field<'a>(&'a self, node: &'a Node, name: &str) -> Option<&'a Node> {
        let node = self.target(node);
        node.child(name).or_else(|| node.child("rdf:Description")?.child(name))
    }

    /// The text of a part of a structure.
    pub(super) fn field_text(&self, node: &Node, name: &str) -> Option<String> {
        self.text_of(self.field(node, name)?)
    }

    fn text_of(&self, node: &Node) -> Option<String> {
        let node = self.target(node);
        let inner = node
            .value_of("rdf:value")
            .or_else(|| node.child("rdf:Description")?.value_of("rdf:value"))
            .or_else(|| node.value_of("rdf:resource"));
        let text = inner.unwrap_or(&node.text).trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The node itself, or the one elsewhere that it refers to.
    fn target<'a>(&'a self, node: &'a Node) -> &'a Node {
        let Some(id) = node.value_of("rdf:nodeID") else { return node };
        let found = self.elsewhere.iter().find(|other| other.value_of("rdf:nodeID") == Some(id));
        found.unwrap_or(node)
    }
}

impl Node {
    fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    fn value_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }
}

/// UTF-8, or UTF-16 and UTF-32 where a byte order mark or the first `<` shows it.
fn decode(bytes: &[u8]) -> String {
    let units = |width: usize, big: bool| -> Vec<u32> {
        let unit = |chunk: &[u8]| {
            let shift = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
            if big { chunk.iter().fold(0, shift) } else { chunk.iter().rev().fold(0, shift) }
        };
        bytes.chunks_exact(width).map(unit).collect()
    };
    let utf16 = |big| {
        let units: Vec<u16> = units(2, big).into_iter().map(|unit| unit as u16).collect();
        String::from_utf16_lossy(&units)
    };
    let utf32 = |big| -> String { units(4, big).into_iter().filter_map(char::from_u32).collect() };
    let text = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [b'<', 0, 0, 0, ..] => utf32(false),
        [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, b'<', ..] => utf32(true),
        [0xff, 0xfe, ..] | [b'<', 0, ..] => utf16(false),
        [0xfe, 0xff, ..] | [0, b'<', ..] => utf16(true),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    text.trim_matches(|c: char| c == '\0' || c == '\u{feff}' || c.is_whitespace()).to_owned()
}

/// Builds the tree without recursion, so that depth costs memory only, and little of it.
#[derive(Default)]
struct Builder {
    open: Vec<Node>,
    roots: Vec<Node>,
    node_count: usize,
    /// Prefix, its usual form, and the depth at which it was declared.
    prefixes: Vec<(String, String, usize)>,
    /// Elements beyond [`DEPTH_MAX`] that are open and not kept.
    skipped_depth: usize,
}

impl Builder {
    fn run(&mut self, text: &str) -> bool {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        loop {
            match reader.read_event() {
                Ok(Event::Start(start)) => self.start(&start),
                Ok(Event::Empty(start)) => {
                    self.start(&start);
                    self.end();
                }
                Ok(Event::End(_)) => self.end(),
                Ok(Event::Text(text)) => self.text(&text.xml10_content()),
                Ok(Event::CData(text)) => self.text(&text.xml10_content()),
                Ok(Event::GeneralRef(reference)) => {
                    if let Ok(Some(character)) = reference.resolve_char_ref() {
                        self.text(character.encode_utf8(&mut [0; 4]));
                    } else if let Some(known) = resolve_predefined_entity(&reference) {
                        self.text(known);
                    }
                }
                Ok(Event::Eof) => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
            if self.node_count > NODES_MAX {
                return false;
            }
        }
    }

    fn start(&mut self, start: &BytesStart) {
        if self.open.len() >= DEPTH_MAX {
            self.skipped_depth += 1;
            return;
        }
        let depth = self.open.len() + 1;
        let mut attributes = Vec::new();
        for attribute in start.attributes().with_checks(false).flatten() {
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_or_else(|_| attribute.value.to_string(), |value| value.into_owned());
            match attribute.key.0.strip_prefix("xmlns:") {
                Some(prefix) => {
                    let usual = usual_prefix(&value).unwrap_or(prefix).to_owned();
                    self.prefixes.push((prefix.to_owned(), usual, depth));
                }
                None => attributes.push((attribute.key.0.to_owned(), value)),
            }
        }
        self.node_count += 1 + attributes.len();
        let children = attributes
            .into_iter()
            .map(|(name, text)| Node { name: self.usual(&name), text, children: Vec::new() })
            .collect();
        let name = self.usual(start.name().0);
        self.open.push(Node { name, text: String::new(), children });
    }

    fn text(&mut self, text: &str) {
        if self.skipped_depth == 0
            && let Some(node) = self.open.last_mut()
        {
            node.text.push_str(text);
        }
    }

    fn end(&mut self) {
        if self.skipped_depth > 0 {
            self.skipped_depth -= 1;
            return;
        }
        let depth = self.open.len();
        self.prefixes.retain(|(_, _, declared_at)| *declared_at < depth);
        let Some(node) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => self.roots.push(node),
        }
    }

    fn finish(mut self) -> Vec<Node> {
        self.skipped_depth = 0;
        while !self.open.is_empty() {
            self.end();
        }
        self.roots
    }

    fn usual(&self, name: &str) -> String {
        let Some((prefix, local)) = name.split_once(':') else { return name.to_owned() };
        let declared = self.prefixes.iter().rev().find(|(known, _, _)| known == prefix);
        match declared {
            Some((_, usual, _)) => format!("{usual}:{local}"),
            None => name.to_owned(),
        }
    }
}

fn usual_prefix(address: &str) -> Option<&'static str> {
    let address = address.trim().trim_end_matches(['/', '#']);
    let known = |(_, full): &&(&str, &str)| full.trim_end_matches(['/', '#']) == address;
    NAMESPACES.iter().find(known).map(|(prefix, _)| *prefix)
}

const NAMESPACES: &[(&str, &str)] = &[
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("xmp", "http://ns.adobe.com/xap/1.0/"),
    ("exif", "http://ns.adobe.com/exif/1.0/"),
    ("exifEX", "http://cipa.jp/exif/1.0/"),
    ("aux", "http://ns.adobe.com/exif/1.0/aux/"),
    ("tiff", "http://ns.adobe.com/tiff/1.0/"),
    ("photoshop", "http://ns.adobe.com/photoshop/1.0/"),
    ("lr", "http://ns.adobe.com/lightroom/1.0/"),
    ("digiKam", "http://www.digikam.org/ns/1.0/"),
    ("xmpNote", "http://ns.adobe.com/xmp/note/"),
    ("mwg-rs", "http://www.metadataworkinggroup.com/schemas/regions/"),
    ("stArea", "http://ns.adobe.com/xmp/sType/Area#"),
    ("stDim", "http://ns.adobe.com/xap/1.0/sType/Dimensions#"),
    ("GPano", "http://ns.google.com/photos/1.0/panorama/"),
    ("GSpherical", "http://ns.google.com/videos/1.0/spherical/"),
    ("GCamera", "http://ns.google.com/photos/1.0/camera/"),
    ("Container", "http://ns.google.com/photos/1.0/container/"),
    ("Item", "http://ns.google.com/photos/1.0/container/item/"),
];

#[cfg(test)]
mod tests {
    use super::*;

    const RDF: &str = r#"xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#""#;

    fn parse(body: &str) -> Xmp {
        let (xmp, is_whole) = Xmp::parse(format!("<rdf:RDF {RDF}>{body}</rdf:RDF>").as_bytes());
        assert!(is_whole);
        xmp
    }

    #[test]
    fn properties_read_alike_however_they_are_written() {
        let element = parse(
            r#"<rdf:Description xmlns:x="http://ns.adobe.com/xap/1.0/"><x:Rating> 4 </x:Rating></rdf:Description>"#,
        );
        let attribute =
            parse(r#"<rdf:Description xmlns:xap="http://ns.adobe.com/xap/1.0/" xap:Rating="4"/>"#);
        let value = parse(
            r#"<rdf:Description><xmp:Rating rdf:parseType="Resource"><rdf:value>4</rdf:value></xmp:Rating></rdf:Description>"#,
        );
        for xmp in [element, attribute, value] {
            assert_eq!(xmp.number("xmp:Rating"), Some(4.0));
        }
    }

    #[test]
    fn lists_languages_and_references_are_followed() {
        let xmp = parse(
            r#"<rdf:Description>
              <dc:subject rdf:nodeID="n1"/>
              <dc:description><rdf:Alt><rdf:li xml:lang="de">eins</rdf:li>
                <rdf:li xml:lang="x-default">one &amp; &#x32; &unknown;</rdf:li></rdf:Alt></dc:description>
              </rdf:Description>
              <rdf:Description rdf:nodeID="n1"><rdf:Bag><rdf:li>a</rdf:li><rdf:li> </rdf:li>
              <rdf:li><![CDATA[b<c]]></rdf:li></rdf:Bag></rdf:Description>"#,
        );
        assert_eq!(xmp.texts("dc:subject"), ["a", "b<c"]);
        assert_eq!(xmp.text("dc:description").as_deref(), Some("one & 2"));
    }

    #[test]
    fn utf_16_packets_are_read() {
        let text = r#"<rdf:Description xmp:Rating="3"/>"#;
        let units = text.encode_utf16();
        let bytes: Vec<u8> = units.flat_map(u16::to_be_bytes).collect();
        assert_eq!(Xmp::parse(&bytes).0.number("xmp:Rating"), Some(3.0));
    }

    #[test]
    fn hostile_packets_end() {
        let deep = "<a>".repeat(100_000);
        let wide = format!("<rdf:Description {}/>", "a:b='' ".repeat(300_000));
        let many = "<a/>".repeat(300_000);
        for text in [&*deep, &*wide, &*many, "<a", "<a b", "&", "<!DOCTYPE a [<!ENTITY b 'c'>]>"] {
            Xmp::parse(text.as_bytes());
        }
        let (cut, _) =
            Xmp::parse(b"<rdf:Description xmp:Rating='5'><dc:subject><rdf:Bag><rdf:li>a");
        assert_eq!(cut.number("xmp:Rating"), Some(5.0));
        assert_eq!(cut.texts("dc:subject"), ["a"]);
    }
}

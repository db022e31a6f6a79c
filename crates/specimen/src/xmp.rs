//! XMP: what people and programs say about a picture, as an XML packet.
//!
//! The packet can also be written beside a picture as a sidecar: [`Xmp::packet`].

use std::fmt::Write;

/// The XMP of one picture. An empty one is not written at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Xmp {
    /// `xmp:Rating`, −1 (rejected) to 5.
    pub rating: Option<i32>,
    /// `dc:subject`: flat keywords.
    pub keywords: Vec<String>,
    /// `lr:hierarchicalSubject`: levels are separated by `|`. See [`hierarchical`].
    pub hierarchical_subjects: Vec<String>,
    /// `digiKam:TagsList`: levels are separated by `/`.
    pub tags_list: Vec<String>,
    /// `dc:description`.
    pub description: Option<String>,
    /// `xmp:CreateDate`, as `2024-05-06T07:08:09+05:45`.
    pub create_date: Option<String>,
    /// `exif:DateTimeOriginal`, in the same form.
    pub date_time_original: Option<String>,
    /// `photoshop:DateCreated`, in the same form.
    pub date_created: Option<String>,
    /// `GPano` properties of a panorama.
    pub projection: Option<Projection>,
    /// `mwg-rs:Regions`: faces and other areas with names.
    pub regions: Option<Regions>,
    /// Further simple properties of `rdf:Description`: prefix, namespace, name, value.
    pub properties: Vec<(String, String, String, String)>,
    /// Further elements inside `rdf:Description`, as XML that declares its own namespaces.
    pub elements: Vec<String>,
    /// Replaces the whole packet.
    pub raw: Option<String>,
}

/// How a panorama is projected, in the words of the `GPano` namespace.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// `ProjectionType`, such as `equirectangular`.
    pub kind: String,
    /// `FullPanoWidthPixels`, also written as the cropped width.
    pub width: u32,
    /// `FullPanoHeightPixels`, also written as the cropped height.
    pub height: u32,
}

/// Named areas of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Regions {
    /// `AppliedToDimensions`: width and height in pixels as stored, before any rotation.
    pub applied_to: Option<(u32, u32)>,
    /// The areas.
    pub list: Vec<Region>,
}

/// One named area, as fractions of the stored (not rotated) picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Whose face it is, or what it shows. Without a name readers pass it over.
    pub name: Option<String>,
    /// `Face`, `Pet`, `Focus` or `BarCode`.
    pub kind: String,
    /// Centre, 0 left to 1 right.
    pub x: f64,
    /// Centre, 0 top to 1 bottom.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// `Travel/Asia/Nepal` as Lightroom writes it: `Travel|Asia|Nepal`.
pub fn hierarchical(path: &str) -> String {
    path.replace('/', "|")
}

impl Xmp {
    /// The packet, or `None` when there is nothing to say.
    pub fn packet(&self) -> Option<String> {
        if self.raw.is_some() {
            return self.raw.clone();
        }
        if *self == Self::default() {
            return None;
        }
        let mut packet = String::from(
            "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
             <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
             <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
             <rdf:Description rdf:about=\"\"",
        );
        for (prefix, namespace) in NAMESPACES {
            let _ = write!(packet, "\n xmlns:{prefix}=\"{namespace}\"");
        }
        self.write_attributes(&mut packet);
        packet.push_str(">\n");
        self.write_elements(&mut packet);
        packet.push_str("</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>");
        Some(packet)
    }

    fn write_attributes(&self, packet: &mut String) {
        let rating = self.rating.map(|rating| rating.to_string());
        let named = [
            ("xmp:Rating", &rating),
            ("xmp:CreateDate", &self.create_date),
            ("exif:DateTimeOriginal", &self.date_time_original),
            ("photoshop:DateCreated", &self.date_created),
        ];
        for (name, value) in named {
            if let Some(value) = value {
                let _ = write!(packet, "\n {name}=\"{}\"", escape(value));
            }
        }
        if let Some(Projection { kind, width, height }) = &self.projection {
            let _ = write!(
                packet,
                "\n GPano:ProjectionType=\"{}\" GPano:UsePanoramaViewer=\"True\"\
                 \n GPano:FullPanoWidthPixels=\"{width}\" GPano:FullPanoHeightPixels=\"{height}\"\
                 \n GPano:CroppedAreaImageWidthPixels=\"{width}\"\
                 \n GPano:CroppedAreaImageHeightPixels=\"{height}\"\
                 \n GPano:CroppedAreaLeftPixels=\"0\" GPano:CroppedAreaTopPixels=\"0\"",
                escape(kind)
            );
        }
        let mut declared: Vec<&str> = NAMESPACES.iter().map(|(prefix, _)| *prefix).collect();
        for (prefix, namespace, name, value) in &self.properties {
            if !declared.contains(&prefix.as_str()) {
                declared.push(prefix);
                let _ = write!(packet, "\n xmlns:{prefix}=\"{}\"", escape(namespace));
            }
            let _ = write!(packet, "\n {prefix}:{name}=\"{}\"", escape(value));
        }
    }

    fn write_elements(&self, packet: &mut String) {
        if let Some(description) = &self.description {
            let _ = writeln!(
                packet,
                "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt>\
                 </dc:description>",
                escape(description)
            );
        }
        write_list(packet, "dc:subject", "Bag", &self.keywords);
        write_list(packet, "lr:hierarchicalSubject", "Bag", &self.hierarchical_subjects);
        write_list(packet, "digiKam:TagsList", "Seq", &self.tags_list);
        if let Some(regions) = &self.regions {
            regions.write(packet);
        }
        for element in &self.elements {
            packet.push_str(element);
            packet.push('\n');
        }
    }
}

impl Regions {
    fn write(&self, packet: &mut String) {
        packet.push_str("<mwg-rs:Regions rdf:parseType=\"Resource\">\n");
        if let Some((width, height)) = self.applied_to {
            let _ = writeln!(
                packet,
                "<mwg-rs:AppliedToDimensions stDim:w=\"{width}\" stDim:h=\"{height}\" \
                 stDim:unit=\"pixel\"/>"
            );
        }
        packet.push_str("<mwg-rs:RegionList><rdf:Bag>\n");
        for Region { name, kind, x, y, w, h } in &self.list {
            let name = name.as_deref().map(|name| format!(" mwg-rs:Name=\"{}\"", escape(name)));
            let _ = writeln!(
                packet,
                "<rdf:li><rdf:Description{} mwg-rs:Type=\"{}\"><mwg-rs:Area stArea:x=\"{x:.6}\" \
                 stArea:y=\"{y:.6}\" stArea:w=\"{w:.6}\" stArea:h=\"{h:.6}\" \
                 stArea:unit=\"normalized\"/></rdf:Description></rdf:li>",
                name.unwrap_or_default(),
                escape(kind)
            );
        }
        packet.push_str("</rdf:Bag></mwg-rs:RegionList>\n</mwg-rs:Regions>\n");
    }
}

fn write_list(packet: &mut String, name: &str, kind: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    let _ = write!(packet, "<{name}><rdf:{kind}>");
    for item in items {
        let _ = write!(packet, "<rdf:li>{}</rdf:li>", escape(item));
    }
    let _ = writeln!(packet, "</rdf:{kind}></{name}>");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const NAMESPACES: &[(&str, &str)] = &[
    ("xmp", "http://ns.adobe.com/xap/1.0/"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("exif", "http://ns.adobe.com/exif/1.0/"),
    ("photoshop", "http://ns.adobe.com/photoshop/1.0/"),
    ("lr", "http://ns.adobe.com/lightroom/1.0/"),
    ("digiKam", "http://www.digikam.org/ns/1.0/"),
    ("GPano", "http://ns.google.com/photos/1.0/panorama/"),
    ("GCamera", "http://ns.google.com/photos/1.0/camera/"),
    ("mwg-rs", "http://www.metadataworkinggroup.com/schemas/regions/"),
    ("stDim", "http://ns.adobe.com/xap/1.0/sType/Dimensions#"),
    ("stArea", "http://ns.adobe.com/xmp/sType/Area#"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_packet_is_not_written() {
        assert_eq!(Xmp::default().packet(), None);
    }

    #[test]
    fn text_is_escaped() {
        let xmp = Xmp { keywords: vec!["Salt & <Pepper>".into()], ..Xmp::default() };
        let packet = xmp.packet().unwrap();
        assert!(packet.contains("<rdf:li>Salt &amp; &lt;Pepper&gt;</rdf:li>"));
    }

    #[test]
    fn levels_are_bars_for_lightroom() {
        assert_eq!(hierarchical("Travel/Asia/Nepal"), "Travel|Asia|Nepal");
    }
}

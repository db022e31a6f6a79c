//! An H.264 stream without compression: every macroblock is I_PCM, every picture an IDR picture.
//!
//! References are to Rec. ITU-T H.264. Such a stream needs no prediction, transform or entropy
//! coding, yet is plain Constrained Baseline, which every player decodes. A macroblock is two
//! bytes of type and padding and 384 bytes of samples (8.3.5).

use crate::scene::Pixels;

/// Side of a macroblock in luma samples.
const MACROBLOCK: u32 = 16;

/// The two parameter sets, each a NAL unit without start code.
pub(super) struct Parameters {
    pub(super) sequence: Vec<u8>,
    pub(super) picture: Vec<u8>,
}

/// Parameter sets for frames of this size (both sides even).
pub(super) fn parameters(width: u32, height: u32) -> Parameters {
    let mut sequence = Bits::nal(0x67);
    sequence.put(66, 8); // profile_idc: Baseline
    sequence.put(0xC0, 8); // constraint_set0 and 1: Constrained Baseline
    sequence.put(40, 8); // level_idc 4
    sequence.ue(0); // seq_parameter_set_id
    sequence.ue(0); // log2_max_frame_num_minus4
    sequence.ue(2); // pic_order_cnt_type: output order is decoding order
    sequence.ue(1); // max_num_ref_frames
    sequence.put(0, 1); // gaps_in_frame_num_value_allowed_flag
    let (columns, rows) = (width.div_ceil(MACROBLOCK), height.div_ceil(MACROBLOCK));
    sequence.ue(columns - 1);
    sequence.ue(rows - 1);
    sequence.put(1, 1); // frame_mbs_only_flag
    sequence.put(1, 1); // direct_8x8_inference_flag
    let (right, bottom) = (columns * MACROBLOCK - width, rows * MACROBLOCK - height);
    sequence.put(u32::from(right + bottom > 0), 1);
    if right + bottom > 0 {
        for crop in [0, right / 2, 0, bottom / 2] {
            sequence.ue(crop);
        }
    }
    sequence.put(0, 1); // vui_parameters_present_flag
    sequence.trailing();

    let mut picture = Bits::nal(0x68);
    picture.ue(0); // pic_parameter_set_id
    picture.ue(0); // seq_parameter_set_id
    picture.put(0, 1); // entropy_coding_mode_flag: CAVLC
    picture.put(0, 1); // bottom_field_pic_order_in_frame_present_flag
    picture.ue(0); // num_slice_groups_minus1
    picture.ue(0); // num_ref_idx_l0_default_active_minus1
    picture.ue(0); // num_ref_idx_l1_default_active_minus1
    picture.put(0, 3); // weighted_pred_flag, weighted_bipred_idc
    picture.ue(0); // pic_init_qp_minus26, signed
    picture.ue(0); // pic_init_qs_minus26, signed
    picture.ue(0); // chroma_qp_index_offset, signed
    picture.put(1, 1); // deblocking_filter_control_present_flag
    picture.put(0, 2); // constrained_intra_pred_flag, redundant_pic_cnt_present_flag
    picture.trailing();

    Parameters { sequence: escaped(&sequence.bytes), picture: escaped(&picture.bytes) }
}

/// One picture as a NAL unit without start code. `number` counts the pictures from 0.
pub(super) fn idr_slice(pixels: &Pixels, number: u32) -> Vec<u8> {
    let planes = Planes::of(pixels);
    let mut slice = Bits::nal(0x65);
    slice.ue(0); // first_mb_in_slice
    slice.ue(7); // slice_type: I, as are all slices of the picture
    slice.ue(0); // pic_parameter_set_id
    slice.put(0, 4); // frame_num
    slice.ue(number % 2); // idr_pic_id: differs between neighbours
    slice.put(0, 2); // no_output_of_prior_pics_flag, long_term_reference_flag
    slice.ue(0); // slice_qp_delta, signed
    slice.ue(1); // disable_deblocking_filter_idc
    for row in 0..planes.rows {
        for column in 0..planes.columns {
            slice.ue(25); // mb_type: I_PCM
            slice.align();
            planes.copy_macroblock(column, row, &mut slice.bytes);
        }
    }
    slice.trailing();
    escaped(&slice.bytes)
}

/// A NAL unit as it lies in MP4: four bytes of length before it.
pub(super) fn length_prefixed(nal: Vec<u8>) -> Vec<u8> {
    let mut sample = (nal.len() as u32).to_be_bytes().to_vec();
    sample.extend_from_slice(&nal);
    sample
}

/// Luma and halved chroma of whole macroblocks, in the limited range of BT.601.
struct Planes {
    columns: usize,
    rows: usize,
    luma: Vec<u8>,
    chroma: [Vec<u8>; 2],
}

impl Planes {
    fn of(pixels: &Pixels) -> Self {
        let columns = pixels.width.div_ceil(MACROBLOCK) as usize;
        let rows = pixels.height.div_ceil(MACROBLOCK) as usize;
        let (width, height) = (columns * 16, rows * 16);
        let at = |x: usize, y: usize| {
            // What is cropped away repeats the last pixel of the row or column.
            pixels.at((x as u32).min(pixels.width - 1), (y as u32).min(pixels.height - 1))
        };
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            luma.extend((0..width).map(|x| weighed(at(x, y), [66, 129, 25], 16)));
        }
        let plane = |weights: [i32; 3]| {
            let mut plane = Vec::with_capacity(width * height / 4);
            for y in (0..height).step_by(2) {
                let pairs = (0..width).step_by(2);
                plane.extend(pairs.map(|x| {
                    let block = [at(x, y), at(x + 1, y), at(x, y + 1), at(x + 1, y + 1)];
                    let mean = |channel: usize| {
                        let sum: u32 = block.iter().map(|pixel| u32::from(pixel[channel])).sum();
                        ((sum + 2) / 4) as u8
                    };
                    weighed([mean(0), mean(1), mean(2)], weights, 128)
                }));
            }
            plane
        };
        let chroma = [plane([-38, -74, 112]), plane([112, -94, -18])];
        Self { columns, rows, luma, chroma }
    }

    fn copy_macroblock(&self, column: usize, row: usize, out: &mut Vec<u8>) {
        copy_square(&self.luma, self.columns * 16, (column * 16, row * 16), 16, out);
        for plane in &self.chroma {
            copy_square(plane, self.columns * 8, (column * 8, row * 8), 8, out);
        }
    }
}

fn copy_square(
    plane: &[u8],
    stride: usize,
    (x, y): (usize, usize),
    side: usize,
    out: &mut Vec<u8>,
) {
    for row in y..y + side {
        out.extend_from_slice(&plane[row * stride + x..row * stride + x + side]);
    }
}

fn weighed(pixel: [u8; 3], weights: [i32; 3], base: i32) -> u8 {
    let sum: i32 =
        pixel.iter().zip(weights).map(|(value, weight)| i32::from(*value) * weight).sum();
    (((sum + 128) >> 8) + base) as u8
}

/// Bits, most significant first, with the Exp-Golomb codes of 9.1.
struct Bits {
    bytes: Vec<u8>,
    free: u32,
}

impl Bits {
    fn nal(header: u8) -> Self {
        Self { bytes: vec![header], free: 0 }
    }

    fn put(&mut self, value: u32, count: u32) {
        for shift in (0..count).rev() {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            self.free -= 1;
            let bit = (value >> shift & 1) as u8;
            if let Some(last) = self.bytes.last_mut() {
                *last |= bit << self.free;
            }
        }
    }

    /// An unsigned Exp-Golomb code. A signed zero is written alike.
    fn ue(&mut self, value: u32) {
        let length = 32 - (value + 1).leading_zeros();
        self.put(0, length - 1);
        self.put(value + 1, length);
    }

    /// Fills the last byte with zeros.
    fn align(&mut self) {
        self.free = 0;
    }

    /// The stop bit (7.3.2.11).
    fn trailing(&mut self) {
        self.put(1, 1);
        self.align();
    }
}

/// Adds the bytes that keep start codes from appearing inside a NAL unit (7.4.1).
fn escaped(nal: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(nal.len() + nal.len() / 64);
    let mut zeros = 0;
    for byte in nal {
        if zeros >= 2 && *byte <= 3 {
            out.push(3);
            zeros = 0;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        out.push(*byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_golomb_codes_are_those_of_the_standard() {
        let mut bits = Bits::nal(0);
        for value in [0, 1, 2, 7, 25] {
            bits.ue(value);
        }
        bits.trailing();
        // 1 010 011 0001000 000011010, then the stop bit.
        assert_eq!(bits.bytes[1..], [0b1010_0110, 0b0010_0000, 0b0011_0101]);
    }

    #[test]
    fn start_codes_are_escaped() {
        assert_eq!(escaped(&[0, 0, 1, 0, 0, 0, 0, 4]), [0, 0, 3, 1, 0, 0, 3, 0, 0, 4]);
        assert_eq!(escaped(&[0, 0, 4, 0, 3]), [0, 0, 4, 0, 3]);
    }

    #[test]
    fn white_and_black_stay_in_the_limited_range() {
        assert_eq!(weighed([255; 3], [66, 129, 25], 16), 235);
        assert_eq!(weighed([0; 3], [66, 129, 25], 16), 16);
        assert_eq!(weighed([90; 3], [-38, -74, 112], 128), 128);
    }
}

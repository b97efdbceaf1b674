//! What do_something_rust.h declares.

use std::slice::from_raw_parts;

/// From here on floats have no fractions: adding it and taking it off rounds halves to even, as NumPy does.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// # Safety
/// `xs` points to `xs_count` numbers, and `ys` to `ys_count`.
#[no_mangle]
pub unsafe extern "C" fn do_something(xs: *const f64, xs_count: usize, ys: *const f64, ys_count: usize) -> i64 {
    let (xs, ys) = (from_raw_parts(xs, xs_count), from_raw_parts(ys, ys_count));
    let mut total = 0;
    for x in xs {
        for y in ys {
            let length = ((x * x + y * y).sqrt() + WHOLE) - WHOLE;
            if length > 10.0 {
                total += length as i64;
            }
        }
    }
    total
}

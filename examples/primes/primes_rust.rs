//! What primes_rust.h declares.

/// # Safety
/// `found` points to `count` numbers.
#[no_mangle]
pub unsafe extern "C" fn first_primes(found: *mut i32, count: usize) {
    let found = std::slice::from_raw_parts_mut(found, count);
    let (mut size, mut candidate) = (0, 2);
    while size < count {
        let mut divisors = found[..size].iter().take_while(|&&divisor| divisor * divisor <= candidate);
        if divisors.all(|divisor| candidate % divisor != 0) {
            found[size] = candidate;
            size += 1;
        }
        candidate += 1;
    }
}

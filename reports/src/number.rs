//! Integers as people read them.

/// `1234567` as `1,234,567`.
pub fn thousands(number: impl Into<i128>) -> String {
    let number: i128 = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `number / scale` with `places` digits after the point, rounded to nearest (halves away from zero).
fn fixed(number: i128, scale: i128, places: u32) -> String {
    let unit = 10_i128.pow(places);
    let rounded = (2 * number.abs() * unit + scale) / (2 * scale);
    let sign = if number < 0 && rounded > 0 { "-" } else { "" };
    format!("{sign}{}.{:0width$}", thousands(rounded / unit), rounded % unit, width = places as usize)
}

/// Thousandths as units with two digits after the point; `0` for nothing at all.
pub fn milli(number: impl Into<i128>) -> String {
    match number.into() {
        0 => "0".into(),
        number => fixed(number, 1000, 2),
    }
}

/// Parts per million as a percentage with two digits, signed when `signed`.
pub fn percent(ppm: impl Into<i128>, signed: bool) -> String {
    match ppm.into() {
        0 => "0".into(),
        ppm if signed && ppm > 0 => format!("+{}", fixed(ppm, 10_000, 2)),
        ppm => fixed(ppm, 10_000, 2),
    }
}

/// A difference, always with its sign.
pub fn signed(number: impl Into<i128>) -> String {
    match number.into() {
        number if number > 0 => format!("+{}", thousands(number)),
        number => thousands(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted_by_commas() {
        let cases = [(0, "0"), (999, "999"), (1_000, "1,000"), (-12_345_678, "-12,345,678")];
        for (number, text) in cases {
            assert_eq!(thousands(number), text);
        }
    }

    #[test]
    fn fractions_round_to_nearest() {
        assert_eq!(milli(13_374), "13.37");
        assert_eq!(milli(13_375), "13.38");
        assert_eq!(milli(-1_005), "-1.01");
        assert_eq!(milli(-4), "0.00", "no negative zero");
        assert_eq!(milli(0), "0");
        assert_eq!(percent(59_612, true), "+5.96");
        assert_eq!(percent(-1_234_567, true), "-123.46");
    }
}

//! What condition values are: numbers, dates, addresses, base64, letter case.

pub(crate) mod address;
pub(crate) mod base64;
pub(crate) mod date;
pub(crate) mod fold;
pub(crate) mod number;

//! Any bytes are read or refused as a PRODUCT.yaml.

use conform_suite::submission::Product;

/// Holds it against any bytes.
pub fn check(bytes: &[u8]) {
    assert_eq!(Product::read(bytes), Product::read(bytes));
}

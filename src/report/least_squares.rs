//! What least squares need of algebra and statistics.

use super::figures::whole;

/// The inverse of a symmetric matrix, by elimination; `None` if there is none.
pub(super) fn inverse(mut matrix: [[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let mut result = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for column in 0..3 {
        let largest = (column..3).max_by(|a, b| {
            matrix[*a][column]
                .abs()
                .total_cmp(&matrix[*b][column].abs())
        })?;
        matrix.swap(column, largest);
        result.swap(column, largest);
        let pivot = matrix[column][column];
        if pivot.abs() < 1e-12 {
            return None;
        }
        for at in 0..3 {
            matrix[column][at] /= pivot;
            result[column][at] /= pivot;
        }
        for row in (0..3).filter(|row| *row != column) {
            let factor = matrix[row][column];
            for at in 0..3 {
                matrix[row][at] -= factor * matrix[column][at];
                result[row][at] -= factor * result[column][at];
            }
        }
    }
    Some(result)
}

/// How many standard errors to either side hold 95 % of Student's distribution.
pub(super) fn student(freedom: f64) -> f64 {
    const TABLE: [f64; 10] = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23];
    let place = whole(freedom).saturating_sub(1);
    let place = usize::try_from(place).unwrap_or(usize::MAX);
    // Beyond the table: within 2 % of it.
    TABLE.get(place).copied().unwrap_or(1.96 + 2.4 / freedom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inverse_undoes_its_matrix() {
        let matrix = [[4.0, 1.0, 0.5], [1.0, 3.0, 0.0], [0.5, 0.0, 2.0]];
        let found = inverse(matrix).unwrap();
        for (row, cells) in matrix.iter().enumerate() {
            for column in 0..3 {
                let products = cells.iter().zip(&found).map(|(cell, of)| cell * of[column]);
                let sum: f64 = products.sum();
                let expected = f64::from(u8::from(row == column));
                assert!((sum - expected).abs() < 1e-12, "{row} {column}: {sum}");
            }
        }
        assert_eq!(
            inverse([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
            None
        );
    }

    #[test]
    fn students_distribution_is_as_in_its_tables() {
        for (freedom, expected) in [(1.0, 12.71), (10.0, 2.23), (20.0, 2.09), (120.0, 1.98)] {
            assert!(
                (student(freedom) / expected - 1.0).abs() < 0.02,
                "{freedom}"
            );
        }
    }
}

//! How a value becomes bytes: bincode 2, `standard()` configuration (little endian, variable-length integers, signed
//! integers zigzag), one value per message, nothing left over.

use bincode::config::{self, Configuration, Limit, LittleEndian, Varint};
use bincode::{Decode, Encode};

use crate::snapshot::{InPlace, Place, Snapshot};

/// Largest message a client may send, in bytes.
pub const CLIENT_MESSAGE_BYTES_MAX: usize = 16 * 1024;
/// Largest message a server may send, in bytes: a welcome with a large map.
pub const SERVER_MESSAGE_BYTES_MAX: usize = 1024 * 1024;
/// bincode's limit counts what is decoded, not the bytes it came from: a `u32` that travels in one byte counts four.
const SERVER_DECODED_BYTES_MAX: usize = 4 * SERVER_MESSAGE_BYTES_MAX;

const ENCODE: Configuration = config::standard();
const DECODE_CLIENT: Configuration<LittleEndian, Varint, Limit<CLIENT_MESSAGE_BYTES_MAX>> =
    config::standard().with_limit::<CLIENT_MESSAGE_BYTES_MAX>();
const DECODE_SERVER: Configuration<LittleEndian, Varint, Limit<SERVER_DECODED_BYTES_MAX>> =
    config::standard().with_limit::<SERVER_DECODED_BYTES_MAX>();

/// Why bytes are not a message.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The bytes are no value of the type: truncated, an unknown tag, a length over the limit, a value out of range.
    #[error("not a valid message: {0}")]
    Invalid(bincode::error::DecodeError),
    /// The value ended before the bytes did.
    #[error("{extra} bytes follow the end of the message")]
    Trailing {
        /// How many bytes are left over.
        extra: usize,
    },
}

/// Encodes one message.
pub fn encode<T: Encode>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64);
    encode_into(value, &mut bytes);
    bytes
}

/// Appends one message to `bytes`.
pub fn encode_into<T: Encode>(value: &T, bytes: &mut Vec<u8>) {
    bincode::encode_into_std_write(value, bytes, ENCODE).expect("encoding into memory cannot fail");
}

/// Decodes a message that came from a server (made for at most [`SERVER_MESSAGE_BYTES_MAX`]).
///
/// # Errors
/// [`WireError`] when the bytes are not exactly one value of the type.
pub fn decode<T: Decode<()>>(bytes: &[u8]) -> Result<T, WireError> {
    whole(
        bincode::decode_from_slice(bytes, DECODE_SERVER),
        bytes.len(),
    )
}

/// Decodes a snapshot into the memory of an older one; says whether the message is one.
///
/// # Errors
/// [`WireError`] as from [`decode`]; `snapshot` may then hold anything.
pub(crate) fn decode_snapshot(bytes: &[u8], snapshot: &mut Snapshot) -> Result<bool, WireError> {
    if !Snapshot::is_next(bytes) {
        return Ok(false);
    }
    let place: Place<'_> = Some(snapshot);
    let decoded: Result<(InPlace, usize), _> =
        bincode::decode_from_slice_with_context(bytes, DECODE_SERVER, place);
    whole(decoded, bytes.len())?;
    Ok(true)
}

/// Decodes a value that came from a client (limit [`CLIENT_MESSAGE_BYTES_MAX`]).
///
/// # Errors
/// [`WireError`] when the bytes are not exactly one value of the type.
pub fn decode_from_client<T: Decode<()>>(bytes: &[u8]) -> Result<T, WireError> {
    whole(
        bincode::decode_from_slice(bytes, DECODE_CLIENT),
        bytes.len(),
    )
}

/// Decodes a value from the front of what a client sent, and whatever follows is ignored.
pub(crate) fn decode_front<T: Decode<()>>(bytes: &[u8]) -> Result<T, WireError> {
    match bincode::decode_from_slice(bytes, DECODE_CLIENT) {
        Ok((value, _)) => Ok(value),
        Err(error) => Err(WireError::Invalid(error)),
    }
}

fn whole<T>(
    result: Result<(T, usize), bincode::error::DecodeError>,
    length: usize,
) -> Result<T, WireError> {
    match result {
        Ok((value, consumed)) if consumed == length => Ok(value),
        Ok((_, consumed)) => Err(WireError::Trailing {
            extra: length - consumed,
        }),
        Err(error) => Err(WireError::Invalid(error)),
    }
}

/// A decode error for a value that is well-formed but not allowed.
pub(crate) fn refuse(what: impl Into<String>) -> bincode::error::DecodeError {
    bincode::error::DecodeError::OtherString(what.into())
}

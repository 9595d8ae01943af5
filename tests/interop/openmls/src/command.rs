//! The command language: what one line may ask for.

use serde::Deserialize;

/// Bytes, written in hexadecimal.
#[derive(Deserialize)]
pub struct Bytes(#[serde(with = "hex")] pub Vec<u8>);

/// How a handshake message is framed (RFC 9420, section 6).
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    Private,
    Public,
}

/// An extension of the GroupContext.
#[derive(Deserialize)]
pub struct ContextExtension {
    #[serde(rename = "type")]
    pub kind: u16,
    pub data: Bytes,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Hello,
    KeyPackage {
        suite: u16,
        identity: Bytes,
    },
    Adopt {
        key_package: Bytes,
        init_priv: Bytes,
        encryption_priv: Bytes,
    },
    ExternalPsk {
        id: Bytes,
        secret: Bytes,
    },
    Create {
        suite: u16,
        group_id: Bytes,
        identity: Bytes,
    },
    Join {
        welcome: Bytes,
    },
    GroupInfo,
    ExternalJoin {
        suite: u16,
        identity: Bytes,
        group_info: Bytes,
        again: bool,
    },
    Propose(Proposed),
    Commit(Committed),
    Merge,
    Discard,
    Process {
        message: Bytes,
    },
    Send {
        data: Bytes,
        authenticated_data: Bytes,
    },
    State,
    Export {
        label: String,
        context: Bytes,
        length: usize,
    },
}

/// One proposal, to be committed by reference: one of the fields is set.
#[derive(Deserialize)]
pub struct Proposed {
    pub wire: Wire,
    pub add: Option<Bytes>,
    pub remove: Option<u32>,
    #[serde(default)]
    pub update: bool,
    pub psk: Option<Bytes>,
    pub extensions: Option<Vec<ContextExtension>>,
}

/// Proposals to be committed by value, together with all that were received.
#[derive(Deserialize)]
pub struct Committed {
    pub wire: Wire,
    pub add: Vec<Bytes>,
    pub remove: Vec<u32>,
    pub psks: Vec<Bytes>,
    pub resumption: Vec<u64>,
    pub extensions: Option<Vec<ContextExtension>>,
}

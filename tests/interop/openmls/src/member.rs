//! The member: one OpenMLS client with its keys and, at most, one group.

use std::error::Error;

use openmls::prelude::tls_codec::{Deserialize, Serialize, VLBytes};
use openmls::prelude::*;
use openmls::schedule::psk::ResumptionPskUsage;
use openmls::schedule::PreSharedKeyId;
use openmls::storage::StorageProvider;
use openmls_basic_credential::SignatureKeyPair;
use openmls_rust_crypto::OpenMlsRustCrypto;
use serde_json::{json, Value};

use crate::command::{Bytes, Command, Committed, ContextExtension, Proposed, Wire};

pub type Answer = Result<Value, Box<dyn Error>>;

const SUITES: [Ciphersuite; 3] = [
    Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
    Ciphersuite::MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519,
    Ciphersuite::MLS_192_MLKEM768_AES256GCM_SHA384_MLDSA65,
];
const PAST_EPOCHS: usize = 2;
const RESUMPTION_PSKS: usize = 8;

#[derive(Default)]
pub struct Member {
    provider: OpenMlsRustCrypto,
    group: Option<MlsGroup>,
}

impl Member {
    pub fn run(&mut self, command: Command) -> Answer {
        match command {
            Command::Hello => Ok(json!({
                "implementation": "OpenMLS 0.9.2",
                "suites": SUITES.map(u16::from),
                "lacks": ["MIXED_PSKS"],
            })),
            Command::KeyPackage { suite, identity } => self.key_package(suite, identity),
            Command::Adopt {
                key_package,
                init_priv,
                encryption_priv,
            } => self.adopt(key_package, init_priv, encryption_priv),
            Command::ExternalPsk { id, secret } => self.external_psk(id, secret),
            Command::Create {
                suite,
                group_id,
                identity,
            } => self.create(suite, group_id, identity),
            Command::Join { welcome } => self.join(welcome),
            Command::GroupInfo => self.group_info(),
            Command::ExternalJoin {
                suite,
                identity,
                group_info,
                again,
            } => self.external_join(suite, identity, group_info, again),
            Command::Propose(proposed) => self.propose(proposed),
            Command::Commit(committed) => self.commit(committed),
            Command::Merge => self.merge(),
            Command::Discard => self.discard(),
            Command::Process { message } => self.process(message),
            Command::Send {
                data,
                authenticated_data,
            } => self.send(data, authenticated_data),
            Command::State => self.state(),
            Command::Export {
                label,
                context,
                length,
            } => self.export(label, context, length),
        }
    }

    fn key_package(&mut self, suite: u16, identity: Bytes) -> Answer {
        let suite = suite_of(suite)?;
        let signer = self.new_signer(suite)?;
        let credential = credential_of(&signer, identity);
        let bundle = KeyPackage::builder()
            .leaf_node_capabilities(self.capabilities(suite))
            .build(suite, &self.provider, &signer, credential)?;
        let message = MlsMessageOut::from(bundle.key_package().clone());
        Ok(json!({ "key_package": hex_of(&message)? }))
    }

    /// OpenMLS makes bundles of its own keys only; what it stores can be written from others.
    fn adopt(&mut self, key_package: Bytes, init_priv: Bytes, encryption_priv: Bytes) -> Answer {
        let key_package = self.key_package_in(&key_package)?;
        let hash_ref = key_package.hash_ref(self.provider.crypto())?;
        let bundle: KeyPackageBundle = serde_json::from_value(json!({
            "key_package": key_package,
            "private_init_key": HpkePrivateKey::from(init_priv.0),
            "private_encryption_key": { "key": HpkePrivateKey::from(encryption_priv.0) },
        }))?;
        store(self.provider.storage(), &hash_ref, &bundle)?;
        Ok(json!({}))
    }

    fn external_psk(&mut self, id: Bytes, secret: Bytes) -> Answer {
        PreSharedKeyId::external(id.0, Vec::new()).store(&self.provider, &secret.0)?;
        Ok(json!({}))
    }

    fn create(&mut self, suite: u16, group_id: Bytes, identity: Bytes) -> Answer {
        let suite = suite_of(suite)?;
        let signer = self.new_signer(suite)?;
        let credential = credential_of(&signer, identity);
        let group = MlsGroup::builder()
            .with_group_id(GroupId::from_slice(&group_id.0))
            .ciphersuite(suite)
            .with_capabilities(self.capabilities(suite))
            .with_wire_format_policy(MIXED_CIPHERTEXT_WIRE_FORMAT_POLICY)
            .max_past_epochs(PAST_EPOCHS)
            .number_of_resumption_psks(RESUMPTION_PSKS)
            .use_ratchet_tree_extension(true)
            .replace_old_group()
            .build(&self.provider, &signer, credential)?;
        self.group = Some(group);
        Ok(json!({}))
    }

    fn join(&mut self, welcome: Bytes) -> Answer {
        let MlsMessageBodyIn::Welcome(welcome) = decode(&welcome)?.extract() else {
            return Err("The message is not a welcome.".into());
        };
        let staged = StagedWelcome::build_from_welcome(
            &self.provider,
            &configuration(Wire::Private),
            welcome,
        )?
        .replace_old_group()
        .build()?;
        self.group = Some(staged.into_group(&self.provider)?);
        Ok(json!({}))
    }

    fn group_info(&mut self) -> Answer {
        let signer = self.signer()?;
        let info = self
            .group()?
            .export_group_info(self.provider.crypto(), &signer, true)?;
        Ok(json!({ "group_info": hex_of(&info)? }))
    }

    fn external_join(
        &mut self,
        suite: u16,
        identity: Bytes,
        group_info: Bytes,
        again: bool,
    ) -> Answer {
        let suite = suite_of(suite)?;
        let MlsMessageBodyIn::GroupInfo(group_info) = decode(&group_info)?.extract() else {
            return Err("The message is not a group info.".into());
        };
        let signer = if again {
            self.signer()?
        } else {
            self.new_signer(suite)?
        };
        let credential = credential_of(&signer, identity);
        let leaf = LeafNodeParameters::builder()
            .with_capabilities(self.capabilities(suite))
            .build();
        let (group, messages) = MlsGroup::external_commit_builder()
            .with_config(configuration(Wire::Private))
            .build_group(&self.provider, group_info, credential)?
            .leaf_node_parameters(leaf)
            .load_psks(self.provider.storage())?
            .build(
                self.provider.rand(),
                self.provider.crypto(),
                &signer,
                |_| true,
            )?
            .finalize(&self.provider)?;
        self.group = Some(group);
        Ok(json!({ "commit": hex_of(messages.commit())? }))
    }

    fn propose(&mut self, proposed: Proposed) -> Answer {
        let signer = self.signer()?;
        let (proposal, _) = {
            let added = proposed
                .add
                .map(|message| self.key_package_in(&message))
                .transpose()?;
            let psk = proposed.psk.map(|id| self.psk_id(id)).transpose()?;
            let (group, provider) = self.group_for_sending(proposed.wire)?;
            if let Some(key_package) = added {
                group.propose_add_member(provider, &signer, &key_package)?
            } else if let Some(leaf) = proposed.remove {
                group.propose_remove_member(provider, &signer, LeafNodeIndex::new(leaf))?
            } else if let Some(psk) = psk {
                group.propose_pre_shared_key(provider, &signer, psk)?
            } else if let Some(extensions) = proposed.extensions {
                group.propose_group_context_extensions(
                    provider,
                    context_of(extensions)?,
                    &signer,
                )?
            } else if proposed.update {
                group.propose_self_update(provider, &signer, LeafNodeParameters::default())?
            } else {
                return Err("There is nothing to propose.".into());
            }
        };
        Ok(json!({ "proposal": hex_of(&proposal)? }))
    }

    fn commit(&mut self, committed: Committed) -> Answer {
        let signer = self.signer()?;
        let mut added = Vec::new();
        for message in &committed.add {
            added.push(self.key_package_in(message)?);
        }
        let mut psks = Vec::new();
        for id in committed.psks {
            psks.push(self.psk_id(id)?);
        }
        for epoch in committed.resumption {
            psks.push(self.resumption_psk_id(epoch)?);
        }
        let psk_proposals = psks
            .into_iter()
            .map(|id| Proposal::PreSharedKey(Box::new(PreSharedKeyProposal::new(id))));
        let (group, provider) = self.group_for_sending(committed.wire)?;
        let mut builder = group
            .commit_builder()
            .propose_adds(added)
            .propose_removals(committed.remove.into_iter().map(LeafNodeIndex::new))
            .add_proposals(psk_proposals);
        if let Some(extensions) = committed.extensions {
            builder = builder.propose_group_context_extensions(context_of(extensions)?)?;
        }
        let messages = builder
            .load_psks(provider.storage())?
            .build(provider.rand(), provider.crypto(), &signer, |_| true)?
            .stage_commit(provider)?;
        let welcome = messages
            .to_welcome_msg()
            .map(|welcome| hex_of(&welcome))
            .transpose()?;
        Ok(json!({ "commit": hex_of(messages.commit())?, "welcome": welcome }))
    }

    fn merge(&mut self) -> Answer {
        let (group, provider) = self.group_and_provider()?;
        if group.pending_commit().is_none() {
            return Err("There is no commit to merge.".into());
        }
        group.merge_pending_commit(provider)?;
        Ok(json!({}))
    }

    fn discard(&mut self) -> Answer {
        let (group, provider) = self.group_and_provider()?;
        group.clear_pending_commit(provider.storage())?;
        Ok(json!({}))
    }

    fn process(&mut self, message: Bytes) -> Answer {
        let message = decode(&message)?.try_into_protocol_message()?;
        let (group, provider) = self.group_and_provider()?;
        let processed = group.process_message(provider, message)?;
        let authenticated_data = hex::encode(processed.aad());
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(application) => Ok(json!({
                "kind": "application",
                "data": hex::encode(application.into_bytes()),
                "authenticated_data": authenticated_data,
            })),
            ProcessedMessageContent::ProposalMessage(proposal) => {
                group.store_pending_proposal(provider.storage(), *proposal)?;
                Ok(json!({ "kind": "proposal" }))
            }
            ProcessedMessageContent::StagedCommitMessage(commit) => {
                group.merge_staged_commit(provider, *commit)?;
                Ok(json!({ "kind": "commit" }))
            }
            _ => Err("The message is our own, or a proposal to join from outside.".into()),
        }
    }

    fn send(&mut self, data: Bytes, authenticated_data: Bytes) -> Answer {
        let signer = self.signer()?;
        let (group, provider) = self.group_and_provider()?;
        group.set_aad(authenticated_data.0);
        let message = group.create_message(provider, &signer, &data.0)?;
        Ok(json!({ "message": hex_of(&message)? }))
    }

    fn state(&mut self) -> Answer {
        let group = self.group()?;
        let context = group.public_group().group_context();
        let mut members = Vec::new();
        for member in group.members() {
            members.push(json!({
                "leaf": member.index.u32(),
                "identity": hex::encode(BasicCredential::try_from(member.credential)?.identity()),
                "signature_key": hex::encode(member.signature_key),
            }));
        }
        Ok(json!({
            "group_id": hex::encode(group.group_id().as_slice()),
            "epoch": group.epoch().as_u64(),
            "active": group.is_active(),
            "own_leaf": group.own_leaf_index().u32(),
            "members": members,
            "tree_hash": hex::encode(context.tree_hash()),
            "confirmed_transcript_hash": hex::encode(context.confirmed_transcript_hash()),
            "epoch_authenticator": hex::encode(group.epoch_authenticator().as_slice()),
        }))
    }

    fn export(&mut self, label: String, context: Bytes, length: usize) -> Answer {
        let crypto = self.provider.crypto();
        let secret = self
            .group()?
            .export_secret(crypto, &label, &context.0, length)?;
        Ok(json!({ "secret": hex::encode(secret) }))
    }

    fn group(&self) -> Result<&MlsGroup, Box<dyn Error>> {
        self.group
            .as_ref()
            .ok_or_else(|| "This member is in no group.".into())
    }

    fn group_and_provider(
        &mut self,
    ) -> Result<(&mut MlsGroup, &OpenMlsRustCrypto), Box<dyn Error>> {
        let group = self.group.as_mut().ok_or("This member is in no group.")?;
        Ok((group, &self.provider))
    }

    fn group_for_sending(
        &mut self,
        wire: Wire,
    ) -> Result<(&mut MlsGroup, &OpenMlsRustCrypto), Box<dyn Error>> {
        let (group, provider) = self.group_and_provider()?;
        group.set_configuration(provider.storage(), &configuration(wire))?;
        Ok((group, provider))
    }

    /// A fresh signature key, kept in the storage.
    fn new_signer(&self, suite: Ciphersuite) -> Result<SignatureKeyPair, Box<dyn Error>> {
        let signer = SignatureKeyPair::new(suite.signature_algorithm())
            .map_err(|error| format!("There is no signature key: {error:?}."))?;
        signer.store(self.provider.storage())?;
        Ok(signer)
    }

    /// The signature key of our leaf.
    fn signer(&self) -> Result<SignatureKeyPair, Box<dyn Error>> {
        let group = self.group()?;
        let leaf = group
            .own_leaf_node()
            .ok_or("This member is in the group no more.")?;
        let scheme = group.ciphersuite().signature_algorithm();
        SignatureKeyPair::read(
            self.provider.storage(),
            leaf.signature_key().as_slice(),
            scheme,
        )
        .ok_or_else(|| "The signature key is not in the storage.".into())
    }

    fn capabilities(&self, suite: Ciphersuite) -> Capabilities {
        Capabilities::new(None, Some(&[suite]), None, None, None).with_grease(self.provider.rand())
    }

    fn key_package_in(&self, message: &Bytes) -> Result<KeyPackage, Box<dyn Error>> {
        let MlsMessageBodyIn::KeyPackage(key_package) = decode(message)?.extract() else {
            return Err("The message is not a key package.".into());
        };
        Ok(key_package.validate(self.provider.crypto(), ProtocolVersion::Mls10)?)
    }

    fn psk_id(&self, id: Bytes) -> Result<PreSharedKeyId, Box<dyn Error>> {
        Ok(PreSharedKeyId::external(id.0, self.psk_nonce()?))
    }

    fn resumption_psk_id(&self, epoch: u64) -> Result<PreSharedKeyId, Box<dyn Error>> {
        let group_id = self.group()?.group_id().clone();
        let usage = ResumptionPskUsage::Application;
        Ok(PreSharedKeyId::resumption(
            usage,
            group_id,
            GroupEpoch::from(epoch),
            self.psk_nonce()?,
        ))
    }

    fn psk_nonce(&self) -> Result<Vec<u8>, Box<dyn Error>> {
        let length = self.group()?.ciphersuite().hash_length();
        self.provider
            .rand()
            .random_vec(length)
            .map_err(|_| "There is no randomness.".into())
    }
}

fn store<S: StorageProvider>(
    storage: &S,
    hash_ref: &KeyPackageRef,
    bundle: &KeyPackageBundle,
) -> Result<(), Box<dyn Error>> {
    storage
        .write_key_package(hash_ref, bundle)
        .map_err(|_| "The key package cannot be stored.".into())
}

fn suite_of(id: u16) -> Result<Ciphersuite, Box<dyn Error>> {
    let suite = SUITES.into_iter().find(|suite| u16::from(*suite) == id);
    suite.ok_or_else(|| format!("OpenMLS has no suite {id}.").into())
}

fn credential_of(signer: &SignatureKeyPair, identity: Bytes) -> CredentialWithKey {
    CredentialWithKey {
        credential: BasicCredential::new(identity.0).into(),
        signature_key: signer.public().into(),
    }
}

fn configuration(wire: Wire) -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(match wire {
            Wire::Private => MIXED_CIPHERTEXT_WIRE_FORMAT_POLICY,
            Wire::Public => MIXED_PLAINTEXT_WIRE_FORMAT_POLICY,
        })
        .max_past_epochs(PAST_EPOCHS)
        .number_of_resumption_psks(RESUMPTION_PSKS)
        .use_ratchet_tree_extension(true)
        .build()
}

fn context_of(
    extensions: Vec<ContextExtension>,
) -> Result<Extensions<GroupContext>, Box<dyn Error>> {
    let mut decoded = Vec::new();
    for ContextExtension { kind, data } in extensions {
        let mut encoded = kind.to_be_bytes().to_vec();
        encoded.extend(VLBytes::new(data.0).tls_serialize_detached()?);
        decoded.push(Extension::tls_deserialize_exact(encoded)?);
    }
    Ok(Extensions::from_vec(decoded)?)
}

fn decode(message: &Bytes) -> Result<MlsMessageIn, Box<dyn Error>> {
    Ok(MlsMessageIn::tls_deserialize_exact(&message.0)?)
}

fn hex_of(message: &MlsMessageOut) -> Result<String, Box<dyn Error>> {
    Ok(hex::encode(message.to_bytes()?))
}

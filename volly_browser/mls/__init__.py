"""MLS (RFC 9420), sans-I/O: bytes in, bytes and events out.

`group.Group` is what applications use, with `key_package.KeyPackageBundle` to be added by and `suites` to choose from.
Where each part of the RFC is:

    2.1   codec, wire_types           8.1   group_context            12.1     proposals, update
    4, C  tree_math                   8.2   transcript               12.2-3   proposal_list, proposal_store
    5.1   suites, labels              8.3-5 key_schedule             12.4     commit, commit_creation,
    5.3   credentials                 8.4   psk                               commit_processing, renewal
    6     framing, versions, messages 8.6   psk, past_epochs         12.4.3   group_info
          sending, receiving          8.7   group_view               12.4.3.1 welcome, joining
    6.2   public_message              9     secret_tree              12.4.3.2 external_commit
    6.3   private_message             10    key_package              13.4     extensions
    7.1-3 leaf_node, capabilities     11    group (create), epoch    14       group (merge, discard)
    7.3   leaf_validation             11.1  capabilities             15.1     padding
    7.4-6 treekem, usable_keys        7.7   ratchet_tree             15.3     past_epochs, skipped_keys
    7.8-9 tree_hashes, tree_validation

ReInit and branching (sections 11.2 and 11.3) are refused; a group that is to go on from another asks for the other's
`resumption_psk` instead.  X.509 credentials are read but not accepted.  Extensions that are not known are refused, not
ignored, but for the GREASE values; `limits` bounds the size of everything.  What the RFC leaves to the application
is in `settings`: above all `judgement`, which is asked before a commit of another member is followed.  How a member is
stored the RFC leaves open: see `state`, which is made of `epoch_state` and `secret_tree_state`.
"""

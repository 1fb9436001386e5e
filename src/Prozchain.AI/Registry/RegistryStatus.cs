namespace Prozchain.AI.Registry;

/// <summary>What came of an operation or a look-up. Whatever is not Ok left the registry as it was.</summary>
public enum RegistryStatus : byte
{
    /// <summary>Applied, or found.</summary>
    Ok,
    /// <summary>The bytes end too early, or a number is not in its one encoding.</summary>
    Malformed,
    /// <summary>Bytes follow the operation.</summary>
    TrailingBytes,
    /// <summary>A version of the encoding other than 1.</summary>
    UnsupportedVersion,
    /// <summary>A kind of operation that is not defined.</summary>
    UnknownKind,
    /// <summary>A name, or a part in front of its first slash, is not formed as names are.</summary>
    InvalidName,
    /// <summary>A version is not formed as versions are.</summary>
    InvalidVersion,
    /// <summary>A licence or quantisation is not formed as these are.</summary>
    InvalidText,
    /// <summary>A size of 0, or of 2^63 bytes or more.</summary>
    InvalidSize,
    /// <summary>More than 16 parents, one twice, or of a kind that is not defined.</summary>
    InvalidParents,
    /// <summary>A tier that cannot be leased, or an end that is not behind this slot or too far behind it.</summary>
    InvalidLease,
    /// <summary>The slot lies before that of an operation that was applied.</summary>
    SlotBehind,
    /// <summary>No such name.</summary>
    UnknownModel,
    /// <summary>No such version of that name; of a bare name: none that is neither retired nor pruned.</summary>
    UnknownVersion,
    /// <summary>A parent was never published.</summary>
    UnknownParent,
    /// <summary>The bytes are gone: of this version, or of a parent that is needed.</summary>
    Pruned,
    /// <summary>That version of that name is there already.</summary>
    AlreadyPublished,
    /// <summary>The actor does not own the name.</summary>
    NotOwner,
    /// <summary>Only the owner may do this before the lease has ended.</summary>
    NotExpired,
    /// <summary>A version that is not pruned needs this one's bytes.</summary>
    Needed,
    /// <summary>The state asked for is the state it is in, or the lease ends no later than it did.</summary>
    NothingToDo,
    /// <summary>The registry holds as many versions, or names, as it can.</summary>
    LimitExceeded,
    /// <summary>A snapshot is of another state than the root says, or of a registry with other rules.</summary>
    WrongRoot,
}

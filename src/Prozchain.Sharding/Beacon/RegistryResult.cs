namespace Prozchain.Sharding.Beacon;

/// <summary>What is wrong with a registry change, if anything.</summary>
public enum RegistryResult
{
    /// <summary>It takes effect at the next epoch.</summary>
    Valid,

    /// <summary>It was signed for another epoch.</summary>
    WrongEpoch,

    /// <summary>The key that wants to join is a validator, joins already, or leaves in this epoch.</summary>
    AlreadyKnown,

    /// <summary>The key that wants to leave is no validator, or leaves already.</summary>
    NotActive,

    /// <summary>The signature is not the key's over this change.</summary>
    BadSignature,

    /// <summary>The validators of the next epoch could not fill all seats.</summary>
    SeatsNotFilled,
}

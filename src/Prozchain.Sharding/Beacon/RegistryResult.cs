namespace Prozchain.Sharding.Beacon;

/// <summary>What is wrong with a deposit or an exit order, if anything.</summary>
public enum RegistryResult
{
    /// <summary>It is taken.</summary>
    Valid,

    /// <summary>The order was signed for another epoch.</summary>
    WrongEpoch,

    /// <summary>The key that wants to leave is no validator, waits for duty, or leaves already.</summary>
    NotActive,

    /// <summary>The signature is not the key's over this order.</summary>
    BadSignature,

    /// <summary>The deposit is not the next by its number.</summary>
    WrongIndex,

    /// <summary>The host does not vouch for the deposit.</summary>
    NotVouchedFor,
}

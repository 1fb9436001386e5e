namespace Prozchain.DataAvailability.Simulation;

/// <summary>What keeps data that was encoded wrongly from being accepted.</summary>
public enum EncodingCheck
{
    /// <summary>A full node finds it and proves it to whom it reaches; who is reached by none believes it.</summary>
    FraudProof = 0,

    /// <summary>Every sample is checked against the encoding itself.</summary>
    Algebraic = 1,

    /// <summary>Every reader encodes again what it has decoded; wrongly encoded data reads as nothing, for everyone alike.</summary>
    Reader = 2,
}

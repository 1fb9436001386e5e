namespace Prozchain.Rollups.Transition;

/// <summary>What an <see cref="Effect"/> is. The values are those of its leaf.</summary>
public enum EffectKind : byte
{
    /// <summary>Tokens leave for the settlement layer.</summary>
    Withdrawal = 1,

    /// <summary>Bytes leave for the settlement layer.</summary>
    Message = 2,
}

/// <summary>One thing that leaves the rollup.</summary>
public readonly record struct Effect
{
    /// <summary>What it is.</summary>
    public EffectKind Kind { get; init; }

    /// <summary>The token of a withdrawal.</summary>
    public uint Token { get; init; }

    /// <summary>Units of a withdrawal.</summary>
    public UInt128 Amount { get; init; }

    /// <summary>Who sends a message.</summary>
    public AccountAddress Sender { get; init; }

    /// <summary>Where it goes.</summary>
    public L1Address Recipient { get; init; }

    /// <summary>Keccak-256 of a message's bytes.</summary>
    public Digest32 PayloadHash { get; init; }

    internal int PayloadStart { get; init; }

    internal int PayloadLength { get; init; }
}

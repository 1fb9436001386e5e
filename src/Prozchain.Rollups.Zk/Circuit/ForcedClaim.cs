namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>What a prover says becomes of a forced payment; of a deposit, and of a payment that does nothing for a reason that needs no witness, nothing.</summary>
internal readonly record struct ForcedClaim
{
    /// <summary>Skips are below this: 2^16.</summary>
    public const uint Skips = 1 << 16;

    /// <summary>Whether it is valid: fee, nonce and index stand, whatever becomes of the amount.</summary>
    public bool IsDone { get; init; }

    /// <summary>How many indices the sender leaves out, if it is valid.</summary>
    public uint Skip { get; init; }

    /// <summary>How many the sponsor does.</summary>
    public uint SponsorSkip { get; init; }

    /// <summary>Whether it does nothing for its key, nonce or index, which the record below shows.</summary>
    public bool IsJudged { get; init; }

    /// <summary>Whether that is the sponsor's record.</summary>
    public bool OfSponsor { get; init; }

    public Eight Key { get; init; }

    public ulong Nonce { get; init; }

    public uint Next { get; init; }

    /// <summary>Whether these are numbers of a record at all.</summary>
    public bool IsRecord => Nonce < (ulong)Limbs.NonceRadix * Limbs.NonceRadix && Next < Limbs.NonceRadix;
}

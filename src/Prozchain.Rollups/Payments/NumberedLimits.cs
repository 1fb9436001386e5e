namespace Prozchain.Rollups.Payments;

/// <summary>What a rollup that keeps its accounts by number has room for: a field's words in a circuit (docs/formats/rollups-payments.md). All are below these, unless said otherwise.</summary>
internal static class NumberedLimits
{
    /// <summary>Accounts: numbers from 0 on, so that a number and one is below 2^30 too, as rows and messages have it.</summary>
    public const uint Accounts = AccountAddress.MaxNumber - 1;

    /// <summary>Payments of a batch, forced ones aside; as many as that are allowed.</summary>
    public const ulong Payments = 1 << 16;

    /// <summary>Numbers of tokens.</summary>
    public const uint Tokens = 1 << 15;

    /// <summary>Numbers of rollups.</summary>
    public const ulong Chains = 1 << 30;

    /// <summary>Nonces; the last one is never used.</summary>
    public const ulong Nonces = 1UL << 60;

    /// <summary>Indices of one-time keys: what the highest tree of keys has, 3^10.</summary>
    public const uint KeyIndices = 59_049;

    /// <summary>The largest amount, balance or supply of a token: 2^120 - 1.</summary>
    public static UInt128 MostAmount => (UInt128.One << 120) - 1;
}

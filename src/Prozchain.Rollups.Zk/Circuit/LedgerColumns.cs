namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Columns of <see cref="LedgerAir"/>.</summary>
internal static class LedgerColumns
{
    public const int Time = 0, TimeBefore = 1, Hashed = 2, A = 3, B = 4;

    /// <summary>One of five, by <see cref="LedgerMode"/>.</summary>
    public const int Debit = 5, Credit = 6, Short = 7, Over = 8, Read = 9, Modes = 5;

    /// <summary>By <see cref="LedgerSigner"/>, each with those before it.</summary>
    public const int Signer = 10, Sender = 11, Rotate = 12;

    /// <summary>8 limbs each; after is what is left over in mode short and over.</summary>
    public const int Before = 13, After = 21, Amount = 29;

    /// <summary>Out of limbs 0 to 6.</summary>
    public const int Carry = 37;

    public const int Nonce = 44, NonceCarry = 46, NonceInverse = 47, NonceSeen = 48;

    /// <summary>Next indices; how many a signer leaves out, and bit 15 of that.</summary>
    public const int IndexBefore = 50, IndexSeen = 51, IndexAfter = 52, Skipped = 53, SkippedHigh = 54;

    public const int VersionBefore = 55, VersionAfter = 56, VersionSeen = 57;

    public const int Width = 58;
}

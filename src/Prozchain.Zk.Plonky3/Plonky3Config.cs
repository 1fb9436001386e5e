namespace Prozchain.Zk.Plonky3;

/// <summary>
/// The numbers of a proof's low-degree test, as the chain that made the proof chose them. They are taken, not judged: the
/// remarks say what they prove.
/// </summary>
/// <remarks>
/// With rate r = 2^-<see cref="LogBlowup"/>, q queries and g bits of <see cref="QueryWorkBits"/>, the queries alone prove
/// q * log2(2 / (1 + r)) + g bits by unique decoding (about 0.42 q at r = 1/2), at most q * <see cref="LogBlowup"/> / 2 + g
/// up to the Johnson bound, and q * <see cref="LogBlowup"/> + g by a conjecture that is known to fail near capacity. The
/// challenge field of 124 bits, the hash and the batching of columns bound it further; StarkShape and SecurityReport of
/// Prozchain.Zk compute all of that. Peers often run at numbers that prove 65 bits or fewer.
/// </remarks>
public sealed record Plonky3Config
{
    /// <summary>log2 of committed values per row, 1 to 8.</summary>
    public required int LogBlowup { get; init; }

    /// <summary>Rows opened, 1 to 4096.</summary>
    public required int Queries { get; init; }

    /// <summary>log2 of the coefficients that the test ends with, 0 to 16.</summary>
    public int LogFinalLength { get; init; }

    /// <summary>log2 of the most values folded into one, 1 to 6.</summary>
    public int MaxLogArity { get; init; } = 1;

    /// <summary>Bits of work before each folding challenge, 0 to 30.</summary>
    public int RoundWorkBits { get; init; }

    /// <summary>Bits of work before the queries, 0 to 30.</summary>
    public int QueryWorkBits { get; init; }

    /// <summary>log2 of the digests that a commitment shows, 0 to 16; a tree that is lower shows its leaves.</summary>
    public int CapHeight { get; init; }

    /// <summary>Whether the trace is blinded: twice the rows, four random columns to every matrix, four salts to every leaf.</summary>
    public bool Hiding { get; init; }

    /// <summary>Random columns of a matrix and salts of a row.</summary>
    internal int Blinds => Hiding ? 4 : 0;

    internal int HidingBits => Hiding ? 1 : 0;

    internal void Validate()
    {
        Check(LogBlowup, 1, 8, nameof(LogBlowup));
        Check(Queries, 1, 4096, nameof(Queries));
        Check(LogFinalLength, 0, 16, nameof(LogFinalLength));
        Check(MaxLogArity, 1, 6, nameof(MaxLogArity));
        Check(RoundWorkBits, 0, 30, nameof(RoundWorkBits));
        Check(QueryWorkBits, 0, 30, nameof(QueryWorkBits));
        Check(CapHeight, 0, 16, nameof(CapHeight));
    }

    private static void Check(int value, int least, int most, string name)
    {
        if (value < least || value > most) throw new ArgumentOutOfRangeException(name, value, $"Expected {least} to {most}.");
    }
}

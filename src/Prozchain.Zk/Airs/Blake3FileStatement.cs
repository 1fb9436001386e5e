using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>
/// The statement "I know a file of this length, with a BLAKE3 hash, that starts with so many public bytes": its tables, in the order
/// in which prover and verifier take them. All of it follows from the three numbers.
/// </summary>
/// <remarks>
/// Tables: the blocks, the parents (beyond 1024 bytes), the bytes, then one or two of compressions: two where that saves rows in a
/// tall table. <see cref="Blake3File{TField}"/> makes the traces. Immutable and thread-safe.
/// </remarks>
public sealed class Blake3FileStatement
{
    private readonly IAir[] _airs;
    private readonly int[] _logRows;
    private readonly int[] _shares;

    /// <summary>The statement about files of a length.</summary>
    /// <param name="length">Bytes of the file, 0 to 2^25.</param>
    /// <param name="prefix">Leading bytes that are public, at most 64 and at most the length.</param>
    /// <param name="leastLogRows">
    /// log2 of the fewest rows of any table, 0 to 24; when hiding at least <see cref="Security.StarkParameters.LeastPaddedLogRows"/>.
    /// </param>
    public Blake3FileStatement(int length, int prefix, int leastLogRows = 0)
    {
        (Length, Prefix, LeastLogRows) = (length, prefix, leastLogRows);
        var blocks = new Blake3BlocksAir(length, prefix, leastLogRows);
        Blake3FileLayout layout = new(length);
        HasParents = layout.Chunks > 1;
        _shares = CompressionShares.Of(layout.Blocks + layout.Chunks - 1, leastLogRows);
        var bytes = new ByteRangeAir(leastLogRows);
        List<(IAir Air, int Height)> tables = [(blocks, blocks.Shape.Height)];
        if (HasParents)
        {
            var parents = new Blake3ParentsAir(length, leastLogRows);
            tables.Add((parents, parents.Shape.Height));
        }
        tables.Add((bytes, bytes.Shape.Height));
        foreach (int share in _shares) tables.Add((new Blake3CompressionAir(), CompressionShares.Height(share, leastLogRows)));
        _airs = [.. tables.Select(table => table.Air)];
        _logRows = [.. tables.Select(table => BitOperations.Log2((uint)table.Height))];
    }

    /// <summary>Bytes of the file.</summary>
    public int Length { get; }

    /// <summary>Leading bytes that are public.</summary>
    public int Prefix { get; }

    /// <summary>log2 of the fewest rows that were asked for.</summary>
    public int LeastLogRows { get; }

    /// <summary>The AIRs of the tables, in order.</summary>
    public IReadOnlyList<IAir> Airs => _airs;

    /// <summary>log2 of the rows of each table, in order.</summary>
    public ReadOnlySpan<int> LogRows => _logRows;

    internal bool HasParents { get; }

    /// <summary>How many compressions each table of them answers for, in order of the compressions.</summary>
    internal ReadOnlySpan<int> Shares => _shares;

    /// <summary>The public values of each table, in order.</summary>
    /// <param name="hash">32 bytes.</param>
    /// <param name="prefix">As many bytes as the statement makes public.</param>
    /// <exception cref="ArgumentException">A hash or prefix of another length.</exception>
    public TField[][] PublicValues<TField>(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> prefix) where TField : struct, IField<TField>
    {
        if (prefix.Length != Prefix) throw new ArgumentException($"Expected a prefix of {Prefix} bytes, got {prefix.Length}.", nameof(prefix));
        TField[] values = Blake3File<TField>.PublicValues(hash, prefix);
        var tables = new TField[_airs.Length][];
        tables.AsSpan().Fill([]);
        tables[0] = values;
        if (HasParents) tables[1] = values[..16];
        return tables;
    }
}

using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>
/// The tables of the statement "I know a file of this length, with this BLAKE3 hash, that starts with these bytes": the
/// traces of its AIRs, and its public values. See <see cref="Blake3BlocksAir"/>, and <see cref="Blake3FileStatement"/> for all tables in
/// order.
/// </summary>
/// <typeparam name="TField">The field of the traces.</typeparam>
public sealed class Blake3File<TField> where TField : struct, IField<TField>
{
    private readonly int _length, _leastLogRows;

    /// <summary>Lays out a file.</summary>
    /// <param name="file">At most 2^25 bytes.</param>
    /// <param name="leastLogRows">log2 of the fewest rows of each table, 0 to 24.</param>
    public Blake3File(ReadOnlySpan<byte> file, int leastLogRows = 0)
    {
        (_length, _leastLogRows) = (file.Length, leastLogRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(file.Length, 1 << 25, nameof(file));
        TraceTools.CheckLeastLogRows(leastLogRows);
        Blake3FileLayout layout = new(file.Length);
        Blake3Parent[] parents = layout.Parents();
        var compressions = new Blake3Compression[layout.Blocks + parents.Length];
        var outputs = new Blake3Words[compressions.Length];
        Blake3Words chaining = Blake3Core.InitialVector;
        Dictionary<(int Start, int Count), Blake3Words> nodes = [];
        for (int i = 0; i < layout.Blocks; i++)
        {
            if (Blake3FileLayout.IsChunkStart(i)) chaining = Blake3Core.InitialVector;
            Blake3Block block = default;
            file[(64 * i)..Math.Min(file.Length, 64 * i + 64)].CopyTo(block.Bytes);
            int chunk = i / Blake3FileLayout.BlocksPerChunk, length = i == layout.Blocks - 1 ? layout.LastBlockLength : 64;
            compressions[i] = Compress(ref chaining, block, chunk, length, layout.Flags(i));
            outputs[i] = chaining;
            if (layout.IsChunkEnd(i)) nodes[(chunk, 1)] = chaining;
        }
        for (int i = 0; i < parents.Length; i++)
        {
            (int start, int left, int right) = parents[i];
            Blake3Block block = default;
            block.SetHalves(nodes[(start, left)], nodes[(start + left, right)]);
            chaining = Blake3Core.InitialVector;
            int place = layout.Blocks + i;
            compressions[place] = Compress(ref chaining, block, 0, 64, Blake3Flags.Parent | (i == parents.Length - 1 ? Blake3Flags.Root : 0));
            nodes[(start, left + right)] = outputs[place] = chaining;
        }
        Span<byte> hash = stackalloc byte[32];
        chaining.Write(hash);
        Hash = hash.ToArray();

        var asked = new uint[256];
        Blocks = Blake3BlocksAir.Generate<TField>(file, compressions.AsSpan(0, layout.Blocks), outputs.AsSpan(0, layout.Blocks), leastLogRows, asked);
        Bytes = ByteRangeAir.Generate<TField>(asked, leastLogRows);
        Parents = parents.Length == 0 ? null : Blake3ParentsAir.Generate<TField>(compressions.AsSpan(layout.Blocks), outputs.AsSpan(layout.Blocks), leastLogRows);
        Compressions = compressions;
    }

    /// <summary>The hash, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>The trace of <see cref="Blake3BlocksAir"/>.</summary>
    public Trace<TField> Blocks { get; }

    /// <summary>The trace of <see cref="Blake3ParentsAir"/>, or null if the file is one chunk.</summary>
    public Trace<TField>? Parents { get; }

    /// <summary>The trace of <see cref="ByteRangeAir"/>.</summary>
    public Trace<TField> Bytes { get; }

    /// <summary>
    /// The compressions for <see cref="Blake3Compression.Generate"/>: in one table, or shared out among several of
    /// different heights, which saves rows.
    /// </summary>
    public ReadOnlyMemory<Blake3Compression> Compressions { get; }

    /// <summary>
    /// The traces of all tables of a statement, in order. Those of the compressions, by far the largest, are described anew by each call
    /// (<see cref="Blake3Compression.Describe"/>), and made where they are needed; the others are those of this object, which a prover may overwrite.
    /// </summary>
    /// <param name="statement">Of this file's length and least rows.</param>
    /// <exception cref="ArgumentException">A statement about files of another length, or with other least rows.</exception>
    public Trace<TField>[] Traces(Blake3FileStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        if (statement.Length != _length || statement.LeastLogRows != _leastLogRows)
        {
            throw new ArgumentException(
                $"Expected a statement about {_length} bytes in at least 2^{_leastLogRows} rows, got {statement.Length} bytes in 2^{statement.LeastLogRows}.", nameof(statement));
        }
        List<Trace<TField>> traces = [Blocks];
        if (Parents is not null) traces.Add(Parents);
        traces.Add(Bytes);
        int from = 0;
        foreach (int share in statement.Shares)
        {
            traces.Add(Blake3Compression.Describe<TField>(Compressions.Slice(from, share), _leastLogRows));
            from += share;
        }
        return [.. traces];
    }

    /// <summary>The public values of <see cref="Blake3BlocksAir"/>; those of <see cref="Blake3ParentsAir"/> are the first 16.</summary>
    /// <param name="hash">32 bytes.</param>
    /// <param name="prefix">The public bytes that the file starts with.</param>
    public static TField[] PublicValues(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> prefix)
    {
        if (hash.Length != 32) throw new ArgumentException($"Expected a hash of 32 bytes, got {hash.Length}.", nameof(hash));
        var values = new TField[16 + prefix.Length];
        for (int i = 0; i < 16; i++) values[i] = TField.FromUInt64(BinaryPrimitives.ReadUInt16LittleEndian(hash[(2 * i)..]));
        for (int i = 0; i < prefix.Length; i++) values[16 + i] = TField.FromUInt64(prefix[i]);
        return values;
    }

    private static Blake3Compression Compress(ref Blake3Words chaining, in Blake3Block block, int counter, int length, Blake3Flags flags)
    {
        uint[] before = ((ReadOnlySpan<uint>)chaining).ToArray(), message = new uint[16];
        for (int i = 0; i < 16; i++) message[i] = block.Word(i);
        Blake3Core.Compress(ref chaining, block, (ulong)counter, length, flags);
        return new(before, message, (ulong)counter, (uint)length, (uint)flags);
    }
}

using System.Buffers.Binary;
using System.Numerics;
using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>
/// The statement "I know a file of this length, with a SHA-256 hash, that starts with so many public bytes": its tables, in the order
/// in which prover and verifier take them. All of it follows from the three numbers.
/// </summary>
/// <remarks>
/// Tables: the blocks, padding included, in order; beyond 131,063 bytes in two tables where that saves rows, the first of which hands
/// its last state to the other. Immutable and thread-safe.
/// </remarks>
public sealed class Sha256FileStatement
{
    private readonly Sha256FileLayout _layout;
    private readonly IAir[] _airs;
    private readonly int[] _logRows;

    /// <summary>The statement about files of a length.</summary>
    /// <param name="length">Bytes of the file, 0 to 2^25.</param>
    /// <param name="prefix">Leading bytes that are public, at most 64 and at most the length.</param>
    /// <param name="leastLogRows">
    /// log2 of the fewest rows of any table, 0 to 24; when hiding at least <see cref="Security.StarkParameters.LeastPaddedLogRows"/>.
    /// </param>
    public Sha256FileStatement(int length, int prefix, int leastLogRows = 0) : this(length, prefix, leastLogRows, null)
    {
    }

    /// <summary>The statement in tables of so many blocks each; as many as save rows if null.</summary>
    internal Sha256FileStatement(int length, int prefix, int leastLogRows, int[]? parts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Sha256FileLayout.MaxLength);
        ArgumentOutOfRangeException.ThrowIfNegative(prefix);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefix, Math.Min(length, Sha256FileLayout.BlockSize));
        (Prefix, LeastLogRows, _layout) = (prefix, TraceTools.CheckLeastLogRows(leastLogRows), new(length));
        Parts = parts ?? CompressionShares.Of(_layout.Blocks, leastLogRows);
        if (Parts.Sum() != _layout.Blocks) throw new ArgumentException($"Expected parts of {_layout.Blocks} blocks, got {Parts.Sum()}.", nameof(parts));
        _airs = new IAir[Parts.Length];
        _logRows = new int[Parts.Length];
        for (int i = 0, first = 0; i < Parts.Length; first += Parts[i++])
        {
            _airs[i] = new Sha256BlocksAir(_layout, prefix, first, Parts[i], leastLogRows);
            _logRows[i] = BitOperations.Log2((uint)CompressionShares.Height(Parts[i], leastLogRows));
        }
    }

    /// <summary>Bytes of the file.</summary>
    public int Length => _layout.Length;

    /// <summary>Leading bytes that are public.</summary>
    public int Prefix { get; }

    /// <summary>log2 of the fewest rows that were asked for.</summary>
    public int LeastLogRows { get; }

    /// <summary>The AIRs of the tables, in order.</summary>
    public IReadOnlyList<IAir> Airs => _airs;

    /// <summary>log2 of the rows of each table, in order.</summary>
    public ReadOnlySpan<int> LogRows => _logRows;

    /// <summary>Blocks of each table.</summary>
    internal int[] Parts { get; }

    /// <summary>The traces of all tables, in order, made anew by each call.</summary>
    /// <param name="file">As many bytes as the statement is about.</param>
    /// <exception cref="ArgumentException">A file of another length.</exception>
    public Trace<TField>[] Traces<TField>(ReadOnlySpan<byte> file) where TField : struct, IField<TField>
    {
        if (file.Length != Length) throw new ArgumentException($"Expected a file of {Length} bytes, got {file.Length}.", nameof(file));
        Span<byte> bytes = stackalloc byte[Sha256FileLayout.BlockSize];
        Span<uint> state = stackalloc uint[8], unused = stackalloc uint[8];
        Sha256Rounds.InitialVector.CopyTo(state);
        var traces = new Trace<TField>[Parts.Length];
        int block = 0;
        for (int part = 0; part < traces.Length; part++)
        {
            traces[part] = new(Sha256BlocksColumns.Width, 1 << _logRows[part]);
            Sha256BlocksWriter<TField> writer = new(traces[part]);
            for (int i = 0; i < Parts[part]; i++, block++)
            {
                file.Slice(Math.Min(Length, block * Sha256FileLayout.BlockSize), _layout.FileBytes(block)).CopyTo(bytes);
                _layout.Pad(block, bytes);
                writer.Write(state, bytes, isTaken: true);
            }
            bytes.Clear();
            for (int i = Parts[part]; i < traces[part].Height / Sha256BlocksAir.RowsPerBlock; i++)
            {
                Sha256Rounds.InitialVector.CopyTo(unused);
                writer.Write(unused, bytes, isTaken: false);
            }
            writer.Finish();
        }
        return traces;
    }

    /// <summary>The public values of each table, in order: the hash as 16 limbs of its words, low limb first; in the first table then the prefix.</summary>
    /// <param name="hash">32 bytes.</param>
    /// <param name="prefix">As many bytes as the statement makes public.</param>
    /// <exception cref="ArgumentException">A hash or prefix of another length.</exception>
    public TField[][] PublicValues<TField>(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> prefix) where TField : struct, IField<TField>
    {
        if (hash.Length != 32) throw new ArgumentException($"Expected a hash of 32 bytes, got {hash.Length}.", nameof(hash));
        if (prefix.Length != Prefix) throw new ArgumentException($"Expected a prefix of {Prefix} bytes, got {prefix.Length}.", nameof(prefix));
        var values = new TField[16 + prefix.Length];
        for (int i = 0; i < 8; i++)
        {
            uint word = BinaryPrimitives.ReadUInt32BigEndian(hash[(4 * i)..]);
            (values[2 * i], values[2 * i + 1]) = (TField.FromUInt64(word & 0xFFFF), TField.FromUInt64(word >> 16));
        }
        for (int i = 0; i < prefix.Length; i++) values[16 + i] = TField.FromUInt64(prefix[i]);
        var tables = new TField[_airs.Length][];
        tables.AsSpan().Fill(values[..16]);
        tables[0] = values;
        return tables;
    }
}

using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>
/// The blocks of a file of a public length: a row holds 64 bytes and the chaining values before and after. With
/// <see cref="Blake3ParentsAir"/>, <see cref="Blake3CompressionAir"/> and <see cref="ByteRangeAir"/> it states: I know a file
/// of this length, with this BLAKE3 hash, that starts with these bytes. Degree 2.
/// </summary>
/// <remarks>
/// Public values: the hash as 16 limbs, then the bytes of the prefix. The compressions are asked for on
/// <see cref="Buses.Blake3"/>, the range of the bytes on <see cref="Buses.ByteRange"/>, and each chunk is given to its parent on
/// <see cref="Buses.Blake3Nodes"/>. The place of a block follows from the length, so it is preprocessed.
/// </remarks>
public readonly struct Blake3BlocksAir : IAir
{
    // Columns.
    private const int Bytes = 0, Before = 64, After = 80, Width = 96;

    // Preprocessed columns.
    private const int IsUsed = 0, IsStart = 1, IsNode = 2, Follows = 3, Chunk = 4, Length = 5, Flags = 6, IsFirst = 7, IsLast = 8;

    private readonly Blake3FileLayout _layout;
    private readonly int _prefix, _leastLogRows;

    /// <summary>The statement about files of a length.</summary>
    /// <param name="length">Bytes of the file, 0 to 2^25.</param>
    /// <param name="prefix">Leading bytes that are public, at most 64 and at most the length.</param>
    /// <param name="leastLogRows">log2 of the fewest rows, 0 to 24: a proof that hides needs some hundreds. Rows beyond the blocks are zero.</param>
    public Blake3BlocksAir(int length, int prefix, int leastLogRows = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 1 << 25);
        ArgumentOutOfRangeException.ThrowIfNegative(prefix);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefix, Math.Min(length, 64));
        (_layout, _prefix, _leastLogRows) = (new(length), prefix, TraceTools.CheckLeastLogRows(leastLogRows));
    }

    /// <inheritdoc/>
    public AirShape Shape => new()
    {
        Name = "blake3 blocks",
        Width = Width,
        PreprocessedWidth = IsLast + 1,
        PublicValues = 16 + _prefix,
        Height = TraceTools.Height(_layout.Blocks, _leastLogRows),
    };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue isUsed = b.Preprocessed(IsUsed), isUnused = b.Constant(1) - isUsed, zero = b.Constant(0);
        for (int i = 0; i < Width; i++) b.AssertZeroWhen(isUnused, b.Local(i), "unused", i);
        for (int i = 0; i < 64; i++) b.Send(Buses.ByteRange, b.Constant(1), [b.Local(Bytes + i)]);
        for (int i = 0; i < _prefix; i++) b.AssertZeroWhen(b.Preprocessed(IsFirst), b.Local(Bytes + i) - b.Public(16 + i), "prefix", i);
        for (int i = _layout.LastBlockLength; i < 64; i++) b.AssertZeroWhen(b.Preprocessed(IsLast), b.Local(Bytes + i), "padding", i);
        for (int i = 0; i < 16; i++)
        {
            TValue vector = b.Constant(Blake3Core.InitialVector[i >> 1] >> (16 * (i & 1)) & 0xFFFF);
            b.AssertZeroWhen(b.Preprocessed(IsStart), b.Local(Before + i) - vector, "initial vector", i);
            b.AssertZeroWhen(b.Preprocessed(Follows), b.Next(Before + i) - b.Local(After + i), "chain", i);
            if (_layout.Chunks == 1) b.AssertZeroWhen(b.Preprocessed(IsLast), b.Local(After + i) - b.Public(i), "hash", i);
        }
        Blake3Fact<TValue> fact = default;
        Blake3Node<TValue> node = default;
        TValue radix = b.Constant(256);
        (node[16], node[17]) = (b.Preprocessed(Chunk), b.Constant(1));
        for (int i = 0; i < 16; i++)
        {
            (fact[i], fact[56 + i]) = (b.Local(Before + i), b.Local(After + i));
            (node[i], node[18 + i]) = (b.Public(i), b.Local(After + i));
        }
        for (int i = 0; i < 32; i++) fact[16 + i] = b.Local(Bytes + 2 * i) + radix * b.Local(Bytes + 2 * i + 1);
        for (int i = 48; i < 56; i++) fact[i] = zero;
        (fact[48], fact[52], fact[54]) = (b.Preprocessed(Chunk), b.Preprocessed(Length), b.Preprocessed(Flags));
        b.Send(Buses.Blake3, isUsed, fact);
        b.Send(Buses.Blake3Nodes, b.Preprocessed(IsNode), node);
    }

    /// <inheritdoc/>
    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        for (int row = 0; row < _layout.Blocks; row++)
        {
            bool isEnd = _layout.IsChunkEnd(row), isLast = row == _layout.Blocks - 1;
            columns[IsUsed, row] = TField.One;
            columns[IsStart, row] = Flag(Blake3FileLayout.IsChunkStart(row));
            columns[IsNode, row] = Flag(isEnd && _layout.Chunks > 1);
            columns[Follows, row] = Flag(!isEnd);
            columns[Chunk, row] = TField.FromUInt64((ulong)(row / Blake3FileLayout.BlocksPerChunk));
            columns[Length, row] = TField.FromUInt64((ulong)(isLast ? _layout.LastBlockLength : Blake3FileLayout.BlockSize));
            columns[Flags, row] = TField.FromUInt64((ulong)_layout.Flags(row));
            columns[IsFirst, row] = Flag(row == 0);
            columns[IsLast, row] = Flag(isLast);
        }

        static TField Flag(bool value) => value ? TField.One : TField.Zero;
    }

    /// <summary>The trace, from the compressions of the file's blocks in order and its bytes.</summary>
    internal static Trace<TField> Generate<TField>(
        ReadOnlySpan<byte> file, ReadOnlySpan<Blake3Compression> compressions, ReadOnlySpan<Blake3Words> outputs, int leastLogRows, Span<uint> asked)
        where TField : struct, IField<TField>
    {
        var trace = new Trace<TField>(Width, TraceTools.Height(compressions.Length, leastLogRows));
        for (int row = 0; row < trace.Height; row++)
        {
            for (int i = 0; i < 64; i++)
            {
                byte value = 64 * row + i < file.Length ? file[64 * row + i] : (byte)0;
                trace[Bytes + i, row] = TField.FromUInt64(value);
                asked[value]++;
            }
            for (int i = 0; i < 8 && row < compressions.Length; i++)
            {
                trace.WriteLimbs(Before + 2 * i, row, compressions[row].Chaining.Span[i]);
                trace.WriteLimbs(After + 2 * i, row, outputs[row][i]);
            }
        }
        return trace;
    }
}

/// <summary>A message of <see cref="Buses.Blake3"/>.</summary>
[System.Runtime.CompilerServices.InlineArray(72)]
internal struct Blake3Fact<TValue>
{
    private TValue _first;
}

/// <summary>A message of <see cref="Buses.Blake3Nodes"/>.</summary>
[System.Runtime.CompilerServices.InlineArray(34)]
internal struct Blake3Node<TValue>
{
    private TValue _first;
}

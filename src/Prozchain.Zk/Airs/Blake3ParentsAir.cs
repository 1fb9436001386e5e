using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>
/// The parents of the BLAKE3 tree over a file of a public length of more than one chunk: a row holds the chaining
/// values of two children and of their parent; the root's is the hash. See <see cref="Blake3BlocksAir"/>. Degree 2.
/// </summary>
/// <remarks>Public values: the hash as 16 limbs. The shape of the tree follows from the length, so it is preprocessed.</remarks>
public readonly struct Blake3ParentsAir : IAir
{
    // Columns.
    private const int Left = 0, Right = 16, Parent = 32, Width = 48;

    // Preprocessed columns.
    private const int IsUsed = 0, IsNode = 1, Start = 2, LeftCount = 3, RightCount = 4, Flags = 5, IsRoot = 6;

    private readonly Blake3FileLayout _layout;
    private readonly int _leastLogRows;

    /// <summary>The statement about files of a length.</summary>
    /// <param name="length">Bytes of the file, 1025 to 2^25.</param>
    /// <param name="leastLogRows">log2 of the fewest rows, 0 to 24. Rows beyond the parents are zero.</param>
    public Blake3ParentsAir(int length, int leastLogRows = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, Blake3FileLayout.ChunkSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 1 << 25);
        (_layout, _leastLogRows) = (new(length), TraceTools.CheckLeastLogRows(leastLogRows));
    }

    /// <inheritdoc/>
    public AirShape Shape => new()
    {
        Name = "blake3 parents",
        Width = Width,
        PreprocessedWidth = IsRoot + 1,
        PublicValues = 16,
        Height = TraceTools.Height(_layout.Chunks - 1, _leastLogRows),
    };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue isUsed = b.Preprocessed(IsUsed), isUnused = b.Constant(1) - isUsed, zero = b.Constant(0);
        for (int i = 0; i < Width; i++) b.AssertZeroWhen(isUnused, b.Local(i), "unused", i);
        for (int i = 0; i < 16; i++) b.AssertZeroWhen(b.Preprocessed(IsRoot), b.Local(Parent + i) - b.Public(i), "hash", i);

        Blake3Fact<TValue> fact = default;
        Blake3Node<TValue> left = default, right = default, parent = default;
        for (int i = 48; i < 56; i++) fact[i] = zero;
        (fact[52], fact[54]) = (b.Constant(Blake3FileLayout.BlockSize), b.Preprocessed(Flags));
        (left[16], left[17]) = (b.Preprocessed(Start), b.Preprocessed(LeftCount));
        (right[16], right[17]) = (b.Preprocessed(Start) + b.Preprocessed(LeftCount), b.Preprocessed(RightCount));
        (parent[16], parent[17]) = (b.Preprocessed(Start), b.Preprocessed(LeftCount) + b.Preprocessed(RightCount));
        for (int i = 0; i < 16; i++)
        {
            fact[i] = b.Constant(Blake3Core.InitialVector[i >> 1] >> (16 * (i & 1)) & 0xFFFF);
            left[i] = right[i] = parent[i] = b.Public(i);
            (fact[16 + i], left[18 + i]) = (b.Local(Left + i), b.Local(Left + i));
            (fact[32 + i], right[18 + i]) = (b.Local(Right + i), b.Local(Right + i));
            (fact[56 + i], parent[18 + i]) = (b.Local(Parent + i), b.Local(Parent + i));
        }
        b.Send(Buses.Blake3, isUsed, fact);
        b.Receive(Buses.Blake3Nodes, isUsed, left, bound: 1);
        b.Receive(Buses.Blake3Nodes, isUsed, right, bound: 1);
        b.Send(Buses.Blake3Nodes, b.Preprocessed(IsNode), parent);
    }

    /// <inheritdoc/>
    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        Blake3Parent[] parents = _layout.Parents();
        for (int row = 0; row < parents.Length; row++)
        {
            bool isRoot = row == parents.Length - 1;
            columns[IsUsed, row] = TField.One;
            columns[IsNode, row] = isRoot ? TField.Zero : TField.One;
            columns[Start, row] = TField.FromUInt64((ulong)parents[row].Start);
            columns[LeftCount, row] = TField.FromUInt64((ulong)parents[row].Left);
            columns[RightCount, row] = TField.FromUInt64((ulong)parents[row].Right);
            columns[Flags, row] = TField.FromUInt64((ulong)(Blake3Flags.Parent | (isRoot ? Blake3Flags.Root : 0)));
            columns[IsRoot, row] = isRoot ? TField.One : TField.Zero;
        }
    }

    /// <summary>The trace, from the compressions of the parents in order.</summary>
    internal static Trace<TField> Generate<TField>(ReadOnlySpan<Blake3Compression> compressions, ReadOnlySpan<Blake3Words> outputs, int leastLogRows)
        where TField : struct, IField<TField>
    {
        var trace = new Trace<TField>(Width, TraceTools.Height(compressions.Length, leastLogRows));
        for (int row = 0; row < compressions.Length; row++)
        {
            for (int i = 0; i < 8; i++)
            {
                trace.WriteLimbs(Left + 2 * i, row, compressions[row].Message.Span[i]);
                trace.WriteLimbs(Right + 2 * i, row, compressions[row].Message.Span[8 + i]);
                trace.WriteLimbs(Parent + 2 * i, row, outputs[row][i]);
            }
        }
        return trace;
    }
}

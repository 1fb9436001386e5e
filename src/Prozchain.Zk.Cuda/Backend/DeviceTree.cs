using System.Runtime.InteropServices;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>
/// One commitment to many matrices that lie on the device: the tree, cap and openings of <see cref="BatchCommitment{TField, THash}"/> over the same
/// columns and salts. Owns the tree and no columns, which must stay as they are while rows are still to be opened.
/// </summary>
internal sealed class DeviceTree<TField, TTree> : ICommittedBatch<TField>, IDisposable
    where TField : unmanaged, IField<TField>
    where TTree : struct, IMatrixHash<TField>
{
    private const int DigestSize = 32;

    private readonly DeviceSession _session;
    private readonly IReadOnlyList<IReadOnlyList<DeviceColumns>>? _matrices;
    private readonly DeviceBuffer _nodes;
    private byte[]? _cap;

    /// <param name="session">Whose memory all is in.</param>
    /// <param name="shape">The matrices' dimensions, salts and cap.</param>
    /// <param name="matrices">In the order of the shape: of each its columns, then its salts'. Null where they do not stay.</param>
    /// <param name="nodes">The heap of nodes, the tree's from then on.</param>
    public DeviceTree(DeviceSession session, BatchShape shape, IReadOnlyList<IReadOnlyList<DeviceColumns>>? matrices, DeviceBuffer nodes) =>
        (_session, Shape, _matrices, _nodes) = (session, shape, matrices, nodes);

    /// <inheritdoc/>
    public BatchShape Shape { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Cap => _cap ??= ReadCap();

    /// <summary>Commits. All is asked of the session when it returns, and done once the cap is read.</summary>
    /// <param name="session">Whose memory the columns are in.</param>
    /// <param name="shape">The matrices' dimensions, salts and cap.</param>
    /// <param name="matrices">In the order of the shape: of each its columns, then its salts'.</param>
    /// <exception cref="ArgumentException">The columns do not fit the shape.</exception>
    /// <exception cref="NotSupportedException">There are no kernels for the tree.</exception>
    public static DeviceTree<TField, TTree> Build(DeviceSession session, BatchShape shape, IReadOnlyList<IReadOnlyList<DeviceColumns>> matrices)
    {
        if (matrices.Count != shape.Matrices.Length) throw new ArgumentException($"Expected {shape.Matrices.Length} matrices, got {matrices.Count}.", nameof(matrices));
        for (int matrix = 0; matrix < matrices.Count; matrix++)
            if (Count(matrices[matrix]) != shape.SaltedWidth(matrix))
                throw new ArgumentException($"Expected {shape.SaltedWidth(matrix)} columns of matrix {matrix}, got {Count(matrices[matrix])}.", nameof(matrices));
        using DeviceTreeBuilder<TField, TTree> builder = new(session, shape);
        for (int height = shape.Height; height > 0; height /= 2)
        {
            List<DeviceColumns> columns = [];
            for (int matrix = 0; matrix < matrices.Count; matrix++)
                if (shape.Matrices[matrix].Height == height) columns.AddRange(matrices[matrix]);
            if (columns.Count > 0) builder.Absorb(height, columns);
        }
        return builder.Finish(matrices);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no index, or one is out of range.</exception>
    /// <exception cref="InvalidOperationException">The tree has no columns.</exception>
    public BatchOpening<TField> Open(ReadOnlySpan<int> indices)
    {
        if (_matrices is null) throw new InvalidOperationException($"Expected columns that stayed, got a tree without: use {nameof(OpenNodes)} and {nameof(FillRows)}.");
        BatchOpening<TField> opening = new(new OpeningPlan(Shape, indices));
        List<ulong> addresses = [];
        for (int matrix = 0; matrix < _matrices.Count; matrix++) AddRows(addresses, opening, matrix, _matrices[matrix]);
        AddSiblings(addresses, opening);
        ReadOnlySpan<uint> words = DeviceGather.Read(_session, CollectionsMarshal.AsSpan(addresses));
        for (int matrix = 0; matrix < _matrices.Count; matrix++) TakeRows(ref words, opening, matrix, 0, Shape.SaltedWidth(matrix));
        TakeSiblings(words, opening);
        return opening;
    }

    /// <summary>An opening but for its rows, which are zeros.</summary>
    /// <exception cref="ArgumentException">There is no index, or one is out of range.</exception>
    public BatchOpening<TField> OpenNodes(ReadOnlySpan<int> indices)
    {
        BatchOpening<TField> opening = new(new OpeningPlan(Shape, indices));
        List<ulong> addresses = [];
        AddSiblings(addresses, opening);
        TakeSiblings(DeviceGather.Read(_session, CollectionsMarshal.AsSpan(addresses)), opening);
        return opening;
    }

    /// <summary>Puts some columns of a matrix into the rows of an opening.</summary>
    /// <param name="opening">From <see cref="OpenNodes"/>.</param>
    /// <param name="matrix">The matrix's number in the shape.</param>
    /// <param name="firstColumn">The number of the first of the columns; salts come after the matrix's own.</param>
    /// <param name="columns">The columns.</param>
    public void FillRows(BatchOpening<TField> opening, int matrix, int firstColumn, IReadOnlyList<DeviceColumns> columns)
    {
        List<ulong> addresses = [];
        AddRows(addresses, opening, matrix, columns);
        ReadOnlySpan<uint> words = DeviceGather.Read(_session, CollectionsMarshal.AsSpan(addresses));
        TakeRows(ref words, opening, matrix, firstColumn, Count(columns));
    }

    public void Dispose() => _nodes.Dispose();

    private static int Count(IReadOnlyList<DeviceColumns> columns)
    {
        int count = 0;
        foreach (DeviceColumns some in columns) count += some.Count;
        return count;
    }

    private static void AddRows(List<ulong> addresses, BatchOpening<TField> opening, int matrix, IReadOnlyList<DeviceColumns> columns)
    {
        foreach (int row in opening.Plan.Rows(matrix))
            foreach (DeviceColumns some in columns)
                for (int column = 0; column < some.Count; column++) addresses.Add(some.At(row, column));
    }

    private static void TakeRows(ref ReadOnlySpan<uint> words, BatchOpening<TField> opening, int matrix, int firstColumn, int count)
    {
        for (int place = 0; place < opening.Plan.Rows(matrix).Length; place++)
        {
            words[..count].CopyTo(MemoryMarshal.Cast<TField, uint>(opening.SaltedRow(matrix, place).Slice(firstColumn, count)));
            words = words[count..];
        }
    }

    private void AddSiblings(List<ulong> addresses, BatchOpening<TField> opening)
    {
        for (int height = Shape.Height, root = 1 << Shape.CapHeight; height > root; height /= 2)
            foreach (int sibling in opening.Plan.Siblings(height))
                for (int at = 0; at < DigestSize; at += sizeof(uint)) addresses.Add(_nodes.Address + (ulong)((long)(height + sibling) * DigestSize + at));
    }

    private static void TakeSiblings(ReadOnlySpan<uint> words, BatchOpening<TField> opening) =>
        MemoryMarshal.AsBytes(words).CopyTo(MemoryMarshal.AsBytes(opening.Siblings.AsSpan()));

    private byte[] ReadCap()
    {
        var cap = new byte[Shape.CapSize];
        _session.Read(_nodes, Shape.CapSize, cap.AsSpan());
        return cap;
    }
}

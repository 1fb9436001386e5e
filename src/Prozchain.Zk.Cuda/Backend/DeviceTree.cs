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
    private const int DigestSize = 32, DigestWords = DigestSize / sizeof(uint);

    private readonly DeviceSession _session;
    private readonly IReadOnlyList<IReadOnlyList<DeviceColumns>> _matrices;
    private readonly DeviceBuffer _nodes;
    private byte[]? _cap;

    private DeviceTree(DeviceSession session, BatchShape shape, IReadOnlyList<IReadOnlyList<DeviceColumns>> matrices, DeviceBuffer nodes) =>
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
        RequireShape(shape, matrices);
        using DeviceTreeBuilder<TField, TTree> builder = new(session, shape);
        for (int height = shape.Height; height > 0; height /= 2)
        {
            List<DeviceColumns> columns = [];
            for (int matrix = 0; matrix < matrices.Count; matrix++)
                if (shape.Matrices[matrix].Height == height) columns.AddRange(matrices[matrix]);
            if (columns.Count > 0) builder.Absorb(height, columns);
        }
        return new(session, shape, matrices, builder.Finish());
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no index, or one is out of range.</exception>
    public BatchOpening<TField> Open(ReadOnlySpan<int> indices)
    {
        BatchOpening<TField> opening = new(new OpeningPlan(Shape, indices));
        List<ulong> addresses = [];
        for (int matrix = 0; matrix < _matrices.Count; matrix++)
            foreach (int row in opening.Plan.Rows(matrix))
                foreach (DeviceColumns columns in _matrices[matrix])
                    for (int column = 0; column < columns.Count; column++) addresses.Add(columns.At(row, column));
        for (int height = Shape.Height, root = 1 << Shape.CapHeight; height > root; height /= 2)
            foreach (int sibling in opening.Plan.Siblings(height))
                for (int word = 0; word < DigestWords; word++) addresses.Add(_nodes.Address + (ulong)((long)(height + sibling) * DigestSize + word * sizeof(uint)));
        ReadOnlySpan<uint> words = DeviceGather.Read(_session, CollectionsMarshal.AsSpan(addresses));
        for (int matrix = 0; matrix < _matrices.Count; matrix++)
            for (int place = 0; place < opening.Plan.Rows(matrix).Length; place++)
            {
                Span<uint> row = MemoryMarshal.Cast<TField, uint>(opening.SaltedRow(matrix, place));
                words[..row.Length].CopyTo(row);
                words = words[row.Length..];
            }
        MemoryMarshal.AsBytes(words).CopyTo(MemoryMarshal.AsBytes(opening.Siblings.AsSpan()));
        return opening;
    }

    public void Dispose() => _nodes.Dispose();

    private byte[] ReadCap()
    {
        var cap = new byte[Shape.CapSize];
        _session.Read(_nodes, Shape.CapSize, cap.AsSpan());
        return cap;
    }

    private static void RequireShape(BatchShape shape, IReadOnlyList<IReadOnlyList<DeviceColumns>> matrices)
    {
        if (matrices.Count != shape.Matrices.Length) throw new ArgumentException($"Expected {shape.Matrices.Length} matrices, got {matrices.Count}.", nameof(matrices));
        for (int matrix = 0; matrix < matrices.Count; matrix++)
        {
            int width = 0;
            foreach (DeviceColumns columns in matrices[matrix]) width += columns.Count;
            if (width != shape.SaltedWidth(matrix)) throw new ArgumentException($"Expected {shape.SaltedWidth(matrix)} columns of matrix {matrix}, got {width}.", nameof(matrices));
        }
    }
}

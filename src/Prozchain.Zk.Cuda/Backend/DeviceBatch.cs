using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>Extended matrices under one root, on the device or made again there; its rows are opened there, or on the host that made the tree.</summary>
/// <param name="Matrices">The extended columns.</param>
/// <param name="Tree">The commitment.</param>
internal sealed record DeviceBatch<TField>(IReadOnlyList<BatchMatrix<TField>> Matrices, ICommittedBatch<TField> Tree) : ICommittedBatch<TField>
    where TField : unmanaged, ITwoAdicField<TField>
{
    public BatchShape Shape => Tree.Shape;

    public ReadOnlySpan<byte> Cap => Tree.Cap;

    public BatchOpening<TField> Open(ReadOnlySpan<int> indices) => Tree.Open(indices);
}

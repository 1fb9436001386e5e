using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Backends;

/// <summary>A handle of matrices under one root, which stay where they were committed to; the rows of a fold too.</summary>
/// <remarks>
/// An implementer owes: shape and cap are those of <see cref="BatchCommitment{TField, THash}"/> over the same columns and salts,
/// with a cap of one root, and so is what is opened. Only the opened rows and siblings need to leave the device.
/// </remarks>
internal interface ICommittedBatch<TField> where TField : unmanaged, IField<TField>
{
    /// <summary>Dimensions of the extended matrices, and salts.</summary>
    BatchShape Shape { get; }

    /// <summary>The root, 32 bytes.</summary>
    ReadOnlySpan<byte> Cap { get; }

    /// <summary>The rows at leaves of the tallest matrix and those above them, with siblings.</summary>
    /// <param name="indices">At least one, in any order, repeats allowed.</param>
    BatchOpening<TField> Open(ReadOnlySpan<int> indices);
}

/// <summary>One matrix of a batch.</summary>
/// <param name="Batch">The batch; null for no matrix at all.</param>
/// <param name="Matrix">Its number in the batch.</param>
internal readonly record struct MatrixHandle<TField>(ICommittedBatch<TField>? Batch, int Matrix) where TField : unmanaged, IField<TField>;

using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Commitments;

/// <summary>Matrices of polynomials under one root, with what the prover needs to open them. Immutable and thread-safe.</summary>
internal sealed class CommittedBatch<TField, TTree>(IReadOnlyList<ExtendedMatrix<TField>> matrices, BatchCommitment<TField, TTree> commitment) : ICommittedBatch<TField>
    where TField : unmanaged, ITwoAdicField<TField>
    where TTree : struct, IMatrixHash<TField>
{
    public IReadOnlyList<ExtendedMatrix<TField>> Matrices => matrices;

    /// <summary>The dimensions of the extended matrices, which a verifier knows from the statement.</summary>
    public BatchShape Shape => commitment.Shape;

    public ReadOnlySpan<byte> Cap => commitment.Cap;

    public BatchOpening<TField> Open(ReadOnlySpan<int> indices) => commitment.Open(indices);
}

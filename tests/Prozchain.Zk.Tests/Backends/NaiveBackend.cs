using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Tests.Backends;

/// <summary>Every operation by its definition, with handles of its own: what a backend needs to know and no more.</summary>
internal sealed class NaiveBackend : IBackend
{
    /// <summary>Runs that were started, and those that were disposed.</summary>
    public int Started { get; private set; }

    public int Disposed { get; set; }

    public IBackendRun<TField, TParameters> Start<TField, TParameters, TTree>(BackendSettings settings, ProofLayout<TField>? layout = null, IReadOnlyList<Trace<TField>>? traces = null)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
        where TTree : struct, IMatrixHash<TField>
    {
        Started++;
        return new NaiveRun<TField, TParameters, TTree>(settings, this);
    }
}

/// <summary>Extended columns of matrices and a tree over them.</summary>
internal sealed class NaiveBatch<TField, TTree>(TField[][][] matrices, BatchCommitment<TField, TTree> tree) : ICommittedBatch<TField>
    where TField : unmanaged, IField<TField>
    where TTree : struct, IMatrixHash<TField>
{
    public TField[][][] Matrices => matrices;

    public BatchShape Shape => tree.Shape;

    public ReadOnlySpan<byte> Cap => tree.Cap;

    public BatchOpening<TField> Open(ReadOnlySpan<int> indices) => tree.Open(indices);
}

/// <summary>Values in the extension, bit-reversed on the coset of <paramref name="shift"/>.</summary>
internal sealed class NaiveCodeword<TField, TParameters>(Extension<TField, TParameters>[] values, TField shift) : ICodeword
    where TField : unmanaged, IField<TField>
    where TParameters : struct, IExtensionParameters<TField>
{
    public Extension<TField, TParameters>[] Values => values;

    public TField Shift => shift;

    public int LogSize => System.Numerics.BitOperations.Log2((uint)values.Length);
}

/// <summary>A codeword by rows.</summary>
internal sealed class NaiveRows<TField, TParameters, TTree>(NaiveCodeword<TField, TParameters> codeword, int logArity, BatchCommitment<TField, TTree> tree) : ICommittedBatch<TField>
    where TField : unmanaged, IField<TField>
    where TParameters : struct, IExtensionParameters<TField>
    where TTree : struct, IMatrixHash<TField>
{
    public NaiveCodeword<TField, TParameters> Codeword => codeword;

    public int LogArity => logArity;

    public BatchShape Shape => tree.Shape;

    public ReadOnlySpan<byte> Cap => tree.Cap;

    public BatchOpening<TField> Open(ReadOnlySpan<int> indices) => tree.Open(indices);
}
